from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from factories import NOW, World
from jobs.imports.sheets import (
    GOOD,
    HOURS,
    REASONS,
    SITES,
    TRAVEL,
    Sheet,
    csv_of,
    ods_of,
    xlsx_of,
)

from cordee.directory.models import Agent, Opening, Partner, Reason
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.territory.models import Site, SiteHours, TravelTime
from cordee.territory.services import open_site

WEEK = ("lundi", "jeudi")


def _run(kind: str, data: bytes, folder: Path, *words: str) -> str:
    file = folder / "table"
    file.write_bytes(data)
    out = StringIO()
    call_command("import_table", kind, str(file), *words, stdout=out)
    return out.getvalue()


def _errors(kind: str, sheet: Sheet, folder: Path) -> list[str]:
    file = folder / "table"
    file.write_bytes(csv_of(sheet))
    err = StringIO()
    with pytest.raises(CommandError, match="rien n’a été écrit"):
        call_command("import_table", kind, str(file), stderr=err)
    return err.getvalue().splitlines()


@pytest.mark.parametrize("write", [csv_of, xlsx_of, ods_of])
@pytest.mark.parametrize("kind", GOOD)
def test_a_second_run_changes_nothing(
    world: World, tmp_path: Path, kind: str, write: Callable[[Sheet], bytes]
) -> None:
    data = write(GOOD[kind])

    assert "0 sans changement" in _run(kind, data, tmp_path)
    entries = Entry.objects.count()
    assert ": 0 modifiée(s)" in _run(kind, data, tmp_path)
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("kind", GOOD)
def test_a_dry_run_writes_nothing(world: World, tmp_path: Path, kind: str) -> None:
    entries = Entry.objects.count()

    assert _run(kind, csv_of(GOOD[kind]), tmp_path, "--dry-run").startswith("Essai.")
    assert Entry.objects.count() == entries
    assert (Site.objects.count(), Partner.objects.count(), Agent.objects.count()) == (1, 2, 2)
    assert not [*SiteHours.objects.all(), *Opening.objects.all(), *TravelTime.objects.all()]


def test_what_a_table_says_is_what_there_is(world: World, tmp_path: Path) -> None:
    for kind, sheet in GOOD.items():
        _run(kind, csv_of(sheet), tmp_path)

    mairie = Site.objects.get(name="Mairie")
    assert (mairie.latitude, mairie.longitude) == (44.66, 6.65)
    assert mairie.is_wheelchair_accessible
    assert not mairie.relay_only
    assert Site.objects.get(name="Médiathèque").relay_only
    rules = [hours.rule() for hours in SiteHours.objects.order_by("weekday")]
    assert [(rule.weekday, rule.start_min, rule.end_min) for rule in rules] == [
        (0, 540, 720),
        (3, 810, 1020),
    ]
    assert Partner.objects.get(slug="retraite").allowed_hosts == [
        "aide.retraite.example",
        "www.retraite.example",
    ]
    reason = Reason.objects.get(label="Aide au logement")
    assert (reason.duration_min, reason.documents, reason.languages) == (
        45,
        ["Bail", "RIB"],
        ["fr", "it"],
    )
    assert [site.name for site in reason.sites.all()] == ["Maison de la vallée"]
    agent = Agent.objects.get(user__email="gras@demo.invalid")
    assert agent.calendar_url == "https://agenda.example/a.ics"
    assert not agent.user.has_usable_password()
    assert Opening.objects.filter(agent=world.agent).count() == 2
    assert TravelTime.objects.get().minutes == 7


def test_a_room_of_the_partners_own_tool_lies_on_a_host_that_was_declared(
    world: World, tmp_path: Path
) -> None:
    room = "https://aide.allocations.example/salle"
    columns: list[object] = ["Administration", "Motif", "Durée min", "Visio"]
    row: list[object] = ["allocations", "Aide au logement", 30]

    assert "0 sans changement" in _run("reasons", csv_of([columns, [*row, room]]), tmp_path)
    assert ": 0 modifiée(s)" in _run("reasons", csv_of([columns, [*row, room]]), tmp_path)
    for bad in ("http://aide.allocations.example/salle", "https://ailleurs.example/salle"):
        (error,) = _errors("reasons", [columns, [*row, bad]], tmp_path)
        assert error.startswith("Ligne 2 : ")

    assert Reason.objects.get(label="Aide au logement").video_url == room


