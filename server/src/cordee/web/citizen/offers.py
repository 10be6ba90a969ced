"""What a page offers: reasons found, places near, the hours of a place day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils import timezone

from cordee.appointments import availability
from cordee.appointments.news import within_reach
from cordee.directory import queries as directory
from cordee.directory import search
from cordee.territory import queries as territory
from cordee.territory import travel
from cordee.web.citizen.asking import EARLIEST, WITHIN_30, Asking, start_of, written

if TYPE_CHECKING:
    from cordee.appointments.availability import Asked
    from cordee.directory.models import Partner, Reason
    from cordee.territory.models import Site

MOST_REASONS = 12
MOST_PLACES = 8
MOST_DAYS = 4
MOST_HOURS_SEEN = 9
"""Hours of a day that are shown at once; of more, those on the hour and the half hour."""
FEW_HOURS = 6
"""Hours proposed in the place of one that has just gone."""
FEW_PLACES = 3
"""Other places with a free hour, shown to somebody who is about to wait."""
MOST_SLOTS = 300
NEAR_MIN = 30


@dataclass(frozen=True)
class Shelf:
    """A partner and what people come to it for."""

    partner: Partner
    reasons: list[Reason]


@dataclass(frozen=True)
class PlaceRow:
    """A site, how far it is (None when nobody knows), its earliest hour (None: no hour), a link."""

    site: Site
    minutes: int | None
    starts_at: datetime | None
    url: str


@dataclass(frozen=True)
class Hour:
    """A start, and how an address says it."""

    at: datetime
    value: str


@dataclass(frozen=True)
class Day:
    """A day that has hours: those seen at once, and the others."""

    on: date
    seen: list[Hour]
    others: list[Hour]

    @property
    def count(self) -> int:
        """How many there are in all."""
        return len(self.seen) + len(self.others)


@dataclass(frozen=True)
class Days:
    """Some days that have hours; `more_on` is where the next ones begin, None: there are none."""

    days: list[Day]
    more_on: date | None


def shelves() -> list[Shelf]:
    """Return everything that can be booked, by partner."""
    grouped = groupby(directory.reasons_open(), key=lambda reason: reason.partner)
    return [Shelf(partner, list(reasons)) for partner, reasons in grouped]


def reasons_for(typed: str) -> list[Reason]:
    """Return the reasons that answer these words, best first."""
    reasons = {reason.pk: reason for reason in directory.reasons_open()}
    entries = [
        search.Entry(reason.pk, reason.label, reason.words, reason.partner.label)
        for reason in reasons.values()
    ]
    return [reasons[key] for key in search.find(typed, entries, most=MOST_REASONS)]


def places(asking: Asking, asked: Asked, page: str, *, now: datetime) -> list[PlaceRow]:
    """Return the places that offer the reason, in the order asked for.

    Without a commune, or one that nobody knows the place of: all of them, the earliest first.
    """
    sites = {
        site.pk: site
        for site in territory.sites()
        if site.is_wheelchair_accessible or not asking.is_wheelchair_needed
    }
    far = travel.minutes_from(asking.commune) if asking.commune else {}
    minutes = {key: away for key, away in far.items() if key in sites}
    if minutes and asking.way != EARLIEST:
        within = NEAR_MIN if asking.way == WITHIN_30 else None
        found = availability.by_travel(
            asked=asked, minutes=minutes, within_min=within, most=MOST_PLACES, now=now
        )
    else:
        everywhere = {key: minutes.get(key, 0) for key in sites}
        found = availability.soonest(asked=asked, minutes=everywhere, most=MOST_PLACES, now=now)
    return [
        PlaceRow(
            site=sites[row.site],
            minutes=minutes.get(row.site),
            starts_at=row.starts_at,
            url=asking.but(site=sites[row.site]).url(page),
        )
        for row in found
        if row.site in sites
    ]


def elsewhere(asking: Asking, *, now: datetime) -> list[PlaceRow]:
    """Return the few other places within a waiting person's reach whose hours come first.

    Nothing without a place that was chosen: who waits from the list of places has seen the others.
    """
    if asking.site is None:
        return []
    minutes = within_reach(asking.commune, is_wheelchair_needed=asking.is_wheelchair_needed)
    minutes.pop(asking.site.pk, None)
    rows = availability.soonest(asked=asking.asked, minutes=minutes, most=FEW_PLACES, now=now)
    sites = {site.pk: site for site in territory.sites() if site.pk in minutes}
    return [
        PlaceRow(
            site=sites[row.site],
            minutes=row.minutes or None,
            starts_at=row.starts_at,
            url=asking.but(site=sites[row.site]).url("citizen_when"),
        )
        for row in rows
        if row.site in sites
    ]


def others_that_day(asked: Asked, site: Site, at: datetime, *, now: datetime) -> list[Hour]:
    """Return the other free hours of the day of `at` at a site, those seen at once."""
    on = _local_day(at)
    since, until = start_of(on), start_of(on + timedelta(days=1))
    found = availability.slots(asked=asked, site=site, since=since, until=until, now=now)
    hours = [Hour(slot.starts_at, written(slot.starts_at)) for slot in found]
    return [hour for hour in _day(on, hours).seen if hour.at != at]


def days(asked: Asked, site: Site, *, since_on: date | None, now: datetime) -> Days:
    """Return the first days from `since_on` (today without it) that have hours at a site."""
    since = start_of(since_on) if since_on else None
    found = availability.slots(asked=asked, site=site, since=since, most=MOST_SLOTS, now=now)
    starts = [Hour(slot.starts_at, written(slot.starts_at)) for slot in found]
    grouped = [(on, list(hours)) for on, hours in groupby(starts, lambda hour: _local_day(hour.at))]
    if len(found) == MOST_SLOTS and len(grouped) > 1:
        grouped.pop()  # Perhaps cut off in the middle of the day.
    more_on = grouped[MOST_DAYS][0] if len(grouped) > MOST_DAYS else None
    if more_on is None and len(found) == MOST_SLOTS:
        more_on = grouped[-1][0] + timedelta(days=1)
    return Days([_day(on, hours) for on, hours in grouped[:MOST_DAYS]], more_on)


def hours_near(asked: Asked, site: Site, at: datetime, *, now: datetime) -> list[Hour]:
    """Return a few hours of a site from the day of `at` on, for one that has gone."""
    since = max(start_of(_local_day(at)), now)
    found = availability.slots(asked=asked, site=site, since=since, most=MOST_SLOTS, now=now)
    found.sort(key=lambda slot: abs(slot.starts_at - at))
    few = sorted(slot.starts_at for slot in found[:FEW_HOURS])
    return [Hour(starts_at, written(starts_at)) for starts_at in few]


def _day(on: date, hours: list[Hour]) -> Day:
    if len(hours) <= MOST_HOURS_SEEN:
        return Day(on, hours, [])
    seen = [hour for hour in hours if hour.at.minute % 30 == 0] or hours[:MOST_HOURS_SEEN]
    while len(seen) > MOST_HOURS_SEEN:
        seen = seen[::2]
    return Day(on, seen, [hour for hour in hours if hour not in seen])


def _local_day(at: datetime) -> date:
    return timezone.localtime(at).date()
