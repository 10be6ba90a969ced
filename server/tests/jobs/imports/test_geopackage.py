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
from cordee.jobs.imports.geopackage import read_features
from cordee.jobs.imports.tables import TableUnreadable
from cordee.territory.models import Commune

WEST = (6.0, 6.2, 44.0, 44.2)
BOTH = (6.0, 6.4, 44.0, 44.2)
WGS_84 = (4326, 'GEOGCS["WGS 84",DATUM["WGS_1984"]]')
WGS_84_OF_IGN = (0, 'GEOGCS["World Geodetic System 1984",DATUM["WGS84G"]]')
LAMBERT_93 = (2154, 'PROJCS["RGF93 v1 / Lambert-93",GEOGCS["RGF93 v1"]]')
CODES = ("code_insee", "insee_com")
Frame = tuple[float, float, float, float]
Rows = Sequence[tuple[str, str, int, bytes | None]]


def blob(frame: Frame | None, *, order: str = "<", further: int = 0) -> bytes:
    """Return an outline as a GeoPackage stores it: west, east, south, north, then WKB.

    `further` numbers of the frame are heights and measures. The WKB is not read: it is rubbish.
    """
    kind = 0 if frame is None else {0: 1, 2: 2, 4: 4}[further]
    numbers = () if frame is None else (*frame, *(9.0 for _ in range(further)))
    head = struct.pack(f"{order}BBi", 0, kind << 1 | (order == "<"), 4326)
    return b"GP" + head + struct.pack(f"{order}{len(numbers)}d", *numbers) + b"outline"


GUILLESTRE = ("05065", "Guillestre", 2300, blob(WEST))


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
            ("05001", "Abriès-Ristolas", 374, blob(BOTH)),
            GUILLESTRE,
            ("13055", "Marseille", 870_000, blob(WEST)),
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


def test_other_projections_are_refused_with_what_to_do(db: None, tmp_path: Path) -> None:
    frame = blob((941_000, 943_000, 6_390_000, 6_392_000))
    file = written(tmp_path / "bdtopo", [(*GUILLESTRE[:3], frame)], system=LAMBERT_93)

    with pytest.raises(CommandError, match=r"« WGS84G » d’IGN.*ogr2ogr -t_srs EPSG:4326 ") as told:
        _run(file)

    assert "WGS 84" in str(told.value)
    assert not Commune.objects.exists()


def test_wgs_84_is_known_by_its_name_where_it_has_another_number(tmp_path: Path) -> None:
    file = written(tmp_path / "file", [GUILLESTRE], system=WGS_84_OF_IGN)

    assert len(read_features(file, codes=CODES, within="05")) == 1


@pytest.mark.parametrize(
    "shape",
    [
        blob(WEST),
        blob(WEST, order=">"),
        blob(WEST, further=2),
        blob(WEST, further=4),
    ],
)
def test_every_form_of_a_frame_is_read(tmp_path: Path, shape: bytes) -> None:
    file = written(tmp_path / "file", [("05065", "Guillestre", 2300, shape)])

    (feature,) = read_features(file, codes=CODES, within="05")

    square = [(6.0, 44.0), (6.2, 44.0), (6.2, 44.2), (6.0, 44.2), (6.0, 44.0)]
    assert feature["geometry"] == {"type": "Polygon", "coordinates": [square]}


def test_outlines_without_a_frame_are_refused_with_what_to_do(tmp_path: Path) -> None:
    file = written(tmp_path / "file", [("05065", "Guillestre", 2300, blob(None))])

    with pytest.raises(TableUnreadable, match=r"ne dit pas où.*ogr2ogr"):
        read_features(file, codes=CODES, within="05")


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


def _old_datum(path: Path) -> None:
    old = 'GEOGCS["NTF (Paris)",DATUM["NTF",TOWGS84[-168,-60,320]]]'
    written(path, [GUILLESTRE], system=(4807, old))


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
        (_other_system, "WGS84G"),
        (_old_datum, "WGS84G"),
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
        GUILLESTRE[3][:30],
        blob((6.2, 6.0, 44.0, 44.2)),
        blob((941_000, 943_000, 6_390_000, 6_392_000)),
        blob((float("nan"),) * 4),
    ],
)
def test_a_damaged_frame_is_said_plainly(tmp_path: Path, shape: bytes) -> None:
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
