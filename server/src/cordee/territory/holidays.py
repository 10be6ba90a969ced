"""When sites are closed: their own closures, public holidays, school holidays.

The dates come from the `holidays` package: public holidays by law, school holidays of zones A, B
and C as the ministry publishes them. Where no calendar is published yet, nothing is closed.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import PUBLIC, SCHOOL, country_holidays

from cordee.kernel.period import Period
from cordee.territory.models import Site, Territory

_OWN_DAYS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    **{code: code for code in ("971", "972", "973", "974", "976")},
}
"""Départements with public holidays of their own, as the package names them."""


def periods_closed(site: Site, period: Period) -> list[Period]:
    """Return when the site is closed within `period`, in order of start; they may overlap.

    For many sites read them with `commune__territory` and `closures` (`territory.queries.places`):
    then no query is made here.
    """
    closed = [
        closure.period()
        for closure in site.closures.all()
        if closure.starts_at < period.end and closure.ends_at > period.start
    ]
    return sorted([*closed, *holidays_kept(site, period)])


def holidays_kept(site: Site, period: Period) -> list[Period]:
    """Return the public and school holidays in `period` on which this site is closed.

    Each runs from local midnight to local midnight.
    """
    territory = site.commune.territory
    zone = ZoneInfo(territory.time_zone)
    first, last = period.start.astimezone(zone).date(), period.end.astimezone(zone).date()
    public, school = days_off(territory, first, last)
    days = {
        *(public if site.closes_on_public_holidays else ()),
        *(school if site.closes_in_school_holidays else ()),
    }
    kept = [_whole(run, zone) for run in _runs(sorted(days))]
    return [each for each in kept if each.overlaps(period)]


def days_off(territory: Territory, first: date, last: date) -> tuple[set[date], set[date]]:
    """Return the public and the school holidays of a territory from `first` to `last`."""
    years = range(first.year, last.year + 1)
    public = {day for year in years for day in public_holidays(territory.code, year)}
    school = {day for year in years for day in school_holidays(territory.school_zone, year)}
    return _from_to(public, first, last), _from_to(school, first, last)


def public_holidays_of_all(first: date, last: date) -> set[date]:
    """Return the days from `first` to `last` that are public holidays in every territory here."""
    found = [days_off(territory, first, last)[0] for territory in Territory.objects.all()]
    return set.intersection(*found) if found else set()


@lru_cache(maxsize=512)
def public_holidays(territory_code: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year in the département with this code."""
    return frozenset(
        country_holidays("FR", _OWN_DAYS.get(territory_code), years=year, categories=(PUBLIC,))
    )


@lru_cache(maxsize=64)
def school_holidays(zone: str, year: int) -> frozenset[date]:
    """Return the days of a year without school in zone A, B or C; none for an empty zone."""
    if not zone:
        return frozenset()
    return frozenset(country_holidays("FR", f"Zone {zone}", years=year, categories=(SCHOOL,)))


def _from_to(days: set[date], first: date, last: date) -> set[date]:
    return {day for day in days if first <= day <= last}


def _runs(days: list[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _whole(run: tuple[date, date], zone: ZoneInfo) -> Period:
    first, last = run
    return Period(
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )
