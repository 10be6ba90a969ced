"""A kiosk that does not work, said at the desk and by the technician."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from factories import NOW, World, signed_in
from opened import another_site, booked, someone
from web.browsing import page

from cordee.appointments import cascade
from cordee.appointments.citizens import Citizen
from cordee.fleet.models import Kiosk, KioskOutage
from cordee.notices.models import Notice

pytestmark = pytest.mark.usefixtures("today")

PARIS = ZoneInfo("Europe/Paris")


def _seen(asking: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', asking)
    assert found is not None
    return found[1]


def at_desk(kiosk: Kiosk, act: str) -> str:
    return f"/accueil/bornes/{kiosk.public_id}/{act}/"


def test_a_kiosk_goes_out_of_service_after_showing_whom_it_touches(
    opened: World, desk: Client
) -> None:
    booked(opened, citizen=Citizen("Jeanne Blanc"))
    kiosk, address = opened.box.kiosk, at_desk(opened.box.kiosk, "panne")
    assert address in page(desk, "/accueil/")
    assert "Jusqu’à ce soir" in page(desk, address)
    asking = page(desk, f"{address}?until=jour")
    assert "1 personne a rendez-vous" in asking
    assert "Jeanne Blanc" in asking
    assert not KioskOutage.objects.exists()

    asked = {"until": "jour", "seen": _seen(asking)}
    day = page(desk, address, asked)

    assert "Guillestre 1 est hors service. Les personnes touchées" in day
    assert re.search(r'<span class="light warn"><svg.*?</svg>Hors service</span>', day)
    assert "Jusqu’au mardi 8 décembre compris" in day
    outage = KioskOutage.objects.get(kiosk=kiosk)
    assert outage.ends_at == datetime(2026, 12, 9, tzinfo=PARIS)


def test_who_booked_meanwhile_is_shown_before_anything_is_changed(
    opened: World, desk: Client
) -> None:
    address = at_desk(opened.box.kiosk, "panne")
    asking = page(desk, f"{address}?until=ouvert")
    assert "Personne n’a rendez-vous sur cette borne d’ici là." in asking
    booked(opened, citizen=someone("Jeanne Blanc"))
    again = page(desk, address, {"until": "ouvert", "seen": _seen(asking)})
    assert "Jeanne Blanc" in again
    assert not KioskOutage.objects.exists()


def test_a_kiosk_works_again_by_one_button_and_people_hear_of_it(
    opened: World, desk: Client
) -> None:
    booked(opened)
    KioskOutage.objects.create(kiosk=opened.box.kiosk, starts_at=NOW - timedelta(days=1))
    cascade.sweep(now=NOW)
    day = page(desk, "/accueil/")
    assert "Jusqu’à ce qu’elle remarche" in day
    assert "Changer la fin" in day
    back = at_desk(opened.box.kiosk, "remarche")
    assert back in day
    assert "Guillestre 1 est de nouveau en service." in page(desk, back, {"x": ""})
    assert not KioskOutage.objects.exists()
    assert Notice.objects.filter(key__contains=" stands ", key__endswith=" citizen").count() == 1
    assert "Guillestre 1 était déjà en service." in page(desk, back, {"x": ""})


def test_no_choice_is_said_in_plain_words(opened: World, desk: Client) -> None:
    asked = page(desk, at_desk(opened.box.kiosk, "panne"), {"until": "toujours"})
    assert "Choisissez jusqu’à quand." in asked


@pytest.mark.parametrize("act", ["panne", "remarche"])
def test_a_kiosk_of_another_place_is_none_of_the_desk(
    opened: World, desk: Client, act: str
) -> None:
    _, theirs = another_site(opened)
    assert desk.post(at_desk(theirs, act), {"until": "jour"}).status_code == 404
    assert not KioskOutage.objects.exists()


def test_the_technician_sees_hours_and_no_names(opened: World) -> None:
    booked(opened, citizen=Citizen("Jeanne Blanc"))
    client = signed_in(opened.technician)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    address = f"/parc/bornes/{opened.box.kiosk.public_id}/panne/"
    assert address in page(client, "/parc/")
    asking = page(client, f"{address}?until=semaine")
    assert "Mardi 8 décembre" in asking
    assert "Jeanne Blanc" not in asking
    listed = page(client, address, {"until": "semaine", "seen": _seen(asking)})
    assert re.search(r'<span class="light warn"><svg.*?</svg>1 hors service</span>', listed)
    assert "Jusqu’au lundi 14 décembre compris" in listed
    back = f"/parc/bornes/{opened.box.kiosk.public_id}/remarche/"
    assert "de nouveau en service" in page(client, back, {"x": ""})
