from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connections
from factories import NOW, TEN, World
from opened import booked, open_world, someone

from cordee.appointments import absences, cascade
from cordee.appointments.models import Appointment, HeldCell, Proposal
from cordee.appointments.refusals import SlotTaken
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.notices.models import Notice

ATTEMPTS = 8


def _together(tasks: list[Callable[[], object]]) -> list[str]:
    """Run every task on a connection of its own, at once; return what each came to."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> str:
        start.wait()
        try:
            task()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(tasks)) as pool:
        return sorted(pool.map(run, tasks))


def test_of_bookings_at_once_one_wins_and_the_others_are_told(committed: World) -> None:
    boxes = (committed.box, committed.other_box)
    tasks = [lambda box=boxes[i % 2]: committed.book(box=box) for i in range(ATTEMPTS)]

    assert _together([*tasks]) == ["done"] + [SlotTaken.code] * (ATTEMPTS - 1)
    assert Appointment.objects.count() == 1
    assert HeldCell.objects.count() == 12


def test_overlapping_bookings_at_once_never_overlap_in_the_end(committed: World) -> None:
    tasks = [
        lambda shift=i: committed.book(TEN + timedelta(minutes=5 * shift)) for i in range(ATTEMPTS)
    ]

    _together([*tasks])

    booked = list(Appointment.objects.order_by("starts_at"))
    assert booked
    for one, other in itertools.pairwise(booked):
        assert one.ends_at <= other.starts_at


def test_a_code_used_by_two_boxes_at_once_enrols_one(committed: World) -> None:
    kiosk = committed.box.kiosk
    code, _ = fleet.issue_code(kiosk=kiosk, actor=OPERATOR, now=TEN)
    key = kiosk.public_key

    outcomes = _together(
        [lambda: fleet.enrol(code=code, public_key=key, now=TEN) for _ in range(2)]
    )

    assert outcomes == ["code_used", "done"]


def test_a_proposal_taken_as_its_absence_ends_is_either_kept_or_withdrawn(
    committed: World,
) -> None:
    visit = booked(open_world(committed), citizen=someone(), agent=committed.agent)
    absence = absences.note_absence(
        agent=committed.agent,
        period=Period(TEN, TEN + timedelta(hours=1)),
        note="",
        actor=OPERATOR,
        now=NOW,
    )
    proposal = cascade.proposals_for(visit.appointment)[0]

    _together(
        [
            lambda: cascade.choose(proposal=proposal, actor=OPERATOR, now=NOW),
            lambda: absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW),
        ]
    )

    visit.appointment.refresh_from_db()
    is_kept = Proposal.objects.filter(pk=proposal.pk, chosen_at=NOW).exists()
    stands = Notice.objects.filter(key__contains=" stands ").exists()
    assert is_kept is not stands
    assert (visit.appointment.cancelled_at is None) is stands
    assert cascade.proposals_for(visit.appointment) == []
