"""A small map of where a place is: no roads, only directions and distances as the crow flies.

Nothing is fetched and nothing is told to anybody: the picture is drawn from the positions of places
and communes. It is read without colour, and says in words what it shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cordee.territory import queries as territory
from cordee.territory.travel import crow_fly_km, spot_of_commune, spot_of_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cordee.territory.models import Commune, Site
    from cordee.territory.travel import Spot

WIDTH, HEIGHT, MARGIN = 320, 240, 26
"""In units of the drawing, as wide as a narrow telephone."""
LETTER, LINE = 8.2, 18
"""Width and height that a letter of 15 units takes at most, on average."""
MOST_OTHERS, WITHIN_KM, LEAST_KM = 4, 60, 4
KM_A_DEGREE = 111.2
BARS_KM = (20, 10, 5, 2, 1)
MOST_BAR = 110
HERE, FROM, OTHER = "here", "from", "other"
GAP = {HERE: 15, FROM: 12, OTHER: 10}


@dataclass(frozen=True)
class Point:
    """Something to be shown: `kind` is HERE, FROM or OTHER."""

    kind: str
    name: str
    spot: Spot


@dataclass(frozen=True)
class Mark:
    """A point drawn: its middle, and where its name begins, ends or is centred (`anchor`)."""

    kind: str
    name: str
    x: float
    y: float
    name_x: float
    name_y: float
    anchor: str


@dataclass(frozen=True)
class Map:
    """Marks, a scale bar, and the same in words."""

    marks: list[Mark]
    bar: float
    bar_km: int
    told: str

    @property
    def has_start(self) -> bool:
        """Whether the commune that the person comes from is drawn."""
        return any(mark.kind == FROM for mark in self.marks)


def map_of(site: Site, commune: Commune | None) -> Map | None:
    """Return the map of a site, with the commune that its person comes from and the sites near it.

    None when nobody knows where the site is.
    """
    here = spot_of_site(site)
    if here is None:
        return None
    points = [Point(HERE, site.commune.name, here)]
    start = spot_of_commune(commune) if commune is not None else None
    if commune is not None and start is not None and commune.pk != site.commune_id:
        points.append(Point(FROM, commune.name, start))
    shown = {point.name for point in points}
    near = sorted(
        (crow_fly_km(here, spot), other.commune.name, spot)
        for other in territory.sites()
        if (spot := spot_of_site(other)) is not None
    )
    for km, name, spot in near:
        if name not in shown and km <= WITHIN_KM and len(points) <= MOST_OTHERS:
            points.append(Point(OTHER, name, spot))
            shown.add(name)
    return drawn(points)


def drawn(points: Sequence[Point]) -> Map:
    """Return the map of these points, the first in the middle of interest. Pure."""
    places, km_a_unit = _placed(points)
    marks: list[Mark] = []
    taken: list[tuple[float, float, float, float]] = [
        (x - 9, y - 9, x + 9, y + 9) for x, y in places
    ]
    for point, (x, y) in zip(points, places, strict=True):
        mark, box = _named(point, x, y, taken)
        if mark is not None and box is not None:
            marks.append(mark)
            taken.append(box)
    bar_km = next((km for km in BARS_KM if km / km_a_unit <= MOST_BAR), BARS_KM[-1])
    kept = {mark.name for mark in marks}
    return Map(
        marks=marks,
        bar=round(bar_km / km_a_unit, 1),
        bar_km=bar_km,
        told=_told([point for point in points if point.name in kept]),
    )


def wind(start: Spot, end: Spot) -> str:
    """Say in which direction `end` lies from `start`."""
    names = (
        _("au nord"),
        _("au nord-est"),
        _("à l’est"),
        _("au sud-est"),
        _("au sud"),
        _("au sud-ouest"),
        _("à l’ouest"),
        _("au nord-ouest"),
    )
    east = (end.longitude - start.longitude) * math.cos(math.radians(start.latitude))
    north = end.latitude - start.latitude
    return names[round(math.degrees(math.atan2(east, north)) / 45) % 8]


def _placed(points: Sequence[Point]) -> tuple[list[tuple[float, float]], float]:
    """Return where each point is drawn, and how many kilometres one unit is."""
    narrow = math.cos(math.radians(points[0].spot.latitude))
    east = [point.spot.longitude * narrow * KM_A_DEGREE for point in points]
    north = [point.spot.latitude * KM_A_DEGREE for point in points]
    wide = max(max(east) - min(east), LEAST_KM)
    high = max(max(north) - min(north), LEAST_KM)
    km_a_unit = max(wide / (WIDTH - 2 * MARGIN), high / (HEIGHT - 3 * MARGIN))
    middle_east, middle_north = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    placed = [
        (
            round(WIDTH / 2 + (x - middle_east) / km_a_unit, 1),
            round((HEIGHT - MARGIN) / 2 - (y - middle_north) / km_a_unit, 1),
        )
        for x, y in zip(east, north, strict=True)
    ]
    return placed, km_a_unit


def _named(
    point: Point, x: float, y: float, taken: Sequence[tuple[float, float, float, float]]
) -> tuple[Mark, tuple[float, float, float, float]] | tuple[None, None]:
    """Return the mark with its name where there is room, or nothing when there is none."""
    width, gap = len(point.name) * LETTER, GAP[point.kind]
    tried = (
        ("start", x + gap, y + 5, x + gap),
        ("end", x - gap, y + 5, x - gap - width),
        ("middle", x, y - gap - 1, x - width / 2),
        ("middle", x, y + gap + 12, x - width / 2),
    )
    for anchor, name_x, name_y, left in tried:
        box = (left, name_y - LINE + 4, left + width, name_y + 4)
        is_inside = box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0 and box[3] <= HEIGHT - MARGIN
        if is_inside and not any(_meet(box, other) for other in taken):
            mark = Mark(point.kind, point.name, x, y, round(name_x, 1), round(name_y, 1), anchor)
            return mark, box
    if point.kind == OTHER:
        return None, None
    # The place itself is always named, over whatever is there.
    is_left = x < WIDTH / 2
    anchor, name_x = ("start", x + gap) if is_left else ("end", x - gap)
    mark = Mark(point.kind, point.name, x, y, round(name_x, 1), round(y + 5, 1), anchor)
    return mark, (x, y - 10, x, y + 10)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _told(points: Sequence[Point]) -> str:
    here, *others = points
    said = [
        _("%(name)s est à %(km)s km %(wind)s")
        % {
            "name": point.name,
            "km": max(1, round(crow_fly_km(here.spot, point.spot))),
            "wind": wind(here.spot, point.spot),
        }
        for point in others
    ]
    whole = [_("Plan : %(name)s.") % {"name": here.name}]
    if said:
        whole.append(", ".join(said) + ".")
        whole.append(_("À vol d’oiseau."))
    return " ".join(whole)
