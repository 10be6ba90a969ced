"""Communes from the official Geo API, from IGN and INSEE files, and from plain tables.

Geo API (geo.api.gouv.fr): JSON, or GeoJSON. IGN (Admin Express): GeoPackage in degrees, of which
the centre of each outline's frame is taken, or GeoJSON with outlines, of which the centre of area
is. INSEE (Code officiel géographique, populations légales): CSV.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db import transaction

from cordee.jobs.imports.cells import Cells, Problem, padded_code
from cordee.jobs.imports.checks import check, readable
from cordee.jobs.imports.geopackage import is_geopackage, read_features
from cordee.jobs.imports.run import Report
from cordee.jobs.imports.tables import Row, TableUnreadable, read_table
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.journal.services import record
from cordee.territory import services as territory
from cordee.territory.models import Commune, Territory

GEO_API = (
    "https://geo.api.gouv.fr/departements/{code}/communes"
    "?fields=nom,code,population,centre&format=json"
)
_NAMES = {
    "code": ("insee_code", "code_insee", "depcom", "codgeo", "insee_com", "code", "com"),
    "nom": ("name", "nom", "nom_officiel", "libelle", "nom_com", "libgeo", "com"),
    "population": ("population", "pmun", "ptot"),
    "latitude": ("latitude",),
    "longitude": ("longitude",),
    "altitude_m": ("altitude_m", "altitude", "z_moyen"),
}
_TYPE = "typecom"
"""INSEE also lists what is no commune of today (`COMD`, `COMA`, `ARM`): only `COM` is."""
_LIMIT_NAME = 80
_POSITION = {"latitude": "latitude", "longitude": "longitude"}

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Communes:
    """What a file says: rows with `code`, `nom` and what else is known, of every département."""

    rows: tuple[Row, ...]


def read_communes(data: bytes) -> Communes:
    """Return the communes of a file. Raises TableUnreadable."""
    if is_geopackage(data):
        raise TableUnreadable("Un GeoPackage se lit dans un fichier. Téléchargez-le d’abord.")
    if data.startswith(b"7z"):
        raise TableUnreadable("Décompressez d’abord cette archive : prenez son fichier « .gpkg ».")
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in {b"[", b"{"}:
        return Communes(tuple(_json(data)))
    table = read_table(data)
    columns = _columns(table.columns)
    if "code" not in columns or "nom" not in columns:
        raise TableUnreadable("Il faut une colonne pour le code INSEE et une pour le nom.")
    rows = (
        Row(row.line, {name: row.values[col] for name, col in columns.items() if col in row.values})
        for row in table.rows
        if row.values.get(_TYPE, "COM") == "COM"
    )
    return Communes(tuple(rows))


def read_geopackage(path: Path, *, within: str) -> Communes:
    """Return a GeoPackage's communes whose code begins with `within`. Raises TableUnreadable."""
    return Communes(tuple(_rows(read_features(path, codes=_NAMES["code"], within=within))))


def take_in_communes(
    communes: Communes, where: Territory, *, is_dry: bool, now: datetime
) -> Report:
    """Take in the communes of one territory: all or nothing. Those of others are passed over."""
    problems: list[Problem] = []
    changed = same = 0
    seen: dict[str, int] = {}
    with transaction.atomic():
        for row in communes.rows:
            cells = Cells(row)
            code = padded_code(cells.needed("code", limit=5))
            if not cells.problems and not code.startswith(where.code):
                continue
            if code in seen:
                cells.wrong(f"Répète la ligne {seen[code]} (code {code}).")
            seen.setdefault(code, row.line)
            is_new = _put(cells, code, where, now)
            problems += cells.problems
            changed, same = changed + is_new, same + (not is_new)
        if not seen and not problems:
            problems.append(Problem(1, f"Aucune commune du territoire {where.code} n’est là."))
        if changed:
            record(
                at=now,
                actor=CONSOLE,
                verb="communes_imported",
                object_kind="territory",
                object_id=where.code,
                detail={"changed": changed},
            )
        if problems or is_dry:
            transaction.set_rollback(True)
    return Report(len(seen), changed, same, tuple(problems))


