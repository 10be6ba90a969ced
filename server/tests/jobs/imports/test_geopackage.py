from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cordee.jobs.imports import geopackage
from cordee.jobs.imports.geopackage import degrees, read_features
from cordee.jobs.imports.tables import TableUnreadable
from cordee.territory.models import Commune

Ring = list[tuple[float, ...]]
SQUARE: Ring = [(6.0, 44.0), (6.2, 44.0), (6.2, 44.2), (6.0, 44.2), (6.0, 44.0)]
EAST: Ring = [(x + 0.2, y) for x, y in SQUARE]
IN_METRES: Ring = [
    (941_000, 6_390_000),
    (943_000, 6_390_000),
    (943_000, 6_392_000),
    (941_000, 6_392_000),
    (941_000, 6_390_000),
]
WGS_84 = (4326, 'GEOGCS["WGS 84",DATUM["WGS_1984"]]')
LAMBERT_93 = (2154, 'PROJCS["RGF93 v1 / Lambert-93",GEOGCS["RGF93 v1"]]')
CODES = ("code_insee", "insee_com")
Rows = Sequence[tuple[str, str, int, bytes | None]]


def polygon(*rings: Ring, order: str = "<", extra: int = 0) -> bytes:
    """Return a polygon in WKB; `extra` thousands say how many further numbers a point has."""
    points = b"".join(
        struct.pack(f"{order}I", len(ring))
        + b"".join(struct.pack(f"{order}{len(point)}d", *point) for point in ring)
        for ring in rings
    )
    head = struct.pack(f"{order}BII", order == "<", 3 + 1000 * extra, len(rings))
    return head + points


def multi(*polygons: bytes, order: str = "<", kind: int = 6) -> bytes:
    return struct.pack(f"{order}BII", order == "<", kind, len(polygons)) + b"".join(polygons)


def blob(wkb: bytes, *, envelope: int = 1) -> bytes:
    size = {0: 0, 1: 32, 2: 48, 4: 64}[envelope]
    return b"GP" + struct.pack("<BBi", 0, 1 | envelope << 1, 4326) + bytes(size) + wkb


GUILLESTRE = ("05065", "Guillestre", 2300, blob(multi(polygon(SQUARE))))


def written(
    path: Path,
    rows: Rows,
    *,
    system: tuple[int, str] = WGS_84,
    layer: str = "commune",
    further: str = "",
) -> Path:
    """Write a GeoPackage as IGN names things in edition 4.0 of Admin Express."""
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT,"
            " organization_coordsys_id INTEGER, definition TEXT, description TEXT);"
            "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT,"
            " geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER);"
            "CREATE TABLE commune (fid INTEGER PRIMARY KEY, geometrie BLOB, cleabs TEXT,"
            " nom_officiel TEXT, statut TEXT, population INTEGER, code_insee TEXT,"
            " code_insee_du_departement TEXT);" + further
        )
        base.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('', 1, 'EPSG', ?, ?, '')", list(system)
        )
        base.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geometrie', 'MULTIPOLYGON', 1, 0, 0)",
            [layer],
        )
        base.executemany(
            "INSERT INTO commune (code_insee, nom_officiel, population, geometrie,"
            " code_insee_du_departement) VALUES (?, ?, ?, ?, '05')",
            rows,
        )
    return path


def _run(path: Path, *words: str) -> str:
    out = StringIO()
    call_command("import_communes", str(path), "--territory", "05", *words, stdout=out)
    return out.getvalue()


def _centres() -> list[tuple[str, str, int | None, float | None, float | None]]:
    rows = Commune.objects.order_by("insee_code")
    return list(rows.values_list("insee_code", "name", "population", "latitude", "longitude"))


def test_admin_express_of_2025_is_taken_in_as_it_is_delivered(db: None, tmp_path: Path) -> None:
    file = written(
        tmp_path / "ADE-COG_4-0 (1).gpkg",
        [
            ("05001", "Abriès-Ristolas", 374, blob(multi(polygon(SQUARE), polygon(EAST)))),
            GUILLESTRE,
            ("13055", "Marseille", 870_000, blob(multi(polygon(SQUARE)))),
            ("05999", "Sans contour", 3, None),
        ],
    )

    _run(file)

    assert _centres() == [
        ("05001", "Abriès-Ristolas", 374, 44.1, 6.2),
        ("05065", "Guillestre", 2300, 44.1, 6.1),
        ("05999", "Sans contour", 3, None, None),
    ]
    assert ": 0 modifiée(s), 3 sans changement" in _run(file)


