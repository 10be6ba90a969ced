from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from outside import Outside, page, redirect

from cordee.territory.models import Commune, Territory

# Real data stands beside the checkout, where there is any; it is not part of the repository.
DATA = Path(
    os.environ.get("CORDEE_SHARED_DATA", Path(__file__).resolve().parents[5] / "shared/data")
)
SQUARE = [[6.0, 44.0], [6.2, 44.0], [6.2, 44.2], [6.0, 44.2], [6.0, 44.0]]
EAST = [[6.2, 44.0], [6.4, 44.0], [6.4, 44.2], [6.2, 44.2], [6.2, 44.0]]


def _run(source: str, *words: str) -> str:
    out = StringIO()
    call_command("import_communes", source, "--territory", "05", *words, stdout=out)
    return out.getvalue()


def _file(folder: Path, content: object) -> str:
    file = folder / "communes"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


def _known(code: str) -> tuple[str, int | None, float | None, float | None]:
    found = Commune.objects.get(insee_code=code)
    return found.name, found.population, found.latitude, found.longitude


def _api(code: str = "05061", name: str = "Gap") -> dict[str, object]:
    centre = {"type": "Point", "coordinates": [6.0631, 44.5792]}
    return {"nom": name, "code": code, "population": 41293, "centre": centre}


def test_the_geo_api_is_read_from_a_file_and_from_an_address(db: None, tmp_path: Path) -> None:
    body = json.dumps([_api()])
    _run(_file(tmp_path, body), "--name", "Hautes-Alpes")
    assert _known("05061") == ("Gap", 41293, 44.5792, 6.0631)
    assert Territory.objects.get().name == "Hautes-Alpes"

    with Outside({"/communes": page(body.encode()), "/loop": redirect("/loop")}) as outside:
        assert ": 0 modifiée(s), 1 sans changement" in _run(f"{outside.url}/communes")
        with pytest.raises(CommandError, match="too_many_redirects"):
            _run(f"{outside.url}/loop")


def test_outlines_of_ign_give_their_centre_also_in_two_parts(db: None, tmp_path: Path) -> None:
    properties = {"INSEE_COM": "05001", "NOM": "Abriès-Ristolas", "POPULATION": 374}
    one = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    two = {**one, "geometry": {"type": "MultiPolygon", "coordinates": [[EAST]]}}

    _run(_file(tmp_path, {"type": "FeatureCollection", "features": [one, two]}))

    assert _known("05001") == ("Abriès-Ristolas", 374, 44.1, 6.2)


def test_a_geojson_made_of_igns_present_delivery_is_read(db: None, tmp_path: Path) -> None:
    one = {
        "type": "Feature",
        "properties": {"code_insee": "05065", "nom_officiel": "Guillestre", "population": 2300},
        "geometry": {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
    }

    _run(_file(tmp_path, {"type": "FeatureCollection", "features": [one]}))

    assert _known("05065") == ("Guillestre", 2300, 44.1, 6.1)


def test_insee_lists_are_read_without_what_is_no_commune_of_today(db: None, tmp_path: Path) -> None:
    _run(
        _file(
            tmp_path,
            "TYPECOM,COM,REG,DEP,LIBELLE\nCOM,05001,93,05,Abriès-Ristolas\n"
            "COMD,05120,93,05,Ristolas\nCOM,01001,84,01,L'Abergement-Clémenciat\n",
        )
    )
    _run(_file(tmp_path, "DEPCOM;COM;PMUN\n05001;Abriès-Ristolas;374\n"))

    assert _known("05001") == ("Abriès-Ristolas", 374, None, None)
    assert Commune.objects.count() == 1


def test_a_dry_run_writes_nothing_at_all(db: None, tmp_path: Path) -> None:
    assert "Rien n’a été écrit" in _run(_file(tmp_path, [_api()]), "--dry-run")
    assert not Territory.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([_api(), {"nom": "Sans code"}], "manque"),
        ([_api(), {**_api("05023"), "population": "beaucoup"}], "nombre entier"),
        ([_api(), _api(name="Gap encore")], "Répète"),
        (
            [_api(), {**_api("05023"), "centre": {"type": "Point", "coordinates": [6, 144]}}],
            "degrés",
        ),
        ([_api(code="13055")], "Aucune commune"),
    ],
)
def test_a_bad_commune_stops_all_of_them(
    db: None, tmp_path: Path, content: object, said: str
) -> None:
    err = StringIO()
    with pytest.raises(CommandError, match="rien n’a été écrit"):
        call_command("import_communes", _file(tmp_path, content), "--territory", "05", stderr=err)

    assert said in err.getvalue()
    assert not Commune.objects.exists()
    assert not Territory.objects.exists()


def test_a_commune_says_all_that_is_wrong_with_it(db: None, tmp_path: Path) -> None:
    table = "code;nom;latitude;longitude;altitude_m\n05061;;144;6;9000\n05023;Briançon;x;6;9000\n"
    err = StringIO()
    with pytest.raises(CommandError, match="5 erreur"):
        call_command("import_communes", _file(tmp_path, table), "--territory", "05", stderr=err)

    assert [error.partition(" »")[0] for error in err.getvalue().splitlines()] == [
        *("Ligne 2 : « nom", "Ligne 2 : « latitude", "Ligne 2 : « altitude_m"),
        *("Ligne 3 : « latitude", "Ligne 3 : « altitude_m"),
    ]


@pytest.mark.parametrize(
    "content",
    ["[", "{}", '{"features": 3}', "[3]", "[" * 100_000, "couleur;taille\nbleu;3\n", ""],
)
def test_what_is_no_list_of_communes_is_said_plainly(
    db: None, tmp_path: Path, content: str
) -> None:
    with pytest.raises(CommandError, match=r"commune|JSON|colonne|vide"):
        _run(_file(tmp_path, content))


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data of Hautes-Alpes is not here")
@pytest.mark.parametrize(
    ("name", "count"), [("communes-05.csv", 162), ("communes-05.geojson", 162)]
)
def test_the_real_communes_are_all_taken_in_and_lie_in_hautes_alpes(
    db: None, name: str, count: int
) -> None:
    _run(str(DATA / name))

    assert Commune.objects.count() == count
    for commune in Commune.objects.all():
        assert commune.latitude is not None
        assert 44.1 < commune.latitude < 45.2
    said = _run(str(DATA / name))
    assert f": 0 modifiée(s), {count} sans changement" in said
