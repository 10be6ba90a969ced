"""A visit held in the partner's own video tool."""

from __future__ import annotations

from authority import Authority
from hypothesis import given, settings
from hypothesis import strategies as st

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core import words
from cordee_kiosk.core.kept import Kept
from cordee_kiosk.core.own_tool import AGAIN_AFTER_S
from cordee_wire import kiosk_link, stage
from core.kiosk import T_0, VISIT, Kiosk, entry_of

HOST = "visio.partenaire.invalid"
ROOM = f"https://{HOST}/salle-5"


def own_tool(*, hosts: tuple[str, ...] = (HOST,), kept: Kept | None = None) -> Kiosk:
    authority = Authority()
    entry = entry_of(authority, video_url=ROOM, allowed_hosts=[HOST, "partenaire.invalid"])
    kiosk = Kiosk(
        authority=authority, entries=[entry], video_hosts=hosts, kept=kept or Kept(entry=None)
    )
    return kiosk.up()


steps = st.one_of(
    st.sampled_from(
        [
            e.StopPressed(),
            e.GuestOpened(),
            e.GuestOpened("failed", "Le site ne répond pas."),
            e.GuestGone(),
            e.BrowserReady(),
            e.BrowserLost("gone"),
            *(e.StageTold(stage.Touched(what=what)) for what in ("stop", "end_yes", "end_no")),
            e.StageTold(stage.Touched(what="not_now")),
        ]
    ),
    st.sampled_from([0.1, 3.0, 25.0, 130.0, 700.0]),
)


def at_the_hour() -> Kiosk:
    kiosk = own_tool()
    kiosk.until(T_0)
    kiosk.now += 1.5
    kiosk.feed(e.GuestOpened())
    return kiosk


def test_nothing_is_negotiated_and_the_stage_opens_no_camera() -> None:
    kiosk = own_tool()
    kiosk.until(T_0 - 29)
    kiosk.counter_comes()
    kiosk.until(T_0 + 60)
    assert not kiosk.told(stage.Negotiate)
    assert not kiosk.told(stage.OpenCamera)
    assert not kiosk.told(stage.GoLive)


def test_people_are_told_where_the_call_takes_place_before_it() -> None:
    kiosk = own_tool()
    kiosk.until(T_0 - 600)
    assert "dans la page « Allocations familiales 05 »" in kiosk.all(c.SayPrompt)[-1].text
    assert (kiosk.shown.view, kiosk.shown.tool, kiosk.shown.camera_for) == ("welcome", HOST, "")
    kiosk.until(T_0 - 10)
    assert kiosk.shown.view == "countdown"
    assert "avec la caméra" in kiosk.all(c.SayPrompt)[-1].text


def test_the_page_opens_exactly_at_the_hour_and_its_origin_alone_has_the_camera() -> None:
    kiosk = own_tool()
    kiosk.until(T_0 - 0.001)
    assert not kiosk.all(c.OpenGuest)
    assert kiosk.machine.deadline == T_0
    kiosk.until(T_0)
    [opened] = kiosk.all(c.OpenGuest)
    assert (opened.url, opened.camera_for) == (ROOM, f"https://{HOST}")
    assert HOST in opened.allowed_hosts


def test_the_camera_is_announced_while_the_page_has_it() -> None:
    kiosk = at_the_hour()
    shown = kiosk.shown
    assert (shown.view, shown.guest, shown.camera_for, shown.guest_host) == (
        *("call", True),
        *(HOST, HOST),
    )
    assert "La caméra et le micro sont ouverts" in kiosk.all(c.SayPrompt)[-1].text
    assert kiosk.facts("live")[0].detail == {"lateness_s": 1.5}
    assert kiosk.facts("address_opened")[0].detail == {"host": HOST}
    assert not [each for each in kiosk.all(c.TurnMirror) if each.is_on]


def test_a_link_that_this_box_does_not_know_is_not_opened() -> None:
    kiosk = own_tool(hosts=("autre.invalid",))
    kiosk.until(T_0 + 5)
    assert not kiosk.all(c.OpenGuest)
    assert (kiosk.shown.view, kiosk.shown.note) == ("call", words.TOOL_UNKNOWN)
    assert kiosk.shown.camera_for == ""
    kiosk.until(T_0 + 900)
    assert kiosk.shown.view == "apology"
    assert kiosk.facts("unanswered")


def test_stop_closes_the_page_at_once_and_asks_whether_to_end() -> None:
    kiosk = at_the_hour()
    assert c.CloseGuest() in kiosk.feed(e.StopPressed())
    assert (kiosk.shown.guest, kiosk.shown.camera_for, kiosk.shown.ask_end) == (False, "", True)
    kiosk.until(kiosk.now + 30)
    assert len(kiosk.all(c.OpenGuest)) == 1
    kiosk.stage(stage.Touched(what="end_no"))
    assert len(kiosk.all(c.OpenGuest)) == 2


def test_stop_without_an_answer_ends_the_visit() -> None:
    kiosk = at_the_hour()
    kiosk.feed(e.StopPressed())
    kiosk.until(kiosk.now + 60)
    assert kiosk.shown.view == "thanks"
    assert kiosk.facts("ended")[0].detail == {"by": "citizen"}
    assert len(kiosk.all(c.OpenGuest)) == 1


def test_stop_before_the_hour_opens_nothing() -> None:
    kiosk = own_tool()
    kiosk.until(T_0 - 20)
    kiosk.feed(e.StopPressed())
    kiosk.until(T_0 + 59)
    assert not kiosk.all(c.OpenGuest)
    kiosk.until(T_0 + 60)
    assert kiosk.facts("declined")


def test_stop_while_the_page_opens_leaves_none() -> None:
    kiosk = own_tool()
    kiosk.until(T_0)
    kiosk.feed(e.StopPressed())
    kiosk.feed(e.GuestOpened())
    assert kiosk.done[-1] == c.CloseGuest()
    assert not kiosk.facts("live")
    assert not kiosk.shown.guest


def test_the_citizen_ends_it_and_all_is_wiped() -> None:
    kiosk = at_the_hour()
    kiosk.feed(e.StopPressed())
    kiosk.stage(stage.Touched(what="end_yes"))
    assert kiosk.all(c.CloseGuest)
    assert kiosk.shown.view == "thanks"
    kiosk.until(kiosk.now + 30)
    assert kiosk.facts("wiped")
    assert kiosk.shown.view == "idle"


def test_it_ends_by_itself_a_quarter_of_an_hour_after_its_end() -> None:
    kiosk = at_the_hour()
    kiosk.until(T_0 + 1800 + 900 - 1)
    assert kiosk.shown.guest
    assert kiosk.shown.note == words.ENDING_SOON or not kiosk.shown.note
    kiosk.until(T_0 + 1800 + 900)
    assert kiosk.facts("ended")[0].detail == {"by": "time"}
    assert (kiosk.shown.guest, kiosk.shown.camera_for) == (False, "")
    assert kiosk.all(c.CloseGuest)


def test_a_page_that_does_not_open_is_tried_again() -> None:
    kiosk = own_tool()
    kiosk.until(T_0)
    kiosk.feed(e.GuestOpened("failed", "Le site ne répond pas."))
    assert not kiosk.shown.guest
    kiosk.until(T_0 + AGAIN_AFTER_S - 0.1)
    assert len(kiosk.all(c.OpenGuest)) == 1
    kiosk.until(T_0 + AGAIN_AFTER_S)
    assert len(kiosk.all(c.OpenGuest)) == 2
    kiosk.feed(e.GuestOpened())
    assert kiosk.facts("live")


def test_a_page_that_never_opens_is_apologised_for() -> None:
    kiosk = own_tool()
    kiosk.until(T_0)
    while kiosk.now < T_0 + 900:
        kiosk.feed(e.GuestOpened("failed", "Le site ne répond pas."))
        kiosk.until(kiosk.now + AGAIN_AFTER_S)
    assert kiosk.shown.view == "apology"
    assert "04 00 00 00 00" in kiosk.all(c.SayPrompt)[-1].text
    assert kiosk.facts("unanswered")


