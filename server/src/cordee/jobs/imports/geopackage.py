"""Communes from a GeoPackage, as IGN delivers Admin Express (since 2025) and BD TOPO.

A GeoPackage (OGC 12-128r19) is an SQLite file; its outlines are WKB behind a short header. The file
comes from other people: it is opened read-only and reads one real table, values are limited in
size, and whatever is wrong with it is one sentence.
"""

from __future__ import annotations

import math
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cordee.jobs.imports.tables import ROW_LIMIT, TableUnreadable

LAYER = "commune"
VALUE_LIMIT_BYTES = 20_000_000
_MAGIC = b"SQLite format 3\0"
_ENVELOPES_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_POLYGON, _MULTIPOLYGON = 3, 6
_DAMAGED = "Le GeoPackage est abîmé. Téléchargez-le à nouveau."
_NOT_PLACED = (
    "Ce GeoPackage n’est ni en degrés (WGS 84) ni en Lambert-93. Prenez l’édition WGS84G d’IGN."
)

Ring = list[tuple[float, float]]


def is_geopackage(head: bytes) -> bool:
    """Return whether these first bytes are those of an SQLite file."""
    return head.startswith(_MAGIC)


def read_features(path: Path, *, codes: Sequence[str], within: str) -> list[dict[str, Any]]:
    """Return the communes whose code begins with `within`, each as a GeoJSON feature in degrees.

    `codes` are the names that the column of the INSEE code may have. Raises TableUnreadable.
    """
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as base:
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_LIMIT_BYTES)
            base.execute("PRAGMA trusted_schema = OFF")
            return list(_features(base, codes, within))
    except (sqlite3.Error, struct.error, ArithmeticError, ValueError, LookupError) as error:
        raise TableUnreadable(_DAMAGED) from error


def _features(
    base: sqlite3.Connection, codes: Sequence[str], within: str
) -> Iterator[dict[str, Any]]:
    # A real table: a view may ask for anything, without end.
    found = base.execute(
        "SELECT m.name, g.column_name, s.organization_coordsys_id, s.definition"
        " FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
        " JOIN sqlite_master m ON m.name = g.table_name AND m.type = 'table' AND m.rootpage > 0"
        " WHERE lower(g.table_name) = ?",
        [LAYER],
    ).fetchone()
    if found is None:
        raise TableUnreadable(f"Ce GeoPackage n’a pas de couche « {LAYER} ».")
    table, outline, system, definition = found
    is_flat = _is_lambert_93(system, str(definition))
    columns = [name for _, name, *_ in base.execute(f"PRAGMA table_info({_quoted(table)})")]
    code = next((name for wanted in codes for name in columns if name.lower() == wanted), None)
    if code is None or outline not in columns:
        raise TableUnreadable("Il faut une colonne pour le code INSEE.")
    rows = base.execute(
        f"SELECT * FROM {_quoted(table)} WHERE substr({_quoted(code)}, 1, ?) = ? LIMIT ?",  # noqa: S608 - names are quoted
        [len(within), within, ROW_LIMIT],
    )
    for row in rows:
        properties = dict(zip(columns, row, strict=True))
        blob = properties.pop(outline)
        rings = _rings(blob) if isinstance(blob, bytes) else []
        if is_flat:
            rings = [[degrees(x, y) for x, y in ring] for ring in rings]
        geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
        yield {"properties": properties, "geometry": geometry}


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _is_lambert_93(system: object, definition: str) -> bool:
    """Return whether coordinates are metres of Lambert-93, not degrees. Raises TableUnreadable."""
    if system == 2154 or "lambert-93" in definition.lower():  # noqa: PLR2004 - EPSG
        return True
    if system == 4326 or definition.lstrip().upper().startswith("GEOG"):  # noqa: PLR2004 - EPSG
        return False
    raise TableUnreadable(_NOT_PLACED)


def _rings(blob: bytes) -> list[Ring]:
    """Return the outer rings of a surface (OGC 12-128r19, 2.1.3), none of anything else."""
    envelope = _ENVELOPES_BYTES[blob[3] >> 1 & 7]
    rings, _ = _surface(blob, 8 + envelope)
    return rings


def _surface(blob: bytes, at: int, *, is_part: bool = False) -> tuple[list[Ring], int]:
    """Read the WKB at an offset; return its outer rings, and where it ends."""
    order = "<" if blob[at] else ">"
    kind, count = struct.unpack_from(f"{order}II", blob, at + 1)
    at += 9
    rings: list[Ring] = []
    if kind % 1000 == _MULTIPOLYGON and not is_part:
        for _ in range(count):
            parts, at = _surface(blob, at, is_part=True)
            rings += parts
    elif kind % 1000 == _POLYGON:
        # Thousands say what a point has besides x and y: height, measure, both.
        size = 8 * (2, 3, 3, 4)[kind // 1000]
        for number in range(count):
            (points,) = struct.unpack_from(f"{order}I", blob, at)
            start, at = at + 4, at + 4 + points * size
            if at > len(blob):
                raise ValueError(_DAMAGED)
            if number == 0:
                form = struct.Struct(f"{order}2d{size - 16}x")
                rings.append(list(form.iter_unpack(blob[start:at])))
    elif is_part:
        raise ValueError(_DAMAGED)
    return rings, at


def degrees(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude of a point in Lambert-93 (IGN, NTG 71, algorithm 4)."""
    n, c, x_s, y_s, e = 0.725607765, 11_754_255.426, 700_000.0, 12_655_612.05, 0.08181919112
    isometric = math.exp(-math.log(math.hypot(x - x_s, y - y_s) / c) / n)
    latitude = 2 * math.atan(isometric) - math.pi / 2
    for _ in range(8):
        tilt = e * math.sin(latitude)
        latitude = 2 * math.atan(((1 + tilt) / (1 - tilt)) ** (e / 2) * isometric) - math.pi / 2
    return 3 + math.degrees(math.atan2(x - x_s, y_s - y) / n), math.degrees(latitude)
