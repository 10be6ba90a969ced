"""What the kiosk does when server, agent, line, browser or daemon are lost and come back."""

from __future__ import annotations

from authority import Authority

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core.kept import Kept
from cordee_wire import control, kiosk_link, stage
from core.kiosk import T_0, VISIT, Kiosk, entry_of


def test_goes_live_without_the_server_once_negotiated() -> None:
    kiosk = Kiosk().warm()
    kiosk.feed(e.LinkLost())
    kiosk.until(T_0)
    assert kiosk.told(stage.GoLive)


def test_losing_the_server_does_not_cut_a_call() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see")
    kiosk.feed(e.LinkLost())
    kiosk.until(T_0 + 60)
    kiosk.feed(e.LinkOpened(kiosk.welcome()))
    kiosk.counter_comes()
    assert not kiosk.facts("cut")
    assert kiosk.shown.grants == ["see"]
    assert len(kiosk.told(stage.Negotiate)) == 1


def test_negotiates_when_server_and_agent_are_back() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 - 40)
    kiosk.counter_comes()
    kiosk.feed(e.LinkLost())
    kiosk.until(T_0 + 10)
    assert kiosk.shown.view == "late"
    kiosk.feed(e.LinkOpened(kiosk.welcome()))
    assert not kiosk.told(stage.Negotiate)
    kiosk.counter_comes()
    kiosk.negotiate()
    kiosk.line()
    assert kiosk.told(stage.GoLive)


def test_signals_lost_with_the_link_are_made_anew_when_it_is_back() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 - 30)
    kiosk.counter_comes()
    kiosk.feed(e.LinkLost())
    kiosk.feed(e.LinkOpened(kiosk.welcome()))
    kiosk.counter_comes()
    first, second = kiosk.told(stage.Negotiate)
    assert first.instance != second.instance


def test_starts_from_the_kept_agenda_with_the_server_down() -> None:
    kiosk = Kiosk()
    kiosk.feed(e.Ticked())
    kiosk.feed(e.BrowserReady())
    kiosk.until(T_0 + 1)
    assert kiosk.shown.view == "late"
    assert kiosk.shown.phone


def test_cut_revokes_and_tells_then_resumes_on_the_same_connection() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see", "control")
    kiosk.line("disconnected")
    kiosk.until(kiosk.now + 8)
    assert kiosk.facts("cut")
    assert (kiosk.shown.line, kiosk.shown.grants, kiosk.shown.guest) == ("cut", [], False)
    assert [fact.detail["how"] for fact in kiosk.facts("revoked")] == ["cut", "cut"]
    assert kiosk.all(c.HaltVerbs)
    kiosk.until(kiosk.now + 3)
    kiosk.line()
    assert kiosk.facts("resumed")
    assert kiosk.shown.line == "good"
    assert "redemander" in kiosk.shown.note
    assert len(kiosk.told(stage.GoLive)) == 1


def test_silence_of_some_seconds_is_said_and_takes_no_leave_away() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see", "control")
    kiosk.feed(e.GuestOpened())
    kiosk.line("disconnected")
    assert (kiosk.shown.line, kiosk.shown.grants) == ("cut", ["see", "control"])
    kiosk.until(kiosk.now + 4)
    kiosk.line("connecting")
    kiosk.until(kiosk.now + 3.9)
    kiosk.agent(control.Type(id=7, node=3, text="é"))
    assert kiosk.all(c.DoVerb), "a verb that came before the news that the line is back"
    kiosk.line()
    kiosk.until(kiosk.now + 60)
    assert (kiosk.shown.line, kiosk.shown.grants) == ("good", ["see", "control"])
    assert not kiosk.facts("cut")
    assert not kiosk.facts("resumed")
    assert len(kiosk.told(stage.Negotiate)) == 1


def test_silence_makes_no_new_connection_before_it_is_a_cut() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see")
    kiosk.line("disconnected")
    kiosk.feed(e.LinkLost())
    kiosk.feed(e.LinkOpened(kiosk.welcome()))
    kiosk.counter_comes()
    assert len(kiosk.told(stage.Negotiate)) == 1
    kiosk.until(kiosk.now + 8)
    assert kiosk.facts("cut")
    assert kiosk.shown.grants == []
    kiosk.until(kiosk.now + 12)
    assert len(kiosk.told(stage.Negotiate)) == 2


def test_silence_of_a_connection_that_fails_is_a_cut_at_once() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see")
    kiosk.line("disconnected")
    kiosk.line("failed", "closed")
    assert kiosk.facts("cut")
    assert kiosk.shown.grants == []


def test_cut_that_stays_is_negotiated_anew_and_live_again() -> None:
    kiosk = Kiosk().live()
    kiosk.line("failed", "closed")
    kiosk.until(kiosk.now + 20)
    assert len(kiosk.told(stage.Negotiate)) == 2
    kiosk.negotiate()
    kiosk.line()
    assert len(kiosk.told(stage.GoLive)) == 2
    kiosk.stage(stage.WentLive())
    assert len(kiosk.facts("resumed")) == 1


