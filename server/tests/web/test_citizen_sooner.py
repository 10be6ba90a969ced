"""An earlier hour than one's appointment: waited for from its page."""

from __future__ import annotations

import pytest
from django.test import Client
from factories import NOW, World
from opened import booked, someone
from web.browsing import LATER, SLOT, form_of, page

from cordee.appointments import waiting
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.journal.rules import OPERATOR
from cordee.visits import services as visits_services
from cordee.visits.models import Visit

pytestmark = pytest.mark.usefixtures("today")

TODAY, DAY_AFTER_NEXT = "2026-12-08T15:00", "2026-12-10T15:00"


def book(client: Client, world: World, hour: str) -> str:
    """Book by page; return where the appointment is."""
    return client.post("/rendez-vous/vous/", form_of(world, heure=hour))["Location"]


def test_earlier_hour_is_waited_for_from_the_appointment(full: World, citizen: Client) -> None:
    other = booked(full, SLOT)
    own = book(citizen, full, DAY_AFTER_NEXT)
    assert "Me prévenir si une heure plus tôt" in page(citizen, own)

    assert "Ne plus me prévenir" in page(citizen, f"{own}plus-tot/", {"oui": "1"})
    visits_services.cancel(visit=other, actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 1
    offer = Offer.objects.get()
    phone = Client(headers={"accept-language": "fr"})
    code = {"code": offer.code, "name": offer.entry.citizen}
    assert "Elle remplace votre rendez-vous" in page(phone, "/mon-rendez-vous/", code)
    phone.post(f"/liste-attente/{offer.entry_id}/reponse/", {"place": offer.code, "reponse": "oui"})

    assert Appointment.objects.confirmed().get().starts_at == SLOT


def test_earlier_hour_is_waited_for_no_longer(full: World, citizen: Client) -> None:
    own = book(citizen, full, DAY_AFTER_NEXT)
    citizen.post(f"{own}plus-tot/")

    left = page(citizen, f"{own}plus-tot/", {"non": "1"})

    assert "Me prévenir si une heure plus tôt" in left
    assert WaitingEntry.objects.get().closed_at is not None


def test_who_has_moved_may_wait_at_once_for_an_earlier_hour_than_the_new_one(
    full: World, citizen: Client
) -> None:
    first = book(citizen, full, TODAY)
    citizen.post(f"{first}plus-tot/")
    waits = WaitingEntry.objects.get()
    to = {"lieu": str(full.site.pk), "heure": DAY_AFTER_NEXT, "cle": "1" * 32}
    moved = citizen.post(f"{first}changer/", to)["Location"]
    assert Visit.objects.count() == 2

    asked = page(citizen, f"{moved}plus-tot/", {"oui": "1"})

    assert "Nous vous écrirons si une heure plus tôt se libère ici." in asked
    assert "déjà sur la liste d’attente" not in asked
    waits.refresh_from_db()
    assert waits.closed_at is not None
    stands = Appointment.objects.confirmed().get()
    assert WaitingEntry.objects.get(closed_at=None).replaces == stands


def test_who_cancels_waits_for_no_earlier_hour(full: World) -> None:
    visit = booked(full, LATER, citizen=someone())
    waiting.enter(
        reason=full.reason,
        site=full.site,
        citizen=someone(),
        until_at=LATER,
        replaces=visit.appointment,
        actor=OPERATOR,
        now=NOW,
    )
    visits_services.cancel(visit=visit, actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 0
    assert WaitingEntry.objects.get().closed_at == NOW