def test_an_empty_cell_changes_nothing(world: World, tmp_path: Path) -> None:
    _run("reasons", csv_of(REASONS), tmp_path)
    _run("reasons", csv_of([REASONS[0][:4], ["allocations", "Aide au logement", 45, ""]]), tmp_path)

    assert Reason.objects.get(label="Aide au logement").documents == ["Bail", "RIB"]


def test_every_error_of_a_file_is_named_with_its_line(world: World, tmp_path: Path) -> None:
    sheet: Sheet = [
        SITES[0],
        ["05999", "Mairie", "04 65 71 00 01", "nord", "6,65", "", "peut-être", ""],
        ["05065", "Gare", "04 65 71 00 01", "", "", "", "", ""],
        ["05065", "", "", "", "", "", "", ""],
        ["05065", "gare", "04 65 71 00 01", "", "", "", "", ""],
        ["05065", "Stade", "04 65 71 00 01", "144", "6", "", "", ""],
        ["05065", "Salle " * 30, "04 65 71 00 01", "", "", "", "", ""],
    ]

    errors = _errors("sites", sheet, tmp_path)

    assert [error.partition(" : ")[0] for error in errors] == [
        *["Ligne 2"] * 3,
        *["Ligne 4"] * 2,
        "Ligne 5",
        "Ligne 6",
        "Ligne 7",
    ]
    told = "\n".join(errors)
    for words in (
        "05999",
        "nord",
        "peut-être",
        "« lieu » manque",
        "Répète la ligne 3",
        "degrés",
        "120 lettres",
    ):
        assert words in told
    assert Site.objects.count() == 1


@pytest.mark.parametrize("write", [csv_of, xlsx_of, ods_of])
def test_a_dry_run_names_every_error_of_every_kind_of_file_and_writes_nothing(
    world: World, tmp_path: Path, write: Callable[[Sheet], bytes]
) -> None:
    empty: list[object] = [""] * len(REASONS[0])
    unknown_site = ["impots", "Payer", 30, "", "", "Gare", ""]
    sheet: Sheet = [
        *REASONS[:2],
        empty,
        ["personne", *REASONS[1][1:]],
        unknown_site,
        REASONS[1],
    ]
    file = tmp_path / "table"
    file.write_bytes(write(sheet))
    entries, err = Entry.objects.count(), StringIO()

    with pytest.raises(CommandError, match="rien n’a été écrit"):
        call_command("import_table", "reasons", str(file), "--dry-run", stderr=err)

    lines = [error.partition(" : ")[0] for error in err.getvalue().splitlines()]
    assert lines == ["Ligne 4", "Ligne 5", "Ligne 6"]
    assert Entry.objects.count() == entries
    assert not Reason.objects.filter(label="Payer").exists()


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        ("hours", ["05065", "Maison de la vallée", "lundredi", "9h", "12h"], "lundi, mardi"),
        ("hours", ["05065", "Maison de la vallée", "lundi", "12h", "9h"], "pas après"),
        ("hours", ["05065", "Maison de la vallée", "lundi", "9h75", "12h"], "9:00"),
        ("hours", ["05065", "Nulle part", "lundi", "9h", "12h"], "n’a pas de lieu"),
        (
            "hours",
            ["05065", "Maison de la vallée", "lundi", "9h", "12h", "31/02/2027"],
            "31/01/2027",
        ),
        ("partners", ["ça & là", "Retraite"], "sans accent"),
        ("reasons", ["personne", "Payer", "30"], "Importez-la"),
        ("reasons", ["impots", "Payer", "trente"], "nombre entier"),
        ("reasons", ["impots", "Payer", "32"], "cinq en cinq"),
        ("reasons", ["impots", "Payer", "30", "", "français"], "deux lettres"),
        ("reasons", ["impots", "Payer", "30", "", "", "Gare"], "ucun lieu"),
        ("agents", ["impots", "faure", "Madame Faure"], "n’est pas une adresse"),
        ("agents", ["impots", "accueil@demo.invalid", "Accueil"], "autre rôle"),
        ("agents", ["impots", "conseil@demo.invalid", "Madame Martin"], "déjà agent d’une autre"),
        ("agents", ["impots", "nouveau@demo.invalid", "Monsieur Roux"], "initiale"),
        ("agents", ["impots", "a@demo.invalid", "A", "", "", "http://10.0.0.1/a.ics"], "https://"),
        ("openings", ["personne@demo.invalid", "mardi", "9h", "12h"], "aucun agent"),
        ("travel", ["05065", "Maison de la vallée", "1441"], "plus d’une journée"),
    ],
)
def test_a_wrong_row_is_said_in_plain_words(
    world: World, tmp_path: Path, kind: str, row: list[object], said: str
) -> None:
    (error,) = [
        error
        for error in _errors(kind, [GOOD[kind][0][: len(row)], row], tmp_path)
        if said in error
    ]

    assert error.startswith("Ligne 2 : ")


