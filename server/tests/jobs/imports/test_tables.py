from __future__ import annotations

from datetime import datetime, time

import pytest
from jobs.imports.sheets import Sheet, csv_of, ods_of, xlsx_of, zipped

from cordee.jobs.imports import tables
from cordee.jobs.imports.tables import Row, TableUnreadable, plain_name, read_table

SHEET: Sheet = [
    ["Code INSEE", "Lieu", "Durée (min)"],
    ["05065", "Maison", 30],
    ["", "", ""],
    ["05003", "", 15],
]
ROWS = (
    Row(2, {"code_insee": "05065", "lieu": "Maison", "duree_min": "30"}),
    Row(4, {"code_insee": "05003", "duree_min": "15"}),
)


@pytest.mark.parametrize("data", [csv_of(SHEET), xlsx_of(SHEET), ods_of(SHEET)])
def test_the_same_table_is_read_from_each_kind_of_file(data: bytes) -> None:
    table = read_table(data)

    assert table.columns == ("code_insee", "lieu", "duree_min")
    assert table.rows == ROWS


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_comes_with_any_usual_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    text = f"nom{delimiter}mots\r\nBriançon{delimiter}été\r\n"

    assert read_table(text.encode(encoding)).rows == (Row(2, {"nom": "Briançon", "mots": "été"}),)


def test_a_cell_over_several_lines_counts_its_lines() -> None:
    table = read_table(b'nom;mots\na;"one\ntwo"\nb;c\n')

    assert [(row.line, row.values["mots"]) for row in table.rows] == [(2, "one two"), (4, "c")]


def test_dates_hours_and_truths_are_written_as_people_do() -> None:
    sheet: Sheet = [["jour", "de", "ok", "n"], [datetime(2027, 1, 31), time(9, 5), True, 3.0]]  # noqa: DTZ001

    (row,) = read_table(xlsx_of(sheet)).rows

    assert row.values == {"jour": "2027-01-31", "de": "09:05", "ok": "oui", "n": "3"}


def test_titles_are_compared_without_accents_capitals_and_signs() -> None:
    assert plain_name(" Jusqu’au ") == "jusqu_au"
    assert plain_name("À") == "a"


BOMB = (
    '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
MANY = (
    '<table:table-row table:number-rows-repeated="999999999">'
    '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    "</table:table-row>"
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "vide"),
        (b"\n\n;;\n", "vide"),
        (b"nom;nom\na;b\n", "deux fois"),
        (b'nom;mots\na;"b\nc;d', "désordre"),
        (b"\x89PNG\r\n\x00\x00", "ni CSV"),
        (b"PK\x03\x04 nonsense", "abîmé"),
        (zipped({"word/document.xml": "<a/>"}), "ni XLSX ni ODS"),
        (zipped({"content.xml": "<a"}), "abîmé"),
        (zipped({"content.xml": "<a/>"}), "vide"),
        (zipped({"xl/workbook.xml": "<a/>"}), "abîmé"),
        (ods_of(SHEET, head=BOMB), "abîmé"),
        (ods_of(SHEET, head=OUTSIDE), "abîmé"),
        (ods_of([["nom"]], after=MANY), "50000"),
        (zipped({"content.xml": "<a>" + " " * 101_000_000 + "</a>"}), "100 Mo"),
        (b"nom\n" + b"a\n" * 50_001, "50000"),
    ],
)
def test_a_bad_file_is_one_plain_sentence(data: bytes, said: str) -> None:
    with pytest.raises(TableUnreadable, match=said):
        read_table(data)


def test_a_file_that_is_too_large_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "FILE_LIMIT_BYTES", 10)

    with pytest.raises(TableUnreadable, match="20 Mo"):
        read_table(b"nom;lieu\na;b\n")
