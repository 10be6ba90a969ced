"""An interpreter or a second agent who falls out: the manager names another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, World
from opened import NEXT_DAY, another_agent, booked, open_world

from cordee.appointments import cascade
from cordee.appointments.availability import GuestWish
from cordee.appointments.guest_seats import fill, to_fill
from cordee.appointments.models import GuestSeat, HeldCell, Proposal
from cordee.appointments.rules import GuestKind
from cordee.appointments.stand_ins import (
    NothingToTakeOver,
    StandInAway,
    StandInBusy,
    StandInUnfit,
)
from cordee.directory.models import Absence, Agent
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice
from cordee.visits.models import Visit
from cordee.visits.services import cancel

DAY = timedelta(days=1)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _interpreter(world: World, *languages: str) -> Agent:
    agent = another_agent(world)
    agent.skills, agent.languages = ["interprète"], [*languages]
    agent.save()
    return agent


def _with(world: World, wish: GuestWish) -> tuple[Visit, GuestSeat]:
    visit = booked(world, guests=[wish], agent=world.agent)
    return visit, visit.appointment.guests.get()


def _away(agent: Agent) -> Absence:
    return Absence.objects.create(agent=agent, starts_at=NOW, ends_at=NOW + DAY)


def _fill(seat: GuestSeat, agent: Agent) -> None:
    fill(seat=seat, agent=agent, actor=OPERATOR, now=NOW)


def test_an_interpreter_who_is_away_is_listed_with_who_speaks_the_language(
    opened: World,
) -> None:
    first = _interpreter(opened, "ar", "en")
    second, _other = _interpreter(opened, "ar"), _interpreter(opened, "uk")
    _, seat = _with(opened, GuestWish(GuestKind.INTERPRETER, language="ar"))
    assert (seat.agent, seat.language) == (first, "ar")
    assert to_fill(opened.partner, now=NOW) == []

    _away(first)

    (plan,) = to_fill(opened.partner, now=NOW)
    assert (plan.seat, list(plan.able), plan.proposed) == (seat, [second], second)
    assert to_fill(opened.stranger.partner, now=NOW) == []


def test_whoever_is_named_holds_the_seat_and_the_people_hear_that_it_stands(
    opened: World,
) -> None:
    first, second = _interpreter(opened, "ar"), _interpreter(opened, "ar")
    visit, seat = _with(opened, GuestWish(GuestKind.INTERPRETER, language="ar"))
    _away(first)
    cascade.sweep(now=NOW)
    assert Proposal.objects.exists()

    _fill(seat, second)
    _fill(seat, second)

    seat.refresh_from_db()
    assert seat.agent == second
    assert not HeldCell.objects.filter(seat_kind="agent", seat_id=first.pk).exists()
    held = HeldCell.objects.filter(appointment=visit.appointment, seat_id=second.pk)
    assert (
        held.filter(seat_kind="agent").count()
        == HeldCell.objects.filter(
            appointment=visit.appointment, seat_kind="agent", seat_id=opened.agent.pk
        ).count()
    )
    assert not Proposal.objects.exists()
    stands = Notice.objects.filter(to=visit.appointment.citizen_phone, key__contains=" stands ")
    assert stands.count() == 1
    assert Notice.objects.filter(to=second.user.email).count() == 1
    assert Entry.objects.filter(verb="seat_filled").count() == 1
    assert to_fill(opened.partner, now=NOW) == []
    assert cascade.sweep(now=NOW) == 0


def test_a_closed_account_leaves_its_seat_to_a_colleague_of_the_same_skill(
    opened: World,
) -> None:
    second = another_agent(opened)
    third = another_agent(opened)
    _, seat = _with(opened, GuestWish(GuestKind.SECOND_AGENT, second.pk))
    second.user.is_active = False
    second.user.save()

    (plan,) = to_fill(opened.partner, now=NOW)

    assert list(plan.able) == [third]
    _fill(seat, third)
    seat.refresh_from_db()
    assert seat.agent == third


def test_who_cannot_take_the_seat_is_refused_and_nothing_is_written(opened: World) -> None:
    first, busy = _interpreter(opened, "ar"), _interpreter(opened, "ar")
    visit, seat = _with(opened, GuestWish(GuestKind.INTERPRETER, language="ar"))
    gone, foreign = _interpreter(opened, "ar"), _interpreter(opened, "uk")
    _away(first)
    _away(gone)
    for agent, refusal in (
        (gone, StandInAway),
        (foreign, StandInUnfit),
        (opened.agent, StandInUnfit),
    ):
        with pytest.raises(refusal):
            _fill(seat, agent)
    HeldCell.objects.create(
        appointment=booked(opened, NEXT_DAY).appointment,
        seat_kind="agent",
        seat_id=busy.pk,
        starts_at=visit.appointment.starts_at,
    )
    with pytest.raises(StandInBusy):
        _fill(seat, busy)
    cancel(visit=visit, actor=OPERATOR, now=NOW)
    with pytest.raises(NothingToTakeOver):
        _fill(seat, busy)
    seat.refresh_from_db()
    assert seat.agent == first
    assert not Entry.objects.filter(verb="seat_filled").exists()
