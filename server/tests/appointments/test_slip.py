from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from factories import World
from opened import booked, open_world, someone
from pypdf import PdfReader
from weasyprint import HTML

from cordee.appointments.models import Appointment
from cordee.appointments.slip import Bundled, FetchRefused, slip


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def whole(row: Appointment) -> Appointment:
    rows = Appointment.objects.select_related(
        "kiosk__site__commune__territory", "agent__partner", "reason"
    )
    return rows.get(pk=row.pk)


def words_of(page: PdfReader) -> str:
    text = " ".join(sheet.extract_text() for sheet in page.pages)
    return " ".join(text.split())


def test_a_slip_says_who_when_where_what_to_bring_and_how_to_cancel(opened: World) -> None:
    site, reason = opened.site, opened.reason
    site.address, site.access_note = "3 rue de l’École", "Entrée par la cour."
    site.save()
    reason.documents = ["Carte d’identité", "Relevé d’identité bancaire"]
    reason.save()
    row = booked(opened, citizen=someone("Lucie Bœuf-Łukasz")).appointment

    page = PdfReader(BytesIO(slip(whole(row))))

    assert len(page.pages) == 1
    text = words_of(page)
    code = row.code or ""
    for said in (
        "Lucie Bœuf-Łukasz",
        "mardi 8 décembre 2026",
        "11 h",
        "Maison de la vallée, Guillestre",
        "3 rue de l’École",
        "Entrée par la cour.",
        "Carte d’identité",
        "Relevé d’identité bancaire",
        f"{code[:4]} {code[4:]}",
        "Pour changer ou annuler",
        site.phone,
    ):
        assert said in text


def test_a_slip_is_a4_tagged_titled_and_embeds_its_type(opened: World) -> None:
    page = PdfReader(BytesIO(slip(whole(booked(opened).appointment))))

    box = page.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    root: Any = page.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert page.metadata is not None
    assert page.metadata.title == "Votre rendez-vous"
    sheet: Any = page.pages[0]
    fonts = sheet["/Resources"]["/Font"].values()
    for font in (font.get_object()["/DescendantFonts"][0].get_object() for font in fonts):
        assert "Atkinson" in font["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object())


def test_a_long_list_still_fits_one_page(opened: World) -> None:
    opened.reason.documents = [f"Justificatif numéro {number}" for number in range(30)]
    opened.reason.save()
    row = booked(opened).appointment

    page = PdfReader(BytesIO(slip(whole(row))))

    assert len(page.pages) == 1
    assert "Justificatif numéro 29" in words_of(page)


def test_a_slip_is_in_the_language_of_the_appointment(opened: World) -> None:
    row = booked(opened, citizen=replace(someone(), language="en")).appointment

    text = words_of(PdfReader(BytesIO(slip(whole(row)))))

    assert "Tuesday 8 December 2026" in text
    assert "To change or cancel" in text


def test_what_a_person_types_is_text_and_no_markup(opened: World) -> None:
    row = booked(opened, citizen=someone("<img src=file:///etc/hostname>")).appointment

    assert "<img src=file:///etc/hostname>" in words_of(PdfReader(BytesIO(slip(whole(row)))))


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "http://127.0.0.1/x.png", "data:image/png;base64,AA==", "slip:x"],
)
def test_nothing_but_the_bundled_type_is_loaded(url: str) -> None:
    with pytest.raises(FetchRefused):
        HTML(string=f"<img src='{url}'>", url_fetcher=Bundled()).render()
