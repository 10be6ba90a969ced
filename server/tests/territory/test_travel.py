from __future__ import annotations

import json
import socket
from dataclasses import replace

import pytest
from django.core.cache import cache
from factories import NOW, World
from outside import Outside, Script, page, silent
from pytest_django import Settings

from cordee.journal.rules import OPERATOR
from cordee.kernel.fetch import Limits
from cordee.territory import osrm, services, travel
from cordee.territory.models import Commune, Site
from cordee.territory.travel import Source, Spot, crow_fly_km, estimate_min

GAP = Spot(44.559, 6.079, 735)
GUILLESTRE = Spot(44.6595, 6.6492, 1000)


@pytest.fixture(autouse=True)
def _forget() -> None:
    cache.clear()


@pytest.fixture
def gap(world: World) -> Commune:
    """Gap, and Guillestre with its site, where they are."""
    site = world.box.kiosk.site
    gap = services.add_commune(
        territory=site.commune.territory, insee_code="05061", name="Gap", actor=OPERATOR, now=NOW
    )
    for commune, spot in ((gap, GAP), (site.commune, GUILLESTRE)):
        services.describe_commune(
            commune=commune,
            latitude=spot.latitude,
            longitude=spot.longitude,
            altitude_m=int(spot.altitude_m or 0),
            actor=OPERATOR,
            now=NOW,
        )
    return gap


def _site() -> Site:
    return Site.objects.get()


def test_crow_fly_distance_is_that_of_the_globe() -> None:
    paris, marseille = Spot(48.8566, 2.3522), Spot(43.2965, 5.3698)

    assert crow_fly_km(paris, marseille) == pytest.approx(661, abs=2)
    assert crow_fly_km(GAP, GAP) == 0
    assert crow_fly_km(Spot(0, 179.5), Spot(0, -179.5)) == pytest.approx(111.2, abs=0.1)


@pytest.mark.parametrize(
    ("other", "minutes"),
    [
        (GUILLESTRE, 62),
        (Spot(44.8968, 6.6348, 1326), 88),  # Briançon
        (Spot(44.5345, 5.8236, 814), 27),  # Veynes
        (Spot(44.6907, 6.3253, 1446), 45),  # Orcières
        (Spot(44.316, 5.822, 570), 40),  # Laragne-Montéglin
    ],
)
def test_the_estimate_from_gap_is_near_what_drivers_know(other: Spot, minutes: int) -> None:
    assert estimate_min(GAP, other) == pytest.approx(minutes, rel=0.3)
    assert estimate_min(other, GAP) == estimate_min(GAP, other)


def test_height_costs_time_only_where_it_is_known() -> None:
    level = replace(GAP, altitude_m=None)

    assert estimate_min(level, GUILLESTRE) < estimate_min(GAP, GUILLESTRE)
    assert estimate_min(GAP, GAP) == travel.LEAST_MIN


def test_minutes_are_known_for_every_placed_site_in_two_queries(
    gap: Commune, django_assert_num_queries: object
) -> None:
    expected = {_site().pk: estimate_min(GAP, GUILLESTRE)}

    with django_assert_num_queries(2):  # type: ignore[operator]
        assert travel.minutes_from(gap) == expected


def test_the_door_of_a_site_counts_before_its_commune(gap: Commune) -> None:
    services.describe_site(
        site=_site(), latitude=GAP.latitude, longitude=GAP.longitude, actor=OPERATOR, now=NOW
    )

    assert travel.minutes_from(gap)[_site().pk] < 15


def test_a_place_that_nobody_knows_is_left_out(world: World) -> None:
    assert travel.minutes_from(_site().commune) == {}


def test_the_table_wins(gap: Commune) -> None:
    services.set_travel_times(commune=gap, minutes={_site().pk: 61}, actor=OPERATOR, now=NOW)

    assert travel.journeys_from(gap) == {_site().pk: travel.Journey(61, Source.TABLE)}


def _table(seconds: float | None) -> Script:
    return page(json.dumps({"code": "Ok", "durations": [[0, seconds]]}).encode())


ASKED = "/table/v1/driving/6.07900,44.55900;6.64920,44.65950?sources=0&annotations=duration"


def test_osrm_is_asked_once_a_day_and_rounded_up(gap: Commune, settings: Settings) -> None:
    with Outside({ASKED: _table(3601.5)}) as outside:
        settings.OSRM_URL = outside.url
        for _ in range(2):
            assert travel.journeys_from(gap) == {_site().pk: travel.Journey(61, Source.OSRM)}
        assert len(outside.asked) == 1


@pytest.mark.parametrize(
    "script",
    [
        _table(None),
        _table(-1),
        page(b"<html>"),
        page(b'{"code": "NoTable"}'),
        page(b'{"code": "Ok", "durations": [[0]]}'),
        page(b'{"code": "Ok", "durations": [[0, "long"]]}'),
        page(b"", status="503 Full"),
        page(b" " * 1_000_001),
        silent,
    ],
)
def test_when_osrm_fails_the_estimate_is_used_and_said(
    gap: Commune, settings: Settings, monkeypatch: pytest.MonkeyPatch, script: Script
) -> None:
    # A busy machine may take longer to be heard than we listen to the silent one.
    time_s, often = (1, {0, 1}) if script is silent else (30, {1})
    monkeypatch.setattr(osrm, "LIMITS", Limits(size_bytes=1_000_000, time_s=time_s, redirects=0))
    with Outside({ASKED: script}) as outside:
        settings.OSRM_URL = outside.url
        for _ in range(2):
            (journey,) = travel.journeys_from(gap).values()
            assert journey == travel.Journey(estimate_min(GAP, GUILLESTRE), Source.ESTIMATE)
        assert len(outside.asked) in often


def test_many_sites_are_asked_for_in_parts() -> None:
    points = [(6.0, 44.0)] * 150
    answers = [99, 51]

    def answer(line: socket.socket) -> None:
        _table_of(answers.pop(0))(line)

    with Outside(otherwise=answer) as outside:
        assert osrm.minutes(outside.url, (6.1, 44.1), points) == [2] * 150


def _table_of(count: int) -> Script:
    return page(json.dumps({"code": "Ok", "durations": [[0, *[120.0] * count]]}).encode())
