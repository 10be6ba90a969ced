"""What is proposed in the place of an appointment that cannot be kept is taken at the desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from factories import NOW, World
from opened import another_agent, another_site, booked
from web.browsing import page

from cordee.appointments import cascade
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Appointment
from cordee.appointments.rules import ContactKind
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.territory import services as territory
from cordee.territory.models import Site, TravelTime
from cordee.visits.models import Visit

pytestmark = pytest.mark.usefixtures("today")

CALLED = Citizen("Marcelle Oury", ContactKind.LANDLINE, "04 92 45 00 21")
ON_PAPER = Citizen("Odette Garcin")


@pytest.fixture
def elsewhere(opened: World) -> Site:
    return another_site(opened, "Mairie d’Aiguilles")[0]


def _closed(world: World, citizen: Citizen) -> str:
    """Close the whole day of somebody's appointment; return the address of its page."""
    visit = booked(world, citizen=citizen)
    day = visit.appointment.starts_at.replace(hour=0), visit.appointment.starts_at.replace(hour=23)
    territory.close_site(site=world.site, period=Period(*day), actor=OPERATOR, now=NOW)
    cascade.sweep(now=NOW)
    return f"/accueil/rendez-vous/{visit.public_id}/"


def _proposed(shown: str, words: str) -> dict[str, str]:
    """Return what the button with these words sends."""
    buttons = re.findall(r'name="proposition" value="(\d+)"[^>]*>(.*?)</button>', shown, re.DOTALL)
    return {"proposition": next(key for key, said in buttons if words in said)}


def test_a_person_on_the_telephone_is_sent_to_another_place_when_theirs_is_closed(
    opened: World, desk: Client, elsewhere: Site
) -> None:
    address = _closed(opened, CALLED)
    old = Appointment.objects.get()
    choice = _proposed(page(desk, address), elsewhere.name)

    moved = desk.post(f"{address}autre/", choice)

    appointment = Appointment.objects.confirmed().get()
    assert appointment.kiosk.site == elsewhere
    assert (appointment.starts_at, appointment.code) == (old.starts_at, old.code)
    shown = page(desk, moved["Location"])
    assert "Marcelle Oury" in shown
    assert "papier.pdf" in shown
    assert desk.post(f"{address}autre/", choice)["Location"] == moved["Location"]
    assert Appointment.objects.count() == 2
    booked_by = Entry.objects.filter(verb="booked", object_id=str(appointment.pk)).get()
    assert booked_by.actor_id == str(opened.host.pk)


def test_another_place_is_proposed_with_the_way_from_home(
    opened: World, desk: Client, elsewhere: Site
) -> None:
    home = territory.add_commune(
        territory=opened.site.commune.territory,
        insee_code="05061",
        name="Gap",
        actor=OPERATOR,
        now=NOW,
    )
    address = _closed(opened, CALLED)
    Appointment.objects.update(commune=home)
    assert "min de route" not in page(desk, address)
    TravelTime.objects.create(commune=home, site=elsewhere, minutes=25)

    assert page(desk, address).count("25\xa0min de route depuis Gap.") == 1


def test_another_hour_here_is_among_what_is_proposed(opened: World, desk: Client) -> None:
    address = _closed(opened, ON_PAPER)
    next_day = _proposed(page(desk, address), "Mercredi 9 décembre")

    assert "papier.pdf" in page(desk, f"{address}autre/", next_day)

    assert Appointment.objects.confirmed().get().kiosk.site == opened.site


def test_a_visit_becomes_a_call_to_the_number_that_is_known(opened: World, desk: Client) -> None:
    address = _closed(opened, CALLED)
    shown = page(desk, address)
    assert 'name="numero"' not in shown

    called = page(desk, f"{address}autre/", _proposed(shown, "Par téléphone"))

    assert "on appelle la personne au 04\u00a092\u00a045\u00a000\u00a021" in called
    assert "papier.pdf" not in called
    assert 'name="proposition"' not in called
    assert Appointment.objects.by_telephone().get().citizen == "Marcelle Oury"


def test_a_call_whose_hour_is_over_is_said_in_the_past(opened: World, desk: Client) -> None:
    address = _closed(opened, CALLED)
    page(desk, f"{address}autre/", _proposed(page(desk, address), "Par téléphone"))

    Appointment.objects.update(starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1))
    shown = page(desk, address)

    assert "Ce rendez-vous était par téléphone : " in shown
    assert "on appelle la personne" not in shown


def test_who_left_no_number_gives_one_for_the_call(opened: World, desk: Client) -> None:
    address = _closed(opened, ON_PAPER)
    choice = _proposed(page(desk, address), "Faire appeler à ce numéro")

    for typed, said in (("", "Écrivez le numéro"), ("12", 'value="12"')):
        refused = page(desk, f"{address}autre/", {**choice, "numero": typed})
        assert 'role="alert"' in refused
        assert said in refused
        assert "Ce rendez-vous ne peut pas avoir lieu" in refused
    assert not Appointment.objects.by_telephone().exists()

    page(desk, f"{address}autre/", {**choice, "numero": "04 92 45 00 21"})
    assert Appointment.objects.by_telephone().get().citizen_phone == "+33492450021"


def test_an_hour_that_has_gone_is_said_and_another_is_chosen(
    opened: World, desk: Client, elsewhere: Site
) -> None:
    address = _closed(opened, CALLED)
    choice = _proposed(page(desk, address), elsewhere.name)
    theirs = Visit.objects.get().appointment.starts_at
    booked(opened, theirs, site=elsewhere, agent=another_agent(opened))

    refused = page(desk, f"{address}autre/", choice)

    assert 'role="alert"' in refused
    assert _proposed(refused, "Par téléphone")
    assert Appointment.objects.confirmed().filter(citizen="Marcelle Oury").count() == 1


def test_what_is_proposed_to_others_is_none_of_this_visit(opened: World, desk: Client) -> None:
    address = _closed(opened, CALLED)
    choice = _proposed(page(desk, address), "Par téléphone")
    other = booked(opened, Visit.objects.get().appointment.starts_at.replace(day=9))

    refused = page(desk, f"/accueil/rendez-vous/{other.public_id}/autre/", choice)

    assert "Cette proposition n’est plus là." in refused
    assert Appointment.objects.confirmed().count() == 2


def test_an_appointment_that_stands_proposes_nothing(opened: World, desk: Client) -> None:
    address = f"/accueil/rendez-vous/{booked(opened).public_id}/"
    shown = page(desk, address)
    assert 'name="proposition"' not in shown
    assert "papier.pdf" in shown


def test_proposals_at_a_place_of_others_do_not_exist_here(
    opened: World, desk: Client, elsewhere: Site
) -> None:
    there = booked(opened, site=elsewhere)
    answer = desk.post(f"/accueil/rendez-vous/{there.public_id}/autre/", {"proposition": "1"})
    assert answer.status_code == 404
