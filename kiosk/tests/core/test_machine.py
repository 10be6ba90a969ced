"""The kiosk's hour, from waking to wiping."""

from __future__ import annotations

import msgspec
import pytest
from authority import Authority

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core import words
from cordee_kiosk.core.kept import Kept
from cordee_wire import control, kiosk_link, stage
from core.kiosk import COUNTER, T_0, VISIT, Kiosk, entry_of


def test_idle_kiosk_shows_the_next_hour_and_no_name() -> None:
    kiosk = Kiosk().up()
    assert (kiosk.shown.view, kiosk.shown.next_at) == ("idle", T_0)
    assert "Denise" not in str(kiosk.shown)


def test_wakes_ten_minutes_before() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 - 600.1)
    assert not kiosk.all(c.WakeScreen)
    kiosk.until(T_0 - 600)
    assert len(kiosk.all(c.WakeScreen)) == 1
    assert kiosk.facts("woken")[0].at == T_0 - 600
    assert kiosk.shown.view == "welcome"
    assert "Personne ne vous voit" in kiosk.all(c.SayPrompt)[-1].text


def test_negotiates_thirty_seconds_before_when_the_agent_is_there_already() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 - 300)
    kiosk.counter_comes()
    kiosk.until(T_0 - 30.01)
    assert not kiosk.told(stage.Negotiate)
    kiosk.until(T_0 - 30)
    asked = kiosk.told(stage.Negotiate)[0]
    assert asked.to == COUNTER
    assert kiosk.sent(kiosk_link.Joined)[-1].instance == asked.instance
    assert kiosk.shown.view == "countdown"


def test_opens_the_camera_ten_seconds_before() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 - 10.01)
    assert not kiosk.told(stage.OpenCamera)
    kiosk.until(T_0 - 10)
    assert len(kiosk.told(stage.OpenCamera)) == 1


def test_goes_live_exactly_at_the_hour() -> None:
    kiosk = Kiosk().warm()
    assert kiosk.facts("warmed")[0].detail["code"] == kiosk.shown.code != ""
    kiosk.until(T_0 - 0.001)
    assert not kiosk.told(stage.GoLive)
    assert kiosk.machine.deadline == T_0
    kiosk.until(T_0)
    assert len(kiosk.told(stage.GoLive)) == 1
    assert kiosk.said(control.Live)[0].at == T_0
    kiosk.now += 0.04
    kiosk.stage(stage.WentLive())
    assert kiosk.facts("live")[0].detail == {"lateness_s": 0.04}
    assert kiosk.shown.view == "call"


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


def test_late_agent_is_announced_and_goes_live_on_coming() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 + 10)
    assert kiosk.shown.view == "late"
    assert "retard" in kiosk.all(c.SayPrompt)[-1].text
    kiosk.until(T_0 + 120)
    kiosk.counter_comes()
    kiosk.negotiate()
    kiosk.line()
    assert kiosk.told(stage.GoLive)
    assert kiosk.shown.view == "call"


def test_agent_who_never_comes_is_apologised_for_then_the_screen_is_idle() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 + 900)
    assert kiosk.shown.view == "apology"
    assert kiosk.facts("unanswered")
    kiosk.until(T_0 + 1000)
    assert kiosk.shown.view == "idle"
    assert kiosk.facts("wiped")


def test_negotiation_that_brings_nothing_is_made_anew() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 - 30)
    kiosk.counter_comes()
    kiosk.until(T_0 - 15)
    assert len(kiosk.told(stage.Negotiate)) == 2


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


def test_moved_appointment_starts_at_its_new_hour() -> None:
    kiosk = Kiosk().warm()
    later = entry_of(kiosk.authority, starts_at=T_0 + 3600, ends_at=T_0 + 5400)
    kiosk.server(kiosk_link.Agenda(entries=[later]))
    kiosk.until(T_0 + 1)
    assert kiosk.shown.view == "idle"
    assert kiosk.shown.next_at == T_0 + 3600
    assert not kiosk.told(stage.GoLive)


def test_new_certificate_of_the_running_visit_is_taken_over() -> None:
    kiosk = Kiosk().live()
    renewed = entry_of(kiosk.authority, certificate=kiosk.authority.certificate(serial="2"))
    kiosk.server(kiosk_link.Agenda(entries=[renewed]))
    assert kiosk.machine.visit is not None
    assert kiosk.machine.visit.scanning.entry == renewed


