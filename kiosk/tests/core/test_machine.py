"""The kiosk's hour, from waking to the call."""

from __future__ import annotations

import msgspec
import pytest

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core import words
from cordee_wire import control, kiosk_link, stage
from core.kiosk import COUNTER, T_0, Kiosk, entry_of


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


def test_negotiation_that_brings_nothing_is_made_anew() -> None:
    kiosk = Kiosk().up()
    kiosk.until(T_0 - 30)
    kiosk.counter_comes()
    kiosk.until(T_0 - 15)
    assert len(kiosk.told(stage.Negotiate)) == 2


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


def test_black_own_picture_is_shown_as_covered_camera() -> None:
    kiosk = Kiosk().warm()
    kiosk.stage(stage.CameraState(state="opened", colour=[2, 3, 1]))
    assert kiosk.shown.camera_covered


def test_thin_line_is_said() -> None:
    kiosk = Kiosk().live()
    thin = stage.LineMeasured(up_bps=40_000, room_bps=40_000, rtt_ms=80, lost=0)
    kiosk.stage(thin)
    assert kiosk.shown.line == "good", "a word stands until another has lasted"
    kiosk.stage(thin)
    assert kiosk.shown.line == "slow"


@pytest.mark.parametrize(("picture", "word"), [("paused", "paused"), ("none", "sound")])
def test_picture_that_does_not_come_is_said(picture: str, word: str) -> None:
    kiosk = Kiosk().live()
    wide = stage.LineMeasured(up_bps=40_000, rtt_ms=20, lost=0, room_bps=2_000_000)
    without = msgspec.structs.replace(wide, picture=picture)
    for measure in (without, without, wide):
        kiosk.stage(measure)
    assert kiosk.shown.line == word
    kiosk.stage(wide)
    assert kiosk.shown.line == "good"


def test_still_picture_on_a_wide_line_is_not_called_slow() -> None:
    kiosk = Kiosk().live()
    for _ in range(3):
        kiosk.stage(stage.LineMeasured(up_bps=40_000, room_bps=2_000_000, rtt_ms=20, lost=0))
    assert kiosk.shown.line == "good"


def test_face_before_live_does_not_count() -> None:
    kiosk = Kiosk().warm()
    kiosk.stage(stage.FaceDecoded(at=T_0 - 5, colour=[90, 90, 90]))
    assert not kiosk.facts("face_decoded")
    assert "face_unasked" in kiosk.rejects()


def test_face_from_before_the_hour_does_not_count_though_told_after_it() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.FaceDecoded(at=T_0 - 0.01, colour=[90, 90, 90]))
    assert not kiosk.facts("face_decoded")
    assert "face_unasked" in kiosk.rejects()
    kiosk.stage(stage.FaceDecoded(at=T_0 + 0.2, colour=[90, 90, 90]))
    assert [fact.at for fact in kiosk.facts("face_decoded")] == [T_0 + 0.2]


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


def test_facts_are_numbered_in_order() -> None:
    kiosk = Kiosk().live()
    assert [fact.seq for fact in kiosk.facts()] == list(range(1, len(kiosk.facts()) + 1))


def test_view_is_shown_only_when_it_changes() -> None:
    kiosk = Kiosk().up()
    before = len(kiosk.told(stage.Show))
    kiosk.now += 1
    kiosk.feed(e.Ticked())
    assert len(kiosk.told(stage.Show)) == before


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
