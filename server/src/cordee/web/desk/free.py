"""The hours of a day that are still free, between those that are booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from cordee.appointments.receiving import free_periods
from cordee.appointments.slots import STEP_MIN
from cordee.directory import queries as directory
from cordee.web.citizen.asking import written

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cordee.kernel.period import Period
    from cordee.territory.models import Site
    from cordee.web.rows import DeskRow


@dataclass(frozen=True)
class FreeHours:
    """A part of the day in which somebody can be received; `url` books its first start."""

    starts_at: datetime
    ends_at: datetime
    url: str


@dataclass(frozen=True)
class Line:
    """One line of the day: a visit, or hours that are free."""

    row: DeskRow | None
    free: FreeHours | None


def free_hours(site: Site, start: datetime, end: datetime, *, now: datetime) -> list[FreeHours]:
    """Return when the site can still receive somebody on a day, from now on."""
    if end <= now:
        return []
    found = free_periods(
        directory.reasons_open(), site=site, since=start, until=end, step_min=STEP_MIN, now=now
    )
    return [FreeHours(each.start, each.end, _url(each)) for each in found]


def in_order(visits: Iterable[DeskRow], free: Iterable[FreeHours]) -> list[Line]:
    """Return both as one day, in order of time; at the same time the visit comes first."""
    lines = [(row.shown.starts_at, 0, Line(row, None)) for row in visits]
    lines += [(each.starts_at, 1, Line(None, each)) for each in free]
    return [line for _, _, line in sorted(lines, key=lambda found: found[:2])]


def _url(period: Period) -> str:
    asked = urlencode({"heure": written(period.start)}, safe=":")
    return f"{reverse('book')}?{asked}"
