"""Spreadsheets as people save them, for the tests of the importers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

import openpyxl

Cell = object
Sheet = list[list[Cell]]
_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def csv_of(rows: Sequence[Sequence[Cell]]) -> bytes:
    return "\n".join(";".join(str(cell) for cell in row) for row in rows).encode()


def xlsx_of(rows: Sequence[Sequence[Cell]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def ods_of(rows: Sequence[Sequence[Cell]], *, head: str = "", after: str = "") -> bytes:
    """Return a sheet as LibreOffice writes it: repeated cells, a million empty rows at its end."""
    lines = "".join(
        f"<table:table-row>{''.join(_cell(cell) for cell in row)}"
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for row in rows
    )
    content = (
        f'<?xml version="1.0"?>{head}<office:document-content {_SPACES}><office:body>'
        f'<office:spreadsheet><table:table table:name="Un">{lines}{after}'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return zipped(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    )


def _cell(value: Cell) -> str:
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value={quoteattr(str(value))}>'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    if not value:
        return "<table:table-cell/>"
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    )


SITES: Sheet = [
    ["Code INSEE", "Lieu", "Téléphone", "Latitude", "Longitude", "Accès", "Fauteuil", "Relais"],
    ["5065", "Mairie", "04 65 71 00 01", "44,66", "6,65", "Rampe", "oui", "non"],
    ["05065", "Médiathèque", "04 65 71 00 02", "", "", "", "", "oui"],
]
HOURS: Sheet = [
    ["Code INSEE", "Lieu", "Jour", "De", "À", "Depuis", "Jusqu’au"],
    ["05065", "Maison de la vallée", "Lundi", "9:00", "12h", "", ""],
    ["05065", "Maison de la vallée", "jeudi", "13h30", "17:00:00", "01/01/2027", "2027-06-30"],
]
PARTNERS: Sheet = [
    ["Identifiant", "Nom", "Téléphone", "Serveurs permis"],
    ["retraite", "Retraite 05", "39 60", "aide.retraite.example | www.retraite.example"],
]
REASONS: Sheet = [
    ["Administration", "Motif", "Durée min", "Documents", "Langues", "Lieux", "Délai h"],
    ["allocations", "Aide au logement", 45, "Bail | RIB", "fr | it", "Maison de la vallée", 48],
    ["impots", "Payer", 30, "", "", "Maison de la vallée (Guillestre)", ""],
]
AGENTS: Sheet = [
    ["Administration", "Courriel", "Nom", "Compétences", "Langues", "Agenda"],
    ["impots", "faure@demo.invalid", "Madame Faure", "foncier | succession", "fr", ""],
    ["impots", "GRAS@demo.invalid", "Monsieur Gras", "", "", "https://agenda.example/a.ics"],
]
OPENINGS: Sheet = [
    ["Courriel", "Jour", "De", "À"],
    ["conseil@demo.invalid", "mardi", "9h", "12h"],
    ["conseil@demo.invalid", "mardi", "14h", "17h"],
]
TRAVEL: Sheet = [["Code INSEE", "Lieu", "Minutes"], ["05065", "Maison de la vallée", 7]]
GOOD = {
    "sites": SITES,
    "hours": HOURS,
    "partners": PARTNERS,
    "reasons": REASONS,
    "agents": AGENTS,
    "openings": OPENINGS,
    "travel": TRAVEL,
}
