from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, World

from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.territory import services
from cordee.territory.holidays import periods_closed, public_holidays, school_holidays
from cordee.territory.models import Site

PARIS = ZoneInfo("Europe/Paris")
WINTER = Period(datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))


def _days(first: date, last: date) -> Period:
    return Period(
        datetime(first.year, first.month, first.day, tzinfo=PARIS),
        datetime(last.year, last.month, last.day, tzinfo=PARIS) + timedelta(days=1),
    )


def _site(world: World, *, public: bool, school: bool, zone: str = "B") -> Site:
    site = world.box.kiosk.site
    territory = site.commune.territory
    services.set_school_zone(territory=territory, zone=zone, actor=OPERATOR, now=NOW)
    services.describe_site(
        site=site,
        closes_on_public_holidays=public,
        closes_in_school_holidays=school,
        actor=OPERATOR,
        now=NOW,
    )
    return site


def test_a_public_holiday_closes_the_whole_local_day(world: World) -> None:
    site = _site(world, public=True, school=False)

    # Easter Monday 2027, the day after the clocks went forward.
    assert periods_closed(site, WINTER) == [_days(date(2027, 3, 29), date(2027, 3, 29))]


def test_school_holidays_close_where_the_site_follows_its_zone(world: World) -> None:
    site = _site(world, public=False, school=True)

    assert periods_closed(site, WINTER) == [_days(date(2027, 2, 20), date(2027, 3, 7))]


@pytest.mark.parametrize(("public", "school", "zone"), [(False, False, "B"), (False, True, "")])
def test_a_site_that_keeps_no_holidays_is_never_closed(
    world: World, *, public: bool, school: bool, zone: str
) -> None:
    assert periods_closed(_site(world, public=public, school=school, zone=zone), WINTER) == []


def test_closures_and_holidays_come_in_order_and_only_those_of_the_period(world: World) -> None:
    site = _site(world, public=True, school=True)
    snow = Period(datetime(2027, 3, 10, 8, tzinfo=UTC), datetime(2027, 3, 10, 12, tzinfo=UTC))
    later = Period(datetime(2027, 5, 10, 8, tzinfo=UTC), datetime(2027, 5, 10, 12, tzinfo=UTC))
    for period in (later, snow):
        services.close_site(site=site, period=period, actor=OPERATOR, now=NOW)

    closed = periods_closed(site, WINTER)

    assert [period.start.astimezone(PARIS).date() for period in closed] == [
        date(2027, 2, 20),
        date(2027, 3, 10),
        date(2027, 3, 29),
    ]


def test_a_period_over_new_year_knows_both_years(world: World) -> None:
    site = _site(world, public=True, school=False)
    turn = Period(datetime(2026, 12, 20, tzinfo=UTC), datetime(2027, 1, 10, tzinfo=UTC))

    days = [period.start.astimezone(PARIS).date() for period in periods_closed(site, turn)]

    assert days == [date(2026, 12, 25), date(2027, 1, 1)]


def test_zones_and_departements_have_their_own_days() -> None:
    assert date(2027, 2, 14) in school_holidays("A", 2027)
    assert date(2027, 2, 14) not in school_holidays("B", 2027)
    assert date(2027, 3, 26) in public_holidays("67", 2027)
    assert date(2027, 3, 26) not in public_holidays("05", 2027)
