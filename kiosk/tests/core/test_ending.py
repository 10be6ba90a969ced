"""Who may end a visit, and what is left of it."""

from __future__ import annotations

import msgspec
import pytest
from authority import Authority

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core import words
from cordee_kiosk.core.kept import Kept
from cordee_wire import control, kiosk_link, stage
from core.kiosk import T_0, VISIT, Kiosk, entry_of


def test_agent_who_never_comes_is_apologised_for_then_the_screen_is_idle() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 + 900)
    assert kiosk.shown.view == "apology"
    assert kiosk.facts("unanswered")
    kiosk.until(T_0 + 1000)
    assert kiosk.shown.view == "idle"
    assert kiosk.facts("wiped")
    kept = kiosk.all(c.KeepAgenda)[-1].welcome
    assert VISIT not in [entry.visit for entry in kept.agenda], "the disk forgets the person"


def test_cancelled_before_the_start_returns_to_idle_with_a_note() -> None:
    kiosk = Kiosk().warm()
    kiosk.server(kiosk_link.Agenda(entries=[]))
    assert (kiosk.shown.view, kiosk.shown.note) == ("idle", words.CANCELLED)
    assert kiosk.told(stage.HangUp)
    kiosk.until(T_0 + 5)
    assert not kiosk.told(stage.GoLive)


def test_cancelled_after_the_start_the_kiosk_prevails() -> None:
    kiosk = Kiosk().live()
    kiosk.server(kiosk_link.Agenda(entries=[]))
    assert kiosk.shown.view == "call"


def test_ended_visit_never_starts_again_after_a_restart() -> None:
    before = Kiosk().live()
    before.agent(control.End())
    kept = before.all(c.KeepVisit)[-1].kept
    assert kept.entry is None
    after = Kiosk(authority=before.authority, now=T_0 + 30, kept=kept).up()
    after.until(T_0 + 100)
    assert after.shown.view == "idle"


@pytest.mark.parametrize("by", ["agent", "citizen", "time"])
def test_end_hangs_up_closes_the_guest_and_wipes(by: str) -> None:
    kiosk = Kiosk().live()
    kiosk.give("see", "control")
    if by == "agent":
        kiosk.agent(control.End())
    elif by == "citizen":
        kiosk.agent(control.GiveBack(act="see"))
        kiosk.stage(stage.Touched(what="stop"))
        assert kiosk.shown.ask_end
        kiosk.stage(stage.Touched(what="end_yes"))
    else:
        kiosk.until(T_0 + 1800 + 900)
    ended_at = kiosk.now
    assert kiosk.facts("ended")[0].detail == {"by": by}
    assert kiosk.said(control.Ended)[0].by == by
    assert len(kiosk.told(stage.Hold)) == 1, "picture and sound stop at once, not with the line"
    assert not kiosk.told(stage.HangUp)
    assert kiosk.all(c.CloseGuest)
    assert kiosk.shown.view == "thanks"
    assert kiosk.machine.visit is not None
    assert kiosk.machine.visit.control.grants == {}
    kiosk.until(ended_at + 2)
    assert kiosk.told(stage.HangUp)
    kiosk.until(ended_at + 20)
    assert kiosk.shown.view == "idle"
    assert kiosk.facts()[-1].kind == "wiped"
    assert kiosk.all(c.KeepVisit)[-1].kept == Kept(over=[VISIT])
    assert kiosk.sent(kiosk_link.Joined)[-1].instance is None


def test_end_by_time_is_announced_two_minutes_before() -> None:
    kiosk = Kiosk().live()
    kiosk.until(T_0 + 1800 + 900 - 120)
    assert kiosk.shown.note == words.ENDING_SOON


def test_next_visit_gets_its_hour_though_the_one_before_overruns() -> None:
    authority = Authority()
    first = entry_of(authority)
    second = msgspec.structs.replace(
        first, visit="e" * 32, starts_at=T_0 + 1800, ends_at=T_0 + 3600
    )
    kiosk = Kiosk(authority=authority, entries=[first, second]).live()
    kiosk.until(T_0 + 1800)
    assert kiosk.facts("ended")[0].visit == first.visit
    assert kiosk.machine.visit is not None
    assert kiosk.machine.visit.entry == second


def test_countdown_stopped_asks_and_holds_the_start() -> None:
    kiosk = Kiosk().warm()
    kiosk.feed(e.StopPressed())
    assert kiosk.shown.ask_end
    kiosk.until(T_0 + 3)
    assert not kiosk.told(stage.GoLive)
    kiosk.stage(stage.Touched(what="end_no"))
    assert kiosk.told(stage.GoLive)


@pytest.mark.parametrize("answer", ["not_now", "silence"])
def test_countdown_stopped_for_good_is_declined(answer: str) -> None:
    kiosk = Kiosk().warm()
    kiosk.feed(e.StopPressed())
    if answer == "not_now":
        kiosk.stage(stage.Touched(what="not_now"))
    kiosk.until(T_0 + 70)
    assert kiosk.facts("declined")
    assert not kiosk.told(stage.GoLive)


def test_visit_that_is_over_is_not_kept_again() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(control.End())
    kiosk.now += 1
    kiosk.feed(e.Ticked())
    renewed = entry_of(kiosk.authority, certificate=kiosk.authority.certificate(serial="2"))
    kiosk.server(kiosk_link.Agenda(entries=[renewed]))
    assert kiosk.all(c.KeepVisit)[-1].kept == Kept(over=[VISIT])
