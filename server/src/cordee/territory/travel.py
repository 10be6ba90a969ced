"""How long the way to a site takes: by a table, by an OSRM server, or by an estimate.

The estimate is pure: crow-fly distance, a detour factor, a usual speed, and time for height. It is
there so that sites can be put in a sensible order without any other service; it does not know that
a pass is closed. A figure of the table wins over everything, then OSRM, then the estimate.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from enum import StrEnum

import structlog
from django.conf import settings
from django.core.cache import cache

from cordee.territory import osrm
from cordee.territory.models import Commune, Site, TravelTime

EARTH_RADIUS_KM = 6371.0
"""Mean radius; its error (0.5 %) is far below that of the estimate."""
DETOUR = 1.3
"""Road over crow-fly distance. French roads have 1.2 to 1.4; mountain valleys up to 1.6, which the
time for height makes up for."""
SPEED_KM_H = 57.0
"""Mean speed door to door on roads limited to 80 km/h with villages on the way."""
METRES_A_MINUTE = 50.0
"""Difference of altitude that costs one minute more: a winding road of 7 % climbs it in 700 m."""
LEAST_MIN = 5
"""Even in one's own commune: walking to the car, finding the door."""

KEPT_S = 24 * 3600
"""Roads change slowly: answers of OSRM are kept a day."""
TROUBLE_KEPT_S = 60
"""A server that failed is left alone for a minute, so that no page waits for it twice."""

_log = structlog.get_logger(__name__)


class Source(StrEnum):
    """Where a figure comes from, to be said beside it."""

    TABLE = "table"
    OSRM = "osrm"
    ESTIMATE = "estimate"


@dataclass(frozen=True)
class Spot:
    """A point: degrees of WGS 84, and metres above the sea where they are known."""

    latitude: float
    longitude: float
    altitude_m: float | None = None


@dataclass(frozen=True)
class Journey:
    """Minutes one way, and how they are known."""

    minutes: int
    source: Source


def crow_fly_km(one: Spot, other: Spot) -> float:
    """Return the great-circle distance (haversine)."""
    lat_1, lat_2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat = (lat_2 - lat_1) / 2
    half_lon = math.radians(other.longitude - one.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def estimate_min(one: Spot, other: Spot) -> int:
    """Return the minutes by car between two points, the same in both directions."""
    minutes = crow_fly_km(one, other) * DETOUR / SPEED_KM_H * 60
    if one.altitude_m is not None and other.altitude_m is not None:
        minutes += abs(one.altitude_m - other.altitude_m) / METRES_A_MINUTE
    return max(LEAST_MIN, round(minutes))


def minutes_from(commune: Commune) -> dict[int, int]:
    """Return the minutes from a commune to each site, by the site's id.

    A site is missing whose place, or the commune's, is unknown. Two queries, and at most one round
    to OSRM a day and commune.
    """
    return {site: journey.minutes for site, journey in journeys_from(commune).items()}


def journeys_from(commune: Commune) -> dict[int, Journey]:
    """Return what `minutes_from` returns, each with its source."""
    spots = {
        site.pk: spot
        for site in Site.objects.select_related("commune")
        if (spot := spot_of_site(site)) is not None
    }
    start = spot_of_commune(commune)
    journeys: dict[int, Journey] = {}
    if start is not None:
        journeys = {
            site: Journey(estimate_min(start, spot), Source.ESTIMATE)
            for site, spot in spots.items()
        }
        for site, minutes in _by_road(start, spots).items():
            journeys[site] = Journey(minutes, Source.OSRM)
    for row in TravelTime.objects.filter(commune=commune):
        journeys[row.site_id] = Journey(row.minutes, Source.TABLE)
    return journeys


def spot_of_commune(commune: Commune) -> Spot | None:
    """Return where a commune is, or None when that is unknown."""
    if commune.latitude is None or commune.longitude is None:
        return None
    return Spot(commune.latitude, commune.longitude, commune.altitude_m)


def spot_of_site(site: Site) -> Spot | None:
    """Return where a site's door is, else where its commune is, or None."""
    if site.latitude is None or site.longitude is None:
        return spot_of_commune(site.commune)
    return Spot(site.latitude, site.longitude, site.commune.altitude_m)


def _by_road(start: Spot, spots: dict[int, Spot]) -> dict[int, int]:
    """Return what OSRM says, nothing when there is none or it failed."""
    url = settings.OSRM_URL
    if not url or not spots:
        return {}
    asked = repr((url, start, sorted(spots.items())))
    key = f"osrm:{hashlib.sha256(asked.encode()).hexdigest()}"
    known: dict[int, int] | None = cache.get(key)
    if known is not None:
        return known
    if cache.get(f"osrm-trouble:{url}"):
        return {}
    points = [(spot.longitude, spot.latitude) for spot in spots.values()]
    try:
        found = osrm.minutes(url, (start.longitude, start.latitude), points)
    except osrm.NoAnswer as error:
        _log.warning("osrm_failed", trouble=error.trouble, instead="estimate")
        cache.set(f"osrm-trouble:{url}", 1, TROUBLE_KEPT_S)
        return {}
    known = {
        site: max(LEAST_MIN, minutes)
        for site, minutes in zip(spots, found, strict=True)
        if minutes is not None
    }
    cache.set(key, known, KEPT_S)
    return known
