from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World

from cordee.appointments.models import Appointment
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.visits import queries as visits
from cordee.visits.callbacks import NothingMissed, note_callback
from cordee.visits.models import Callback, Visit
from cordee.visits.notes import NoteTooLong
from cordee.visits.rules import Missed, Outcome, VisitState, missed

LATER = TEN + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "outcome", "facts", "why"),
    [
        ("booked", "", "come", None),
        ("booked", "", "over come", Missed.NO_AGENT),
        ("awake", "", "over", Missed.NOT_HELD),
        ("booked", "", "absent", Missed.NOBODY_CAME),
        ("unanswered", "", "", Missed.NO_AGENT),
        ("unanswered", Outcome.NOBODY_CAME, "over", Missed.NOBODY_CAME),
        ("unanswered", Outcome.DONE, "over", None),
        ("ended", "", "over come", None),
        ("ended", Outcome.NOBODY_CAME, "over", Missed.NOBODY_CAME),
        ("live", "", "over come", None),
        ("declined", "", "over come", None),
        ("cancelled", "", "over absent", None),
    ],
)
def test_why_a_visit_was_not_held(state: str, outcome: str, facts: str, why: Missed | None) -> None:
    found = missed(
        VisitState(state),
        outcome,
        is_over="over" in facts,
        has_come="come" in facts,
        is_no_show="absent" in facts,
    )
    assert found is why


def unanswered(world: World) -> list[str]:
    rows = visits.unanswered(world.partner, since=NOW - timedelta(days=30), now=LATER)
    return [visit.public_id for visit, _ in rows]


def test_a_visit_without_an_answer_is_listed_until_the_person_was_called(world: World) -> None:
    visit = world.book()
    other = world.book(agent=world.stranger, box=world.other_box)
    Visit.objects.filter(pk__in=[visit.pk, other.pk]).update(state=VisitState.UNANSWERED)
    assert unanswered(world) == [visit.public_id]
    for note in ("Rappelée, revient jeudi", "encore"):
        note_callback(visit=visit, note=note, actor=OPERATOR, now=LATER)
    assert unanswered(world) == []
    assert Callback.objects.get().note == "Rappelée, revient jeudi"
    entry = Entry.objects.get(verb="called_back")
    assert entry.detail == {}
    assert [each.visit for each in visits.called_back(world.partner, since=NOW)] == [visit]


def test_a_visit_that_was_held_has_nobody_to_call_back(world: World) -> None:
    visit = world.book()
    with pytest.raises(NothingMissed):
        note_callback(visit=visit, note="", actor=OPERATOR, now=NOW)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.ENDED)
    with pytest.raises(NothingMissed):
        note_callback(visit=visit, note="", actor=OPERATOR, now=LATER)
    assert not Callback.objects.exists()


def test_a_note_is_one_short_line(world: World) -> None:
    visit = world.book()
    Appointment.objects.filter(pk=visit.appointment_id).update(no_show_at=TEN)
    with pytest.raises(NoteTooLong):
        note_callback(visit=visit, note="x" * 201, actor=OPERATOR, now=LATER)
    made = note_callback(visit=visit, note=" a\0\n b ", actor=OPERATOR, now=LATER)
    assert made.note == "a b"