def test_hours_over_each_other_are_refused_for_their_site(world: World, tmp_path: Path) -> None:
    over: list[object] = ["05065", "Maison de la vallée", "lundi", "11h", "14h"]

    (error,) = _errors("hours", [*HOURS, over], tmp_path)

    assert error == "Ligne 4 : Chevauche la ligne 2. Réunissez-les ou séparez-les."


@pytest.mark.parametrize("write", [csv_of, xlsx_of, ods_of])
def test_a_code_without_its_zero_is_the_same_commune_in_every_row(
    world: World, tmp_path: Path, write: Callable[[Sheet], bytes]
) -> None:
    commune = world.site.commune
    open_site(commune=commune, name="Mairie", phone="04", actor=OPERATOR, now=NOW)
    hours: Sheet = [
        ["Code INSEE", "Lieu", "Jour", "De", "À"],
        ["05065", "Maison de la vallée", "lundi", "9h", "12h"],
        [5065, "Maison de la vallée", "mardi", "9h", "12h"],
    ]
    travel: Sheet = [TRAVEL[0], TRAVEL[1], [5065, "Mairie", 12]]

    _run("hours", write(hours), tmp_path)
    _run("travel", write(travel), tmp_path)

    assert sorted(SiteHours.objects.values_list("weekday", flat=True)) == [0, 1]
    assert sorted(TravelTime.objects.values_list("minutes", flat=True)) == [7, 12]


def test_a_site_told_twice_is_seen_though_its_code_lost_a_zero(
    world: World, tmp_path: Path
) -> None:
    again: list[object] = ["05065", *SITES[1][1:]]

    (error,) = _errors("sites", [*SITES, again], tmp_path)

    assert error == "Ligne 4 : Répète la ligne 2."


@pytest.mark.parametrize(
    ("kind", "rows", "lines"),
    [
        ("hours", [["", "", "lundi", "9h", "12h"]] * 2, [2, 2, 3, 3]),
        ("hours", [["05065", "", "lundi", "9h", "12h"]] * 2, [2, 3]),
        ("hours", [["05065", "Gare", day, "9h", "12h"] for day in WEEK], [2, 3]),
        ("openings", [["", "mardi", "9h", "12h"]] * 2, [2, 3]),
        ("openings", [["personne@demo.invalid", day, "9h", "12h"] for day in WEEK], [2, 3]),
        ("travel", [["", "Maison de la vallée", 7]] * 2, [2, 3]),
        ("travel", [["05999", "Maison de la vallée", 7], ["05999", "Gare", 7]], [2, 3, 3]),
    ],
)
def test_every_row_without_a_known_key_is_named_where_rows_are_grouped(
    world: World, tmp_path: Path, kind: str, rows: Sheet, lines: list[int]
) -> None:
    errors = _errors(kind, [GOOD[kind][0][: len(rows[0])], *rows], tmp_path)

    assert [error.partition(" : ")[0] for error in errors] == [f"Ligne {line}" for line in lines]


