"""Tables from CSV, XLSX and ODS files, as rows of text with the line at which each stands.

Files come from other people: sizes are limited before anything is unpacked, XML is read without
entities (defusedxml), and whatever is wrong with the file is one sentence.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING

import openpyxl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FILE_LIMIT_BYTES = 20_000_000
UNPACKED_LIMIT_BYTES = 100_000_000
ROW_LIMIT = 50_000
LINE_LIMIT = 2 * ROW_LIMIT
"""Empty lines count here too: a sheet may claim a million of them."""
COLUMN_LIMIT = 100
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODS_TIME = re.compile(r"PT(\d+)H(\d+)M.*")


class TableUnreadable(Exception):
    """The file is no table that can be read; the sentence says what to do."""


@dataclass(frozen=True)
class Row:
    """One line: `values` by the plain name of their column, trimmed; empty cells are not there."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True)
class Table:
    """The plain names of the columns, and the rows that are not empty."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes) -> Table:
    """Return the first sheet of a file; its first line that is not empty names the columns.

    The kind of file is seen from its content. Raises TableUnreadable.
    """
    if len(data) > FILE_LIMIT_BYTES:
        raise TableUnreadable("Le fichier dépasse 20 Mo. Coupez-le en plusieurs.")
    lines = _zipped(data) if data.startswith(b"PK") else _csv(data)
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    for line, cells in lines:
        texts = [" ".join(cell.split()) for cell in cells[:COLUMN_LIMIT]]
        if not any(texts):
            continue
        if not columns:
            columns = _columns(texts)
            continue
        values = {name: text for name, text in zip(columns, texts, strict=False) if name and text}
        rows.append(Row(line, values))
        if len(rows) > ROW_LIMIT:
            raise TableUnreadable(f"Le fichier a plus de {ROW_LIMIT} lignes. Coupez-le.")
    if not columns:
        raise TableUnreadable("Le fichier est vide.")
    return Table(columns, tuple(rows))


def plain_name(title: str) -> str:
    """Return a column's title as it is compared: `Durée (min)` is `duree_min`."""
    letters = unicodedata.normalize("NFKD", title.lower())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")


def _columns(texts: Sequence[str]) -> tuple[str, ...]:
    shown = max(number for number, text in enumerate(texts, start=1) if text)
    names = tuple(plain_name(text) for text in texts[:shown])
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise TableUnreadable(f"La colonne « {min(twice)} » est là deux fois.")
    return names


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    if b"\0" in data:
        raise TableUnreadable("Ce fichier n’est ni CSV, ni XLSX, ni ODS.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets on Windows still write; every byte has a meaning in it, or nearly.
        text = data.decode("cp1252", errors="replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    started = 1
    try:
        for cells in reader:
            yield started, cells
            started = reader.line_num + 1
    except csv.Error as error:
        raise TableUnreadable(
            f"Ligne {started} : guillemets ou séparateurs en désordre."
        ) from error


def _zipped(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            is_small = sum(sizes.values()) <= UNPACKED_LIMIT_BYTES
            if is_small and "content.xml" in sizes:
                return list(_ods(_part(archive, archive.getinfo("content.xml"))))
            if is_small and "xl/workbook.xml" in sizes:
                return list(_xlsx(_as_said(archive)))
    except (DefusedXmlException, ElementTree.ParseError, zipfile.BadZipFile) as error:
        raise TableUnreadable("Le fichier est abîmé. Enregistrez-le à nouveau.") from error
    except (LookupError, ValueError, TypeError, OSError, RuntimeError, zlib.error) as error:
        # What openpyxl and zipfile raise on a file that only looks like one.
        raise TableUnreadable("Le fichier est abîmé. Enregistrez-le à nouveau.") from error
    if not is_small:
        raise TableUnreadable("Une fois décompressé, le fichier dépasse 100 Mo.")
    raise TableUnreadable("Cette archive n’est ni XLSX ni ODS.")


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # Asked for without a size, zipfile unpacks all that there is before it compares.
    with archive.open(entry) as part:
        return part.read(entry.file_size)


def _as_said(archive: zipfile.ZipFile) -> bytes:
    """Return the archive anew, each part as long as it says: openpyxl asks without a size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as copy:
        for entry in archive.infolist():
            copy.writestr(entry.filename, _part(archive, entry))
    return out.getvalue()


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        if not book.worksheets:
            return
        rows = book.worksheets[0].iter_rows(max_col=COLUMN_LIMIT, values_only=True)
        for number, values in enumerate(islice(rows, LINE_LIMIT), start=1):
            yield number, [_written(value) for value in values]
    finally:
        book.close()


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)


def _ods(content: bytes) -> Iterator[tuple[int, list[str]]]:
    table = ElementTree.fromstring(content).find(f".//{_TABLE}table")
    if table is None:
        return
    line = 1
    for row in table.iter(f"{_TABLE}table-row"):
        cells = list(_ods_cells(row))
        repeated = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        # Sheets end with one empty row that stands for a million.
        shown = min(repeated, ROW_LIMIT + 1) if any(cells) else 0
        for each in range(shown):
            yield line + each, cells
        line += repeated


def _ods_cells(row: Iterable[Element]) -> Iterator[str]:
    shown = 0
    for cell in row:
        if cell.tag not in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            continue
        repeated = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        text = _ods_text(cell)
        for _ in range(min(repeated, COLUMN_LIMIT - shown)):
            yield text
        shown += min(repeated, COLUMN_LIMIT - shown)


def _ods_text(cell: Element) -> str:
    match cell.get(f"{_OFFICE}value-type"):
        case "float" | "percentage" | "currency":
            return _written(float(cell.get(f"{_OFFICE}value", "0")))
        case "date":
            return str(cell.get(f"{_OFFICE}date-value", ""))[:10]
        case "time":
            found = _ODS_TIME.fullmatch(cell.get(f"{_OFFICE}time-value", ""))
            return f"{int(found[1]):02}:{int(found[2]):02}" if found else ""
        case "boolean":
            return "oui" if cell.get(f"{_OFFICE}boolean-value") == "true" else "non"
    return " ".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p"))
