from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from factories import NOW, TEN, Box, World

from cordee.appointments.models import HeldCell
from cordee.journal.queries import entries_about
from cordee.journal.rules import OPERATOR
from cordee.visits import services
from cordee.visits.models import AppliedFact, Visit
from cordee.visits.rules import RUNS_OVER, VisitState
from cordee_wire.kiosk_link import Fact


def _tell(box: Box, visit: Visit, kind: str, seq: int, *, boot: str = "b", at: float = 0) -> bool:
    fact = Fact(
        visit=visit.public_id,
        boot=boot,
        seq=seq,
        kind=kind,
        at=at or TEN.timestamp(),
        detail={"by": "agent"},
    )
    return services.apply_fact(kiosk=box.kiosk, fact=fact, now=TEN)


def _state(visit: Visit) -> VisitState:
    return VisitState(Visit.objects.get(pk=visit.pk).state)


def test_facts_move_the_visit_and_stand_in_the_journal(world: World) -> None:
    visit = world.book()

    for seq, kind in enumerate(("woken", "live", "granted", "ended")):
        assert _tell(world.box, visit, kind, seq)

    assert _state(visit) is VisitState.ENDED
    entries = entries_about("visit", visit.public_id)
    assert [entry.verb for entry in entries] == ["opened", "woken", "live", "granted", "ended"]
    assert entries[-1].actor_id == world.box.kiosk.public_id


def test_a_fact_sent_twice_counts_once(world: World) -> None:
    visit = world.book()

    assert _tell(world.box, visit, "granted", 1)
    assert not _tell(world.box, visit, "granted", 1)
    assert _tell(world.box, visit, "granted", 1, boot="after a restart")
    assert AppliedFact.objects.count() == 2
    verbs = [entry.verb for entry in entries_about("visit", visit.public_id)]
    assert verbs.count("granted") == 2


def test_a_fact_that_could_not_be_written_is_not_taken_for_an_old_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = world.book()

    def fail(**_entry: object) -> None:
        raise IntegrityError("some other constraint")

    with monkeypatch.context() as broken:
        broken.setattr(services, "record", fail)
        with pytest.raises(IntegrityError):
            _tell(world.box, visit, "granted", 1)

    assert not AppliedFact.objects.exists()
    assert _tell(world.box, visit, "granted", 1)


def test_a_fact_about_anothers_visit_is_refused(world: World) -> None:
    visit = world.book()

    with pytest.raises(services.NotYours):
        _tell(world.other_box, visit, "live", 1)
    assert _state(visit) is VisitState.BOOKED
    assert not AppliedFact.objects.exists()