@pytest.mark.parametrize(
    ("kind", "sheet", "said"),
    [
        (
            "reasons",
            [
                [
                    "Administration",
                    "Motif",
                    "Durée min",
                    "Langues",
                    "Délai h",
                    "Horizon j",
                    "Visio",
                ],
                ["impots", "Payer", 32, "français", 48, 1, "https://ailleurs.example/salle"],
            ],
            ["duree_min", "delai_h", "langues", "visio"],
        ),
        (
            "reasons",
            [
                ["Administration", "Motif", "Durée min", "Adresse web", "Délai h", "Horizon j"],
                ["personne", "Payer", 32, "ftp://impots.example", "deux", 0],
            ],
            ["administration", "delai_h", "duree_min", "adresse_web"],
        ),
        (
            "reasons",
            [
                ["Administration", "Motif", "Durée min", "Compétence"],
                ["impots", "P", 32, "Interprète"],
            ],
            ["duree_min", "competence"],
        ),
        (
            "agents",
            [
                ["Administration", "Courriel", "Nom", "Langues", "Agenda"],
                ["impots", "nouveau@demo.invalid", "Monsieur Roux", "français", "http://a.example"],
            ],
            ["nom", "langues", "agenda"],
        ),
        (
            "sites",
            [
                ["Code INSEE", "Lieu", "Téléphone", "Latitude", "Longitude", "Minutes entre"],
                ["05999", "Mairie", "04 65 71 00 01", "144", "6", 999],
            ],
            ["code_insee", "latitude", "minutes_entre"],
        ),
        (
            "sites",
            [
                ["Code INSEE", "Lieu", "Téléphone", "Latitude", "Longitude", "Minutes entre"],
                ["05065", "Mairie", "04 65 71 00 01", "nord", "6", 999],
            ],
            ["latitude", "minutes_entre"],
        ),
        (
            "partners",
            [["Identifiant", "Nom", "Adresse web"], ["ça & là", "Retraite 05", "retraite"]],
            ["identifiant", "adresse_web"],
        ),
    ],
)
def test_a_row_names_all_its_wrong_cells_also_those_that_services_refuse(
    world: World, tmp_path: Path, kind: str, sheet: Sheet, said: list[str]
) -> None:
    errors = _errors(kind, sheet, tmp_path)

    assert [error.split("« ")[1].partition(" »")[0] for error in errors] == said
    assert all(error.startswith("Ligne 2 : ") for error in errors)


def test_a_stretch_that_ends_before_it_begins_says_it_of_its_hours_and_of_its_days(
    world: World, tmp_path: Path
) -> None:
    row: list[object] = ["conseil@demo.invalid", "mardi", "12h", "9h", "2027-02-01", "2027-01-01"]

    errors = _errors("openings", [["Courriel", *HOURS[0][2:]], row], tmp_path)

    assert errors == [
        "Ligne 2 : L’heure de fin n’est pas après celle du début.",
        "Ligne 2 : Le dernier jour est avant le premier.",
    ]


def test_openings_over_each_other_each_say_over_which_line(world: World, tmp_path: Path) -> None:
    whose = "conseil@demo.invalid"
    rows: list[list[object]] = [
        [whose, "mardi", "9h", "12h"],
        [whose, "mardi", "14h", "17h"],
        [whose, "mardi", "16h", "18h"],
        [whose, "mardi", "11h", "13h"],
    ]

    errors = _errors("openings", [GOOD["openings"][0], *rows], tmp_path)

    assert [error.partition(" Réunissez")[0] for error in errors] == [
        "Ligne 4 : Chevauche la ligne 3.",
        "Ligne 5 : Chevauche la ligne 2.",
    ]


def test_missing_and_unknown_columns_are_named(world: World, tmp_path: Path) -> None:
    errors = _errors("sites", [["Lieu", "Couleur"], ["Mairie", "bleu"]], tmp_path)

    assert [error.partition("« ")[2] for error in errors] == [
        "code_insee » manque.",
        "telephone » manque.",
        "couleur » est inconnue.",
    ]


def test_a_file_that_is_not_there_is_said(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ne se lit pas"):
        call_command("import_table", "sites", str(tmp_path / "nothing"))
