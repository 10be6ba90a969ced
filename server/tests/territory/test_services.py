from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from factories import NOW, World

from cordee.journal.models import Entry
from cordee.journal.queries import entries_about
from cordee.journal.rules import OPERATOR
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.territory import queries, services
from cordee.territory.models import Site, SiteClosure, SiteHours

MORNING = WeeklyRule(0, 9 * 60, 12 * 60)
TOMORROW = Period(NOW + timedelta(days=1), NOW + timedelta(days=2))


def _site(world: World) -> Site:
    return world.box.kiosk.site


def _verbs(site: Site) -> list[str]:
    return [entry.verb for entry in Entry.objects.about("site", str(site.pk))]


def test_hours_are_replaced_as_a_whole_and_written_down_once(world: World) -> None:
    site = _site(world)
    afternoon = WeeklyRule(0, 12 * 60, 17 * 60, since=date(2027, 1, 4))

    assert services.set_hours(site=site, rules=[MORNING], actor=OPERATOR, now=NOW)
    assert services.set_hours(site=site, rules=[afternoon, MORNING], actor=OPERATOR, now=NOW)
    assert not services.set_hours(site=site, rules=[MORNING, afternoon], actor=OPERATOR, now=NOW)

    assert {hours.rule() for hours in SiteHours.objects.filter(site=site)} == {MORNING, afternoon}
    assert _verbs(site).count("hours_set") == 2


def test_hours_over_each_other_are_refused_and_the_old_ones_stay(world: World) -> None:
    site = _site(world)
    services.set_hours(site=site, rules=[MORNING], actor=OPERATOR, now=NOW)
    over = WeeklyRule(0, 11 * 60, 14 * 60)

    with pytest.raises(services.HoursOverlap):
        services.set_hours(site=site, rules=[MORNING, over], actor=OPERATOR, now=NOW)
    assert [hours.rule() for hours in SiteHours.objects.filter(site=site)] == [MORNING]


def test_hours_of_different_seasons_do_not_overlap(world: World) -> None:
    winter = WeeklyRule(0, 9 * 60, 12 * 60, until=date(2027, 3, 31))
    summer = WeeklyRule(0, 8 * 60, 12 * 60, since=date(2027, 4, 1))

    assert services.set_hours(site=_site(world), rules=[winter, summer], actor=OPERATOR, now=NOW)


def test_a_closure_is_written_once_and_can_be_taken_back(world: World) -> None:
    site = _site(world)

    closure = services.close_site(site=site, period=TOMORROW, note="Neige", actor=OPERATOR, now=NOW)
    again = services.close_site(site=site, period=TOMORROW, actor=OPERATOR, now=NOW)
    assert again == closure
    assert queries.closures_to_come(site, now=NOW) == [closure]
    services.reopen_site(closure=closure, actor=OPERATOR, now=NOW)
    services.reopen_site(closure=closure, actor=OPERATOR, now=NOW)

    assert not SiteClosure.objects.exists()
    assert _verbs(site)[-2:] == ["closed", "reopened"]


def test_a_closure_that_is_over_is_refused(world: World) -> None:
    past = Period(NOW - timedelta(days=2), NOW)

    with pytest.raises(services.ClosureOver):
        services.close_site(site=_site(world), period=past, actor=OPERATOR, now=NOW)


def test_what_changes_of_a_site_is_named_in_the_journal_without_its_content(world: World) -> None:
    site = _site(world)

    changed = services.describe_site(
        site=site,
        relay_only=True,
        access_note="Rampe à gauche ; chaînes l’hiver.",
        turnover_min=10,
        actor=OPERATOR,
        now=NOW,
    )
    assert changed == ["access_note", "relay_only"]
    assert services.describe_site(site=site, relay_only=True, actor=OPERATOR, now=NOW) == []

    site.refresh_from_db()
    assert site.relay_only
    entry = Entry.objects.about("site", str(site.pk)).last()
    assert entry is not None
    assert entry.detail == {"fields": "access_note,relay_only"}


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(44.6, None), (None, 6.6), (91.0, 6.6), (44.6, math.nan)]
)
def test_a_position_that_is_none_is_refused(
    world: World, latitude: float | None, longitude: float | None
) -> None:
    with pytest.raises(services.Misplaced):
        services.describe_site(
            site=_site(world), latitude=latitude, longitude=longitude, actor=OPERATOR, now=NOW
        )


def test_turnover_and_school_zone_are_held_to_what_can_be(world: World) -> None:
    site = _site(world)

    with pytest.raises(services.TurnoverTooLong):
        services.describe_site(site=site, turnover_min=241, actor=OPERATOR, now=NOW)
    territory = site.commune.territory
    with pytest.raises(services.NoSuchSchoolZone):
        services.set_school_zone(territory=territory, zone="D", actor=OPERATOR, now=NOW)
    assert services.set_school_zone(territory=territory, zone="B", actor=OPERATOR, now=NOW)
    assert not services.set_school_zone(territory=territory, zone="B", actor=OPERATOR, now=NOW)


def test_places_are_read_with_all_they_need_in_three_queries(
    world: World, django_assert_num_queries: object
) -> None:
    services.set_hours(site=_site(world), rules=[MORNING], actor=OPERATOR, now=NOW)
    services.close_site(site=_site(world), period=TOMORROW, actor=OPERATOR, now=NOW)

    with django_assert_num_queries(3):  # type: ignore[operator]
        (place,) = queries.places()
        assert place.commune.territory.code == "05"
        assert [hours.rule() for hours in place.hours.all()] == [MORNING]
        assert len(place.closures.all()) == 1


def test_kept_instants_do_not_depend_on_the_zone_they_were_given_in(world: World) -> None:
    start = datetime(2026, 12, 24, 12, tzinfo=UTC)
    closure = services.close_site(
        site=_site(world),
        period=Period(start, start + timedelta(hours=6)),
        actor=OPERATOR,
        now=NOW,
    )
    closure.refresh_from_db()

    assert closure.period().start == start


def test_a_commune_is_added_once_and_written_down(world: World) -> None:
    where = world.box.kiosk.site.commune.territory
    for _ in range(2):
        services.add_commune(
            territory=where, insee_code="05061", name="Gap", actor=OPERATOR, now=NOW
        )

    assert [entry.verb for entry in entries_about("commune", "05061")] == ["added"]


def test_an_altitude_that_no_commune_has_is_refused(world: World) -> None:
    with pytest.raises(services.Misplaced, match="mètres"):
        services.describe_commune(
            commune=_site(world).commune, actor=OPERATOR, now=NOW, altitude_m=40_000
        )


def test_what_changes_about_a_commune_is_written_down_once(world: World) -> None:
    commune = _site(world).commune
    for _ in range(2):
        services.describe_commune(commune=commune, actor=OPERATOR, now=NOW, altitude_m=1000)

    entries = [e for e in entries_about("commune", commune.insee_code) if e.verb == "described"]
    assert [entry.detail for entry in entries] == [{"fields": "altitude_m"}]
