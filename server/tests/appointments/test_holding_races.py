from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from factories import NOW, TEN, World
from opened import another_agent, booked, hold, open_world, someone

from cordee.appointments import keeping
from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.models import Appointment, GuestSeat, HeldCell
from cordee.appointments.refusals import SlotTaken
from cordee.appointments.rules import GuestKind
from cordee.journal.rules import OPERATOR
from cordee.kernel.refusal import Refusal
from cordee.visits import booking as visits
from cordee.visits.models import Visit

CLIENTS = 8
MIN = timedelta(minutes=1)


@pytest.fixture
def opened(committed: World) -> World:
    return open_world(committed)


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


def _seats_are_held_by_those_who_stand() -> bool:
    holding = set(Appointment.objects.holding(NOW).values_list("pk", flat=True))
    return holding == set(HeldCell.objects.values_list("appointment", flat=True))


def test_of_holds_at_once_as_many_win_as_there_are_kiosks(opened: World) -> None:
    for _ in range(3):
        another_agent(opened)

    outcomes = _together([lambda: hold(opened) for _ in range(CLIENTS)])

    assert outcomes == ["done"] * 2 + [SlotTaken.code] * (CLIENTS - 2)
    kiosks = Appointment.objects.values_list("kiosk", flat=True)
    assert len(set(kiosks)) == 2
    assert _seats_are_held_by_those_who_stand()


def test_who_sits_in_at_two_places_at_once_sits_in_at_one(opened: World) -> None:
    second = another_agent(opened)
    for _ in range(2):
        another_agent(opened)
    wish = GuestWish(GuestKind.SECOND_AGENT, agent_id=second.pk)

    outcomes = _together([lambda: hold(opened, guests=(wish,)) for _ in range(CLIENTS)])

    assert outcomes.count("done") == 1
    assert GuestSeat.objects.filter(agent=second).count() == 1
    assert _seats_are_held_by_those_who_stand()


def test_one_key_at_once_is_one_appointment_with_one_visit(opened: World) -> None:
    citizen = someone()

    def book() -> None:
        held = hold(opened, citizen=citizen, key="the same")
        visits.confirm(appointment=held, actor=OPERATOR, now=NOW)

    assert _together([book] * CLIENTS) == ["done"] * CLIENTS
    assert Appointment.objects.count() == 1
    assert Visit.objects.count() == 1


def test_an_hour_kept_under_one_key_at_once_is_one_and_becomes_one_appointment(
    opened: World,
) -> None:
    citizen = someone()

    def keep() -> None:
        keeping.keep(
            asked=Asked(reason=opened.reason),
            site=opened.site,
            starts_at=TEN,
            key="the same",
            actor=OPERATOR,
            now=NOW,
        )

    def book() -> None:
        held = hold(opened, citizen=citizen, key="the same")
        visits.confirm(appointment=held, actor=OPERATOR, now=NOW)

    assert _together([keep] * CLIENTS) == ["done"] * CLIENTS
    assert Appointment.objects.count() == 1
    assert _together([book] * CLIENTS) == ["done"] * CLIENTS
    assert Appointment.objects.count() == 1
    assert Visit.objects.count() == 1
    assert _seats_are_held_by_those_who_stand()


def test_one_person_in_many_tabs_who_kept_an_hour_in_each_has_one_in_the_end(
    opened: World,
) -> None:
    citizen = someone()

    def booking(number: int) -> Callable[[], object]:
        starts_at, key = TEN + number * 45 * MIN, f"k{number}"
        asked = Asked(reason=opened.reason)
        keeping.keep(
            asked=asked, site=opened.site, starts_at=starts_at, key=key, actor=OPERATOR, now=NOW
        )

        def book() -> None:
            held = hold(opened, starts_at, citizen=citizen, key=key)
            visits.confirm(appointment=held, actor=OPERATOR, now=NOW)

        return book

    outcomes = _together([booking(number) for number in range(6)])

    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "already_booked", "hold_replaced"}
    assert Appointment.objects.confirmed().count() == 1


def test_one_person_in_many_tabs_at_at_once_has_one_hour_in_the_end(opened: World) -> None:
    citizen = someone()

    def booking(number: int) -> Callable[[], object]:
        def book() -> None:
            held = hold(opened, TEN + number * 45 * MIN, citizen=citizen)
            visits.confirm(appointment=held, actor=OPERATOR, now=NOW)

        return book

    outcomes = _together([booking(number) for number in range(6)])

    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "already_booked", "hold_replaced"}
    assert Appointment.objects.confirmed().count() == 1
    assert _seats_are_held_by_those_who_stand()


def test_a_late_confirmation_and_the_next_booking_have_one_winner(opened: World) -> None:
    held = hold(opened, agent=opened.agent)
    later = NOW + 5 * MIN

    outcomes = _together(
        [
            lambda: visits.confirm(appointment=held, actor=OPERATOR, now=later),
            lambda: hold(opened, agent=opened.agent, now=later),
        ]
    )

    assert outcomes in (["done", "hold_expired"], ["done", SlotTaken.code])
    assert HeldCell.objects.filter(seat_kind="agent").count() == 6


def test_moves_that_swap_hours_at_once_never_overlap(opened: World) -> None:
    first = booked(opened, agent=opened.agent)
    second = booked(opened, TEN + 45 * MIN, agent=opened.agent)

    def move(visit: Visit, minutes: int) -> Callable[[], object]:
        return lambda: visits.move(
            visit=visit,
            site=opened.site,
            starts_at=TEN + minutes * MIN,
            actor=OPERATOR,
            now=NOW,
        )

    outcomes = _together([move(first, 45), move(first, 90), move(second, 0), move(second, 135)])

    assert outcomes.count("done") in {1, 2}
    assert Appointment.objects.confirmed().count() == 2
    assert HeldCell.objects.filter(seat_kind="agent").count() == 12
    assert _seats_are_held_by_those_who_stand()
