"""A citizen books by the pages alone, without script or account."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from factories import NOW, World
from opened import open_world
from time_machine import travel

from cordee.appointments.models import Appointment
from cordee.visits.models import Visit

TEN_LOCAL = "2026-12-08T11:00"


@pytest.fixture(autouse=True)
def _today() -> object:
    cache.clear()
    with travel(NOW + timedelta(seconds=30), tick=False):
        yield


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


@pytest.fixture
def citizen() -> Client:
    return Client(headers={"accept-language": "fr"})


def page(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query, follow=True)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def form_of(world: World, **changes: str) -> dict[str, str]:
    return {
        "motif": str(world.reason.pk),
        "lieu": str(world.site.pk),
        "heure": TEN_LOCAL,
        "cle": "0" * 31 + "1",
        "name": "Élodie Girard",
        "contact_kind": "mobile",
        "contact": "06 12 34 56 78",
        **changes,
    }


def test_citizen_books_by_following_the_pages(opened: World, citizen: Client) -> None:
    found = page(citizen, "/rendez-vous/", mots="alocation logment")
    motif = re.search(r'name="motif" value="(\d+)"', found)
    assert motif
    assert motif[1] == str(opened.reason.pk)
    places = page(citizen, "/rendez-vous/lieu/", motif=motif[1], depart="guilestre")
    link = re.search(r'href="(/rendez-vous/heure/[^"]+)"', places)
    assert link
    hours = page(citizen, link[1])
    value = re.search(r'name="heure" value="([^"]+)"', hours)
    assert value
    who = page(citizen, f"{link[1].replace('/heure/', '/vous/')}&heure={value[1]}")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', who))
    given = {"name": "Zoé", "contact_kind": "none", "contact": "", "commune": "Guillestre"}
    done = citizen.post("/rendez-vous/vous/", {**hidden, **given}, follow=True)
    said = html.unescape(done.content.decode())
    appointment = Appointment.objects.get()
    assert appointment.hold_ends_at is None
    assert Visit.objects.get().appointment == appointment
    assert "C’est noté." in said
    assert appointment.code
    assert f"{appointment.code[:4]} {appointment.code[4:]}" in said
    assert appointment.commune == opened.site.commune


def test_form_sent_twice_is_one_appointment(opened: World, citizen: Client) -> None:
    first = citizen.post("/rendez-vous/vous/", form_of(opened))
    again = citizen.post("/rendez-vous/vous/", form_of(opened))
    assert first["Location"] == again["Location"]
    assert Appointment.objects.count() == 1
