"""Spreading appointments over those who could take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from cordee.appointments.models import Appointment, AppointmentQuerySet, GuestSeat

LOOK_BACK = timedelta(weeks=4)
"""Who was booked least recently is asked of these weeks only."""


def fairest(agents: Collection[int], *, starts_at: datetime, now: datetime) -> int:
    """Return the agent with the fewest minutes of that week held, guests' seats included.

    What is over counts too, and the calls by telephone that are theirs. Of equals, who was booked
    least recently; of those, the lowest key. `agents` is not empty.
    """
    if len(agents) == 1:
        return next(iter(agents))
    monday, following = _week(starts_at)
    week = Appointment.objects.filter(starts_at__gte=monday, starts_at__lt=following)
    minutes: Counter[int] = Counter()
    received = _received(week, now) | _called(week)
    for agent, start, end in received.filter(agent__in=agents).values_list(
        "agent", "starts_at", "ends_at"
    ):
        minutes[agent] += int((end - start).total_seconds() // 60)
    seats = GuestSeat.objects.filter(agent__in=agents, appointment__in=_received(week, now))
    for agent, start, end in seats.values_list(
        "agent", "appointment__starts_at", "appointment__ends_at"
    ):
        minutes[agent or 0] += int((end - start).total_seconds() // 60)
    near = Appointment.objects.filter(
        agent__in=agents, starts_at__gte=monday - LOOK_BACK, starts_at__lt=following
    )
    recent = _received(near, now) | _called(near)
    last = dict(recent.values_list("agent").annotate(last=Max("booked_at")).order_by())
    never = datetime.min.replace(tzinfo=UTC)
    return min(agents, key=lambda agent: (minutes[agent], last.get(agent, never), agent))


def _received(rows: AppointmentQuerySet, now: datetime) -> AppointmentQuerySet:
    """Return those that hold their seats, or have given them back because they are over."""
    return rows.holding(now) | rows.confirmed()


def _called(rows: AppointmentQuerySet) -> AppointmentQuerySet:
    """Return the calls that the agent has to make, or has made."""
    return rows.by_telephone().filter(released_at=None)


def _week(instant: datetime) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    day = instant.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    return (
        datetime.combine(monday, time(), zone),
        datetime.combine(monday + timedelta(days=7), time(), zone),
    )
