"""Hours as somebody who waits could book them, found one by one: a model for what is news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cordee.appointments import availability
from cordee.appointments.availability import Asked
from cordee.appointments.models import Appointment, WaitingEntry
from cordee.territory.models import Site

Hours = set[tuple[int, datetime]]
"""Starts, each with its site's key."""


def free_hours(sites: Sequence[Site], entry: WaitingEntry, now: datetime) -> Hours:
    """Return the hours that somebody could book at these sites in the time of an entry."""
    return {
        (site.pk, slot.starts_at)
        for site in sites
        for slot in availability.slots(
            asked=Asked(reason=entry.reason),
            site=site,
            until=entry.until_at,
            most=10_000,
            now=now,
        )
    }


def taken_hours(sites: Sequence[Site], entry: WaitingEntry, now: datetime) -> Hours:
    """Return the hours that would be free, had nobody booked: not those that are only held."""
    rows = Appointment.objects.all()

    def without(these: QuerySet[Appointment]) -> Hours:
        with transaction.atomic():
            these.update(cancelled_at=now, cancelled_why="")
            found = free_hours(sites, entry, now)
            transaction.set_rollback(True)
        return found

    return without(rows) - without(rows.exclude(hold_ends_at=None))
