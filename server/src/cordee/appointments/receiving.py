"""Who can receive at one site in a short time ahead, for all reasons in one look.

The desk asks it for people who pass by and for the hours of a day that are still free. However
many reasons and agents there are, a look takes the same few queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from cordee.appointments import diaries
from cordee.appointments.slots import People, Place, Search, Wish
from cordee.directory.models import Agent, Reason
from cordee.kernel.cells import CELL_MIN, Window, cells_for, indices
from cordee.kernel.period import Period
from cordee.territory.models import Site

SHORTEST_MIN = 15
"""Less than this is not shown as free: no visit is so short."""


@dataclass(frozen=True)
class Receiving:
    """A reason for which somebody can receive, and the first start."""

    reason: Reason
    starts_at: datetime


def receiving(
    reasons: Sequence[Reason],
    *,
    site: Site,
    since: datetime,
    until: datetime,
    step_min: int = CELL_MIN,
    now: datetime,
) -> list[Receiving]:
    """Return those of the reasons that can begin at the site in `[since, until)`, soonest first.

    Of the same start in the order given. Notice does not count: the person stands at the desk.
    The reasons' sites are read ahead (`directory.queries.reasons_open`).
    """
    found = []
    for reason, search, place in _looked(reasons, site, Period(since, until), step_min, now):
        first = next(indices(search.starts(place)), None)
        if first is not None:
            found.append(Receiving(reason, search.window.start_of(first)))
    return sorted(found, key=lambda row: row.starts_at)


def free_periods(
    reasons: Sequence[Reason],
    *,
    site: Site,
    since: datetime,
    until: datetime,
    step_min: int,
    now: datetime,
) -> list[Period]:
    """Return when somebody can be received at the site for one of the reasons, in order.

    Each period begins with a start that can be booked; it ends where the last visit could, which
    may lie after `until`.
    """
    covered, window = 0, None
    for reason, search, place in _looked(reasons, site, Period(since, until), step_min, now):
        window = search.window
        for index in indices(search.starts(place)):
            covered |= ((1 << cells_for(reason.duration_min)) - 1) << index
    if window is None:
        return []
    return [period for period in _periods(covered, window) if _minutes(period) >= SHORTEST_MIN]


def _looked(
    reasons: Sequence[Reason],
    site: Site,
    span: Period,
    step_min: int,
    now: datetime,
) -> Iterator[tuple[Reason, Search, Place]]:
    """Yield each reason that the site offers, with its search and the site, all in one window."""
    since, last = max(span.start, now), span.end - timedelta(minutes=CELL_MIN)
    here = [reason for reason in reasons if _is_offered(reason, site) and since <= last]
    places = diaries.places([site.pk])
    if not here or not places:
        return
    longest = max(reason.duration_min for reason in here)
    whole = Wish(longest, since, last, step_min)
    zone = ZoneInfo(settings.TIME_ZONE)
    window = whole.window(zone, turnover_min=site.turnover_min)
    (diary,) = diaries.site_diaries(window, places, ignoring=None, now=now).values()
    if not diary.open:
        return
    staff = _staff(here)
    free = diaries.diaries(window, [agent.pk for agent in staff], ignoring=None, now=now)
    for reason in here:
        horizon = now + timedelta(days=reason.horizon_days)
        if since > horizon:
            continue
        wish = Wish(reason.duration_min, since, min(last, horizon), step_min)
        able = [agent.pk for agent in staff if diaries.may_receive(agent, reason, "")]
        people = People({key: free[key].free for key in able})
        yield reason, Search(window, wish, people), diary.place()


def _is_offered(reason: Reason, site: Site) -> bool:
    chosen = {each.pk for each in reason.sites.all()}
    return reason.is_open and (not chosen or site.pk in chosen)


def _staff(reasons: Sequence[Reason]) -> list[Agent]:
    partners = {reason.partner_id for reason in reasons}
    return list(Agent.objects.filter(partner__in=partners, user__is_active=True).order_by("pk"))


def _periods(mask: int, window: Window) -> Iterator[Period]:
    """Yield the runs of set cells."""
    begins = mask & ~(mask << 1)
    ends = mask & ~(mask >> 1)
    for first, last in zip(indices(begins), indices(ends), strict=True):
        yield Period(window.start_of(first), window.start_of(last + 1))


def _minutes(period: Period) -> float:
    return (period.end - period.start).total_seconds() / 60