@pytest.mark.parametrize(
    ("kind", "seq", "at", "boot"),
    [
        ("invented", 1, 1.0, "b"),
        ("live", -1, 1.0, "b"),
        ("live", 2**63, 1.0, "b"),
        ("live", 1, -1.0, "b"),
        ("live", 1, 1e300, "b"),
        ("live", 1, 1.0, ""),
        ("live", 1, 1.0, "b" * 65),
        ("live", 1, 1.0, "b\0"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(
    world: World, kind: str, seq: int, at: float, boot: str
) -> None:
    visit = world.book()

    with pytest.raises(services.FactUnknown):
        _tell(world.box, visit, kind, seq, at=at, boot=boot)
    assert not AppliedFact.objects.exists()


def test_long_texts_of_a_fact_are_cut_before_they_are_kept(world: World) -> None:
    visit = world.book()
    fact = Fact(
        visit=visit.public_id, boot="b", seq=1, kind="asked", at=1.0, detail={"act": "x" * 999}
    )

    services.apply_fact(kiosk=world.box.kiosk, fact=fact, now=TEN)

    assert len(entries_about("visit", visit.public_id)[-1].detail["act"]) == 200


def test_a_nul_character_in_a_fact_is_left_out_and_the_fact_kept(world: World) -> None:
    visit = world.book()
    fact = Fact(
        visit=visit.public_id, boot="b", seq=1, kind="asked", at=1.0, detail={"a\0": "x\0y"}
    )

    assert services.apply_fact(kiosk=world.box.kiosk, fact=fact, now=TEN)

    assert entries_about("visit", visit.public_id)[-1].detail == {"a": "xy"}


def test_an_early_end_gives_the_rest_of_the_hour_back(world: World) -> None:
    visit = world.book()
    _tell(world.box, visit, "live", 1)
    _tell(world.box, visit, "ended", 2)

    assert not HeldCell.objects.exists()
    assert world.book(TEN + timedelta(minutes=5)).pk


def test_a_cancelled_visit_leaves_its_hour(world: World) -> None:
    visit = world.book()

    services.cancel(visit=visit, actor=OPERATOR, now=NOW)
    services.cancel(visit=visit, actor=OPERATOR, now=NOW)

    assert _state(visit) is VisitState.CANCELLED
    assert world.book().pk


def test_a_visit_that_is_live_cannot_be_cancelled(world: World) -> None:
    visit = world.book()
    _tell(world.box, visit, "live", 1)

    with pytest.raises(services.TooLateToCancel):
        services.cancel(visit=visit, actor=OPERATOR, now=TEN)
    assert _state(visit) is VisitState.LIVE


def test_a_call_that_went_live_before_the_cancellation_arrived_wins(world: World) -> None:
    visit = world.book()
    services.cancel(visit=visit, actor=OPERATOR, now=TEN)

    _tell(world.box, visit, "woken", 1, at=TEN.timestamp() - 600)
    _tell(world.box, visit, "live", 2, at=TEN.timestamp() - 1)

    assert _state(visit) is VisitState.LIVE
    visit.refresh_from_db()
    assert visit.ended_at is None
    visit.appointment.refresh_from_db()
    assert visit.appointment.cancelled_at is None
    winners = {
        entry.verb: entry.detail.get("winner")
        for entry in entries_about("visit", visit.public_id)
        if entry.verb in {"woken", "live"}
    }
    assert winners == {"woken": "cancellation", "live": "visit"}


def test_a_cancellation_before_the_call_went_live_wins(world: World) -> None:
    visit = world.book()
    services.cancel(visit=visit, actor=OPERATOR, now=TEN)

    _tell(world.box, visit, "live", 1, at=TEN.timestamp() + 1)

    assert _state(visit) is VisitState.CANCELLED
    assert entries_about("visit", visit.public_id)[-1].detail["winner"] == "cancellation"


def test_a_call_whose_box_was_destroyed_ends_two_hours_after_its_booked_end(
    world: World,
) -> None:
    visit, other = world.book(), world.book(TEN + timedelta(hours=1))
    _tell(world.box, visit, "live", 1)
    ends_at = visit.appointment.ends_at

    assert services.close_overdue(now=ends_at + RUNS_OVER - timedelta(seconds=1)) == 0
    assert services.close_overdue(now=ends_at + RUNS_OVER) == 1
    assert services.close_overdue(now=ends_at + RUNS_OVER) == 0

    visit.refresh_from_db()
    assert (visit.state, visit.ended_at) == ("ended", ends_at)
    last = entries_about("visit", visit.public_id)[-1]
    assert (last.verb, last.actor_kind) == ("closed", "system")
    assert not HeldCell.objects.filter(appointment=visit.appointment).exists()
    assert _state(other) is VisitState.BOOKED


def test_a_kiosk_that_comes_back_tells_when_the_call_really_ended(world: World) -> None:
    visit = world.book()
    _tell(world.box, visit, "live", 1)
    services.close_overdue(now=visit.appointment.ends_at + RUNS_OVER)
    really = TEN + timedelta(minutes=50)

    _tell(world.box, visit, "ended", 2, at=really.timestamp())
    _tell(world.box, visit, "ended", 3, at=really.timestamp() + 1)

    visit.refresh_from_db()
    assert (visit.state, visit.ended_at) == ("ended", really)


def test_an_outcome_is_one_of_the_known_ones(world: World) -> None:
    visit = world.book()
    _tell(world.box, visit, "live", 1)

    services.note_outcome(visit=visit, outcome="done", actor=OPERATOR, now=TEN)
    with pytest.raises(services.OutcomeUnknown):
        services.note_outcome(visit=visit, outcome="splendid", actor=OPERATOR, now=TEN)
    visit.refresh_from_db()
    assert (visit.outcome, visit.outcome_at) == ("done", TEN)


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_what_has_not_taken_place_has_no_outcome(world: World, *, is_cancelled: bool) -> None:
    visit = world.book()
    if is_cancelled:
        services.cancel(visit=visit, actor=OPERATOR, now=NOW)

    with pytest.raises(services.OutcomeTooEarly):
        services.note_outcome(visit=visit, outcome="done", actor=OPERATOR, now=TEN)

    visit.refresh_from_db()
    assert (visit.outcome, visit.outcome_at) == ("", None)
    verbs = [entry.verb for entry in entries_about("visit", visit.public_id)]
    assert "outcome_noted" not in verbs
