"""Communes from a GeoPackage in degrees, as IGN delivers Admin Express (editions WGS84G).

A GeoPackage (OGC 12-128r19) is an SQLite file; before each outline stands its frame. The frame is
all that is read of it, and no projection is undone here (docs/decisions/0014). The file comes from
other people: it is opened read-only and reads one real table, values are limited in size, and
whatever is wrong with it is one sentence.
"""

from __future__ import annotations

import re
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
_WGS_84 = 4326
_WGS_84_NAMED = re.compile(r'\s*GEOG\w*\["(WGS ?84|World Geodetic System 1984)', re.IGNORECASE)
_TO_DO = (
    "Prenez l’édition « WGS84G » d’IGN, ou convertissez ce fichier :"
    " ogr2ogr -t_srs EPSG:4326 communes.gpkg FICHIER.gpkg commune"
)
_DAMAGED = "Le GeoPackage est abîmé. Téléchargez-le à nouveau."
_NOT_PLACED = f"Ce GeoPackage n’est pas en degrés (WGS 84). {_TO_DO}"
_NO_FRAME = f"Ce GeoPackage ne dit pas où sont les communes. {_TO_DO}"


def is_geopackage(head: bytes) -> bool:
    """Return whether these first bytes are those of an SQLite file."""
    return head.startswith(_MAGIC)


def read_features(path: Path, *, codes: Sequence[str], within: str) -> list[dict[str, Any]]:
    """Return the communes whose code begins with `within`, each as a GeoJSON feature in degrees.

    Their geometry is the frame of the outline. `codes` are the names that the column of the INSEE
    code may have. Raises TableUnreadable.
    """
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as base:
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_LIMIT_BYTES)
            base.execute("PRAGMA trusted_schema = OFF")
            return list(_features(base, codes, within))
    except (sqlite3.Error, struct.error, ValueError, LookupError) as error:
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
    if system != _WGS_84 and not _WGS_84_NAMED.match(str(definition)):
        raise TableUnreadable(_NOT_PLACED)
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
        geometry = _frame(blob) if isinstance(blob, bytes) else None
        yield {"properties": properties, "geometry": geometry}


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _frame(blob: bytes) -> dict[str, Any]:
    """Return the envelope that stands before an outline (OGC 12-128r19, 2.1.3.1) as a polygon."""
    flags = blob[3]
    if not flags >> 1 & 7:
        raise TableUnreadable(_NO_FRAME)
    west, east, south, north = struct.unpack_from(f"{'<' if flags & 1 else '>'}4d", blob, 8)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 - degrees
        raise ValueError(_DAMAGED)
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}