def test_cut_revokes_and_tells_then_resumes_on_the_same_connection() -> None:
    kiosk = Kiosk().live()
    kiosk.give("see", "control")
    kiosk.line("disconnected")
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


def test_black_own_picture_is_shown_as_covered_camera() -> None:
    kiosk = Kiosk().warm()
    kiosk.stage(stage.CameraState(state="opened", colour=[2, 3, 1]))
    assert kiosk.shown.camera_covered


def test_thin_line_is_said() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.LineMeasured(up_bps=40_000, room_bps=40_000, rtt_ms=80, lost=0))
    assert kiosk.shown.line == "slow"


def test_still_picture_on_a_wide_line_is_not_called_slow() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.LineMeasured(up_bps=40_000, room_bps=2_000_000, rtt_ms=20, lost=0))
    assert kiosk.shown.line == "good"


def test_face_before_live_does_not_count() -> None:
    kiosk = Kiosk().warm()
    kiosk.stage(stage.FaceDecoded(at=T_0 - 5, colour=[90, 90, 90]))
    assert not kiosk.facts("face_decoded")
    assert "face_unasked" in kiosk.rejects()


def test_first_face_is_noted_once_with_its_instant() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.FaceDecoded(at=T_0 + 0.2, colour=[90, 90, 90]))
    kiosk.stage(stage.FaceDecoded(at=T_0 + 0.3, colour=[90, 90, 90]))
    (fact,) = kiosk.facts("face_decoded")
    assert fact.at == T_0 + 0.2
    assert fact.detail == {"lateness_s": 0.2}


def test_going_live_that_is_not_confirmed_is_asked_again() -> None:
    kiosk = Kiosk().warm()
    kiosk.until(T_0 + 6)
    assert len(kiosk.told(stage.GoLive)) == 2


def test_signal_of_another_visit_is_rejected() -> None:
    kiosk = Kiosk().warm()
    kiosk.server(kiosk_link.Relayed(visit="f" * 32, instance=COUNTER, to="x", signal={}))
    assert "other_visit" in kiosk.rejects()
    assert len(kiosk.told(stage.SignalIn)) == 1


def test_applied_fact_is_forgotten() -> None:
    kiosk = Kiosk().up()
    kiosk.server(kiosk_link.FactApplied(boot="b1", seq=3))
    assert kiosk.all(c.ForgetFact) == [c.ForgetFact("b1", 3)]


def test_facts_are_numbered_in_order() -> None:
    kiosk = Kiosk().live()
    assert [fact.seq for fact in kiosk.facts()] == list(range(1, len(kiosk.facts()) + 1))


def test_delivered_page_of_an_earlier_life_is_still_noted() -> None:
    kiosk = Kiosk().up()
    kiosk.feed(e.PageDelivered(page="9" * 32, visit=VISIT))
    assert kiosk.facts("uploaded")[0].visit == VISIT


def test_view_is_shown_only_when_it_changes() -> None:
    kiosk = Kiosk().up()
    before = len(kiosk.told(stage.Show))
    kiosk.now += 1
    kiosk.feed(e.Ticked())
    assert len(kiosk.told(stage.Show)) == before


def test_visit_that_is_over_is_not_kept_again() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(control.End())
    kiosk.now += 1
    kiosk.feed(e.Ticked())
    renewed = entry_of(kiosk.authority, certificate=kiosk.authority.certificate(serial="2"))
    kiosk.server(kiosk_link.Agenda(entries=[renewed]))
    assert kiosk.all(c.KeepVisit)[-1].kept == Kept(over=[VISIT])


def test_stage_that_never_attaches_is_told_again_and_never_stalls_the_clock() -> None:
    kiosk = Kiosk().warm()
    kiosk.until(T_0 + 1400)
    told = [done for done in kiosk.done if done == c.TellStage(stage.GoLive())]
    assert len(told) > 100


def test_missing_camera_is_said_and_the_call_starts_all_the_same() -> None:
    kiosk = Kiosk().warm()
    kiosk.stage(stage.CameraState(state="missing"))
    assert kiosk.shown.note == words.NO_CAMERA
    kiosk.until(T_0)
    assert kiosk.told(stage.GoLive)