def test_counter_opened_anew_gets_a_new_connection() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see")
    kiosk.counter_comes("d" * 32)
    assert kiosk.told(stage.Negotiate)[-1].to == "d" * 32
    assert kiosk.facts("cut")
    assert kiosk.shown.grants == []


def test_late_word_of_the_connection_before_does_not_count_for_the_new_one() -> None:
    kiosk = Kiosk().live()
    before = kiosk.told(stage.Negotiate)[-1].instance
    kiosk.counter_comes("d" * 32)
    kiosk.line(instance=before)
    assert kiosk.rejects()[-1] == "stale_state"
    assert kiosk.shown.line == "cut"
    assert not kiosk.facts("resumed")
    kiosk.until(kiosk.now + 12)
    assert len(kiosk.told(stage.Negotiate)) == 3


def test_browser_that_dies_cuts_and_rejoins() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see")
    kiosk.feed(e.BrowserLost("killed"))
    assert kiosk.facts("cut")
    kiosk.feed(e.BrowserReady())
    assert len(kiosk.told(stage.Negotiate)) == 2
    assert len(kiosk.told(stage.OpenCamera)) == 2
    assert (kiosk.shown.view, kiosk.shown.line, kiosk.shown.guest) == ("call", "cut", False)
    kiosk.negotiate()
    kiosk.line()
    assert len(kiosk.told(stage.GoLive)) == 2


def test_daemon_killed_in_a_call_rejoins_without_grants() -> None:
    before = Kiosk().live()
    before.give("see", "control")
    kept = before.all(c.KeepVisit)[-1].kept
    assert kept.is_live
    after = Kiosk(authority=before.authority, now=T_0 + 20, kept=kept, boot="b2").up()
    assert (after.shown.view, after.shown.line, after.shown.grants) == ("call", "cut", [])
    after.counter_comes()
    asked = after.told(stage.Negotiate)[0]
    assert asked.instance not in {each.instance for each in before.told(stage.Negotiate)}
    after.negotiate()
    after.line()
    assert after.told(stage.GoLive)
    after.stage(stage.WentLive())
    assert [fact.kind for fact in after.facts()] == ["resumed"]


def test_daemon_killed_just_before_the_hour_starts_at_the_hour() -> None:
    before = Kiosk().warm()
    kept = before.all(c.KeepVisit)[-1].kept
    after = Kiosk(authority=before.authority, now=T_0 - 2, kept=kept, boot="b2").up()
    assert after.shown.view == "countdown"
    after.counter_comes()
    after.negotiate()
    after.line()
    assert not after.told(stage.GoLive)
    after.until(T_0)
    assert after.told(stage.GoLive)
    assert not after.facts("woken")


def test_live_visit_that_left_the_agenda_is_still_rejoined() -> None:
    authority = Authority()
    kept = Kept(entry=entry_of(authority), is_live=True)
    kiosk = Kiosk(authority=authority, now=T_0 + 60, entries=[], kept=kept).up()
    assert kiosk.shown.view == "call"


def test_applied_fact_is_forgotten() -> None:
    kiosk = Kiosk().up()
    kiosk.server(kiosk_link.FactApplied(boot="b1", seq=3))
    assert kiosk.all(c.ForgetFact) == [c.ForgetFact("b1", 3)]


def test_facts_of_a_visit_that_the_server_does_not_know_are_dropped() -> None:
    kiosk = Kiosk().up()
    kiosk.server(kiosk_link.Refused(code="not_yours", message="Non.", about="f" * 32))
    assert kiosk.all(c.ForgetFactsOf) == [c.ForgetFactsOf("f" * 32)]


def test_other_refusals_drop_nothing() -> None:
    kiosk = Kiosk().up()
    for code, about in (("fact_unknown", VISIT), ("not_yours", ""), ("unknown", "relayed")):
        kiosk.server(kiosk_link.Refused(code=code, message="Non.", about=about))
    assert not kiosk.all(c.ForgetFactsOf)


def test_guest_that_comes_after_its_visit_is_closed() -> None:
    kiosk = Kiosk().up()
    kiosk.feed(e.GuestOpened())
    assert len(kiosk.all(c.CloseGuest)) == 1


def test_guest_that_ends_by_itself_is_opened_anew_by_another_yes() -> None:
    kiosk = Kiosk().live().give("see")
    kiosk.feed(e.GuestOpened())
    kiosk.feed(e.GuestGone())
    assert kiosk.facts("revoked")[-1].detail["how"] == "failed"
    assert not kiosk.shown.guest
    opened = len(kiosk.all(c.OpenGuest))
    kiosk.give("see")
    assert len(kiosk.all(c.OpenGuest)) == opened + 1


def test_delivered_page_of_an_earlier_life_is_still_noted() -> None:
    kiosk = Kiosk().up()
    kiosk.feed(e.PageDelivered(page="9" * 32, visit=VISIT))
    assert kiosk.facts("uploaded")[0].visit == VISIT
