from __future__ import annotations

import io
import tracemalloc
import zlib
from datetime import datetime, time

import openpyxl
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


def test_a_formula_counts_as_the_value_that_was_saved_with_it() -> None:
    saved = (
        '<table:table-row><table:table-cell office:value-type="float" office:value="45" '
        'table:formula="of:=15*3"><text:p>45</text:p></table:table-cell></table:table-row>'
    )

    assert read_table(ods_of([["duree"]], after=saved)).rows == (Row(2, {"duree": "45"}),)
    # A program wrote this one: nothing was ever calculated, and the text is never run or kept.
    assert read_table(xlsx_of([["lieu", "duree"], ["Gare", "=15*3"]])).rows == (
        Row(2, {"lieu": "Gare"}),
    )
    assert read_table(b"lieu;duree\nGare;=15*3\n").rows == (
        Row(2, {"lieu": "Gare", "duree": "=15*3"}),
    )


def test_merged_cells_count_where_they_begin() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([["lieu", "jour"], ["Gare", "lundi"]])))
    sheet = book.worksheets[0]
    sheet.append(["", "mardi"])
    sheet.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    covered = (
        '<table:table-row><table:table-cell office:value-type="string" '
        'table:number-rows-spanned="2"><text:p>Gare</text:p></table:table-cell></table:table-row>'
        "<table:table-row><table:covered-table-cell/>"
        '<table:table-cell office:value-type="string"><text:p>mardi</text:p></table:table-cell>'
        "</table:table-row>"
    )
    second = Row(3, {"jour": "mardi"})

    assert read_table(out.getvalue()).rows == (Row(2, {"lieu": "Gare", "jour": "lundi"}), second)
    merged = read_table(ods_of([["lieu", "jour"]], after=covered))
    assert merged.rows == (Row(2, {"lieu": "Gare"}), second)


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("checksum", ["true", "forged"])
def test_a_part_longer_than_it_says_is_never_unpacked_beyond_that(name: str, checksum: str) -> None:
    text = "<a>" + " " * 50_000_000 + "</a>"
    lying = bytearray(zipped({name: text}))
    forged = zlib.crc32(text[:1000].encode()).to_bytes(4, "little")
    for mark, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        start = lying.index(mark) + at
        if checksum == "forged":
            lying[start : start + 4] = forged
        lying[start + 8 : start + 12] = (1000).to_bytes(4, "little")
    del text
    tracemalloc.start()
    try:
        with pytest.raises(TableUnreadable, match="abîmé"):
            read_table(bytes(lying))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


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
        (zipped({"xl/workbook.xml": "<a>" + " " * 101_000_000 + "</a>"}), "100 Mo"),
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
