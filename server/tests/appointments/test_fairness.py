from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from opened import ELEVEN, NEXT_DAY, another_agent, booked, hold, open_world

from cordee.appointments import calls, services
from cordee.appointments.availability import GuestWish
from cordee.appointments.fairness import fairest
from cordee.appointments.rules import GuestKind
from cordee.directory.models import Agent
from cordee.journal.rules import OPERATOR
from cordee.visits.models import Visit

FRIDAY = NOW + timedelta(days=3)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


@pytest.fixture
def colleague(opened: World) -> Agent:
    return another_agent(opened)


def _over(visit: Visit) -> None:
    services.free(appointment=visit.appointment, now=visit.appointment.ends_at)


def _called_instead(visit: Visit) -> None:
    calls.call_instead(
        appointment=visit.appointment, phone="06 12 34 56 78", actor=OPERATOR, now=NOW
    )


def _next(world: World, colleague: Agent) -> int:
    """Return who would receive on Friday."""
    return fairest([world.agent.pk, colleague.pk], starts_at=FRIDAY, now=FRIDAY)


def test_visits_that_are_over_count_until_the_week_is(opened: World, colleague: Agent) -> None:
    for starts_at in (TEN, ELEVEN):
        _over(booked(opened, starts_at, agent=opened.agent))
    booked(opened, NEXT_DAY, agent=colleague, now=NOW + timedelta(hours=1))

    assert _next(opened, colleague) == colleague.pk
    week = timedelta(weeks=1)
    keys = [opened.agent.pk, colleague.pk]
    # In the next week both have nothing, and the colleague was booked last.
    assert fairest(keys, starts_at=FRIDAY + week, now=FRIDAY) == opened.agent.pk


def test_a_seat_beside_a_colleague_counts_when_it_is_over(opened: World, colleague: Agent) -> None:
    third = another_agent(opened)
    for starts_at in (TEN, ELEVEN):
        beside = GuestWish(GuestKind.SECOND_AGENT, agent_id=opened.agent.pk)
        _over(booked(opened, starts_at, agent=third, guests=[beside]))
    booked(opened, NEXT_DAY, agent=colleague)

    assert _next(opened, colleague) == colleague.pk


def test_a_call_by_telephone_counts_for_who_makes_it(opened: World, colleague: Agent) -> None:
    for starts_at in (TEN, ELEVEN):
        _called_instead(booked(opened, starts_at, agent=opened.agent))
    booked(opened, NEXT_DAY, agent=colleague)

    assert _next(opened, colleague) == colleague.pk


def test_what_was_cancelled_or_never_confirmed_counts_for_nothing(
    opened: World, colleague: Agent
) -> None:
    visit = booked(opened, TEN, agent=opened.agent)
    services.cancel(appointment=visit.appointment, actor=OPERATOR, now=NOW)
    hold(opened, ELEVEN, agent=opened.agent)
    booked(opened, NEXT_DAY, agent=colleague)

    assert _next(opened, colleague) == opened.agent.pk