def _put(cells: Cells, code: str, where: Territory, now: datetime) -> bool:
    name = cells.needed("nom", limit=_LIMIT_NAME)
    known = {
        "population": cells.number("population"),
        "latitude": cells.degrees("latitude"),
        "longitude": cells.degrees("longitude"),
        "altitude_m": cells.number("altitude_m"),
    }
    given: Any = {field: value for field, value in known.items() if value is not None}
    there = Commune.objects.filter(insee_code=code).first()
    readable_ones = readable(cells, given, together=_POSITION)
    check(cells, there or Commune(), readable_ones, territory.faults_of_commune, columns={})
    if cells.problems:
        return False
    commune = territory.add_commune(
        territory=where, insee_code=code, name=name, actor=CONSOLE, now=now
    )
    is_changed = territory.describe_commune(
        commune=commune, actor=CONSOLE, now=now, name=name, **given
    )
    return is_changed or there is None


def _columns(names: Iterable[str]) -> dict[str, str]:
    """Return which column holds what; one column has one meaning."""
    there = list(names)
    found: dict[str, str] = {}
    for meaning, candidates in _NAMES.items():
        for candidate in candidates:
            if candidate in there:
                found[meaning] = candidate
                there.remove(candidate)
                break
    return found


def _json(data: bytes) -> Iterable[Row]:
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise TableUnreadable("Le fichier n’est pas du JSON lisible.") from error
    items = whole.get("features") if isinstance(whole, dict) else whole
    if not isinstance(items, list):
        raise TableUnreadable("Il faut une liste de communes, ou un GeoJSON (FeatureCollection).")
    return _rows(items)


def _rows(items: Sequence[object]) -> Iterable[Row]:
    rows: dict[str, Row] = {}
    outlines: dict[str, list[Ring]] = {}
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise TableUnreadable(f"Élément {number} : ce n’est pas une commune.")
        row = Row(number, _properties(item))
        code = row.values.get("code", "")
        parts = _outlines(item.get("geometry"))
        # A file of older outlines draws a merged commune in two parts under its one code.
        known = outlines.setdefault(code, [])
        if not (code in rows and known and parts):
            key = code if code not in rows else f"{code}-{number}"
            rows[key] = row
        known += parts
        point = _centre_of(known) if parts else _point(item)
        if point and ("latitude" not in rows[code].values or parts):
            longitude, latitude = point
            rows[code].values.update(longitude=f"{longitude:.5f}", latitude=f"{latitude:.5f}")
    return rows.values()


def _properties(item: Mapping[str, Any]) -> dict[str, str]:
    properties = item.get("properties")
    told: Mapping[str, Any] = properties if isinstance(properties, dict) else item
    plain = {str(name).lower(): value for name, value in told.items()}
    return {
        meaning: str(plain[column])
        for meaning, column in _columns(plain).items()
        if isinstance(plain[column], str | int | float)
    }


def _point(item: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return longitude and latitude of the centre that is told as a GeoJSON point."""
    for name in ("centre", "geometry"):
        match item.get(name):
            case {"type": "Point", "coordinates": [float() | int() as x, float() | int() as y, *_]}:
                return float(x), float(y)
    return None


def _outlines(shape: object) -> list[Ring]:
    """Return the outer rings of a GeoJSON surface, none when it is no such thing."""
    match shape:
        case {"type": "Polygon", "coordinates": [ring, *_]}:
            rings = [ring]
        case {"type": "MultiPolygon", "coordinates": [*parts]}:
            rings = [part[0] for part in parts if isinstance(part, list) and part]
        case _:
            return []
    try:
        return [[(float(x), float(y)) for x, y, *_ in ring] for ring in rings]
    except (TypeError, ValueError):
        return []


def _centre_of(outlines: list[Ring]) -> tuple[float, float] | None:
    """Return the centre of area of closed rings, in whichever sense each is drawn."""
    area = x_sum = y_sum = 0.0
    for outline in outlines:
        sides = [(start, end, _cross(start, end)) for start, end in pairwise(outline)]
        sense = math.copysign(1, sum(cross for *_, cross in sides))
        for (x_1, y_1), (x_2, y_2), cross in sides:
            area += sense * cross
            x_sum += sense * (x_1 + x_2) * cross
            y_sum += sense * (y_1 + y_2) * cross
    return (x_sum / (3 * area), y_sum / (3 * area)) if area else None


def _cross(start: tuple[float, float], end: tuple[float, float]) -> float:
    return start[0] * end[1] - end[0] * start[1]
