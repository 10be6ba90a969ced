from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connections
from factories import TEN, World

from cordee.appointments.models import Appointment, HeldCell
from cordee.appointments.refusals import SlotTaken
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.kernel.refusal import Refusal

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