def test_bd_topo_in_lambert_93_is_taken_in_in_degrees(db: None, tmp_path: Path) -> None:
    row = ("05065", "Guillestre", 2300, blob(multi(polygon(IN_METRES))))

    _run(written(tmp_path / "bdtopo", [row], system=LAMBERT_93))

    ((*_, latitude, longitude),) = _centres()
    assert latitude == pytest.approx(44.57603, abs=2e-5)
    assert longitude == pytest.approx(6.04878, abs=2e-5)


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        ((700_000, 6_600_000), (3.0, 46.5)),
        ((942_000, 6_391_000), (6.0487795, 44.5760295)),
        ((124_000, 6_837_000), (-4.7913219, 48.3773382)),
        ((1_242_000, 6_071_000), (9.4850276, 41.5400542)),
    ],
)
def test_lambert_93_is_what_proj_makes_of_it(
    metres: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert degrees(*metres) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    "shape",
    [
        blob(polygon(SQUARE), envelope=0),
        blob(multi(polygon(SQUARE)), envelope=2),
        blob(multi(polygon([(*point, 900.0) for point in SQUARE], extra=1)), envelope=2),
        blob(multi(polygon([(*point, 9.0, 1.0) for point in SQUARE], extra=3)), envelope=4),
        blob(multi(polygon(SQUARE, order=">"), order=">")),
        blob(multi(polygon(SQUARE, [(6.01, 44.01), (6.02, 44.01), (6.01, 44.02), (6.01, 44.01)]))),
    ],
)
def test_every_form_of_an_outline_is_read(tmp_path: Path, shape: bytes) -> None:
    file = written(tmp_path / "file", [("05065", "Guillestre", 2300, shape)])

    (feature,) = read_features(file, codes=CODES, within="05")

    assert feature["geometry"] == {"type": "MultiPolygon", "coordinates": [[SQUARE]]}


def test_parts_drawn_in_both_senses_do_not_cancel_out(db: None, tmp_path: Path) -> None:
    shape = blob(multi(polygon(SQUARE), polygon(EAST[::-1])))

    _run(written(tmp_path / "file", [("05065", "Guillestre", 2300, shape)]))

    assert _centres() == [("05065", "Guillestre", 2300, 44.1, 6.2)]


def _no_layer(path: Path) -> None:
    written(path, [GUILLESTRE], layer="region")


def _view(path: Path) -> None:
    # It would be counted for ever.
    endless = (
        "DROP TABLE commune; CREATE VIEW commune AS WITH RECURSIVE n(i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS code_insee, i AS geometrie FROM n;"
    )
    written(path, [])
    with closing(sqlite3.connect(path)) as base:
        base.executescript(endless)


def _other_system(path: Path) -> None:
    written(path, [GUILLESTRE], system=(5490, 'PROJCS["RGAF09 / UTM zone 20N"]'))


def _no_code(path: Path) -> None:
    written(path, [GUILLESTRE])
    with closing(sqlite3.connect(path)) as base:
        base.execute("ALTER TABLE commune RENAME COLUMN code_insee TO couleur")
        base.commit()


def _other_base(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.executescript("CREATE TABLE commune (code_insee TEXT);")


def _cut(path: Path) -> None:
    rows = [(f"05{number:03}", "X" * 80, 1, GUILLESTRE[3]) for number in range(100)]
    written(path, rows)
    path.write_bytes(path.read_bytes()[:9000])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_no_layer, "couche"),
        (_view, "couche"),
        (_other_system, "Lambert-93"),
        (_no_code, "code INSEE"),
        (_other_base, "abîmé"),
        (_cut, "abîmé"),
    ],
)
def test_what_is_no_geopackage_of_communes_is_said_plainly(
    db: None, tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    make(tmp_path / "file")

    with pytest.raises(CommandError, match=said):
        _run(tmp_path / "file")

    assert not Commune.objects.exists()


@pytest.mark.parametrize(
    "shape",
    [
        b"",
        b"GP",
        GUILLESTRE[3][:-3],
        blob(polygon(SQUARE)[:9] + b"\xff\xff\xff\xff"),
        blob(multi(polygon(SQUARE), kind=9006)[:9] + struct.pack("<BII", 1, 9003, 1)),
        blob(multi(multi(polygon(SQUARE)))),
        b"GP\0\x0f" + bytes(100),
    ],
)
def test_a_damaged_outline_is_said_plainly(tmp_path: Path, shape: bytes) -> None:
    file = written(tmp_path / "file", [("05065", "Guillestre", 2300, shape)])

    with pytest.raises(TableUnreadable, match="abîmé"):
        read_features(file, codes=CODES, within="05")


def test_an_outline_above_the_limit_is_not_taken_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "file", [(*GUILLESTRE[:3], bytes(3000))])
    monkeypatch.setattr(geopackage, "VALUE_LIMIT_BYTES", 2000)

    with pytest.raises(TableUnreadable, match="abîmé"):
        read_features(file, codes=CODES, within="05")


def test_what_ign_packs_is_unpacked_first(db: None, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(30))

    with pytest.raises(CommandError, match="Décompressez"):
        _run(file)


def test_the_file_is_left_as_it_was(db: None, tmp_path: Path) -> None:
    file = written(tmp_path / "file", [GUILLESTRE])
    before = file.read_bytes()

    _run(file)

    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