def test_a_window_that_ended_is_opened_anew() -> None:
    kiosk = at_the_hour()
    kiosk.feed(e.GuestGone())
    assert (kiosk.shown.guest, kiosk.shown.camera_for) == (False, "")
    kiosk.until(kiosk.now + AGAIN_AFTER_S)
    kiosk.feed(e.GuestOpened())
    assert kiosk.shown.camera_for == HOST
    assert len(kiosk.facts("live")) == 1


def test_a_browser_that_ended_is_given_the_page_again() -> None:
    kiosk = at_the_hour()
    kiosk.feed(e.BrowserLost("killed"))
    kiosk.until(kiosk.now + 5)
    assert len(kiosk.all(c.OpenGuest)) == 1
    kiosk.feed(e.BrowserReady())
    assert len(kiosk.all(c.OpenGuest)) == 2


def test_a_daemon_that_was_killed_takes_the_page_up_again() -> None:
    entry = at_the_hour().machine.visit
    assert entry is not None
    kiosk = Kiosk(
        authority=Authority(),
        now=T_0 + 100,
        entries=[entry.entry],
        kept=Kept(entry=entry.entry, is_live=True),
        video_hosts=(HOST,),
    ).up()
    assert kiosk.all(c.OpenGuest)[0].camera_for == f"https://{HOST}"
    assert (kiosk.shown.view, kiosk.shown.line) == ("call", "good")


def test_where_the_page_goes_stands_in_the_address_strip() -> None:
    kiosk = at_the_hour()
    kiosk.feed(e.GuestWent("http://partenaire.invalid/merci", "Merci", False, False))
    shown = kiosk.shown
    assert (shown.guest_host, shown.guest_secure) == ("partenaire.invalid", False)
    # Said as long as the page is there: a frame of it may still have the camera.
    assert shown.camera_for == HOST


def test_a_cancellation_before_the_hour_leaves_nothing() -> None:
    kiosk = own_tool()
    kiosk.until(T_0 - 100)
    kiosk.server(kiosk_link.Agenda(entries=[]))
    kiosk.until(T_0 + 10)
    assert not kiosk.all(c.OpenGuest)
    assert kiosk.shown.view == "idle"


def test_a_link_taken_out_before_the_hour_makes_it_our_call() -> None:
    kiosk = own_tool()
    kiosk.until(T_0 - 100)
    kiosk.server(kiosk_link.Agenda(entries=[entry_of(kiosk.authority)]))
    kiosk.until(T_0 - 10)
    assert kiosk.told(stage.OpenCamera)
    assert kiosk.shown.tool == ""
    assert kiosk.machine.visit is not None
    assert kiosk.machine.visit.entry.visit == VISIT


def test_a_stage_that_comes_late_opens_the_page_then() -> None:
    authority = Authority()
    entry = entry_of(authority, video_url=ROOM, allowed_hosts=[HOST])
    kiosk = Kiosk(authority=authority, entries=[entry], video_hosts=(HOST,))
    kiosk.until(T_0 + 20)
    assert not kiosk.all(c.OpenGuest)
    kiosk.feed(e.BrowserReady())
    assert len(kiosk.all(c.OpenGuest)) == 1
    assert kiosk.shown.view == "call"


@settings(max_examples=200, deadline=None)
@given(st.lists(steps, max_size=40))
def test_whatever_happens_the_camera_opens_in_its_time_and_not_while_stop_stands(
    story: list[e.Event | float],
) -> None:
    kiosk = own_tool()
    kiosk.until(T_0 - 20)
    for step in story:
        before = len(kiosk.done)
        if isinstance(step, float):
            kiosk.until(kiosk.now + step)
        else:
            kiosk.feed(step)
        visit = kiosk.machine.visit
        opened = [each for each in kiosk.done[before:] if isinstance(each, c.OpenGuest)]
        assert not opened or kiosk.now >= T_0
        if isinstance(step, e.StopPressed):
            assert not opened
        if visit is not None and visit.tool is not None and (visit.is_over or visit.asks_end):
            assert not visit.tool.is_open
        assert not kiosk.told(stage.OpenCamera)
    kiosk.feed(e.BrowserReady())
    kiosk.until(T_0 + 100_000)
    assert kiosk.machine.visit is None
    assert (kiosk.shown.view, kiosk.machine.deadline) == ("idle", None)
