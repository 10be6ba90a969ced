"""Free hours on the waiting list's pages: elsewhere before one waits, and of the day offered."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from factories import NOW, World
from opened import another_site, booked, nothing_free, open_world, someone
from web.browsing import page

from cordee.appointments import waiting
from cordee.appointments.holding import citizen_of
from cordee.appointments.models import Offer
from cordee.journal.rules import OPERATOR
from cordee.territory.models import Commune, Territory, TravelTime

pytestmark = pytest.mark.usefixtures("today")

ELSEWHERE = "Ailleurs, une heure est déjà libre"
LATER = NOW + timedelta(days=2, hours=6)


def asked(client: Client, world: World, **more: str) -> str:
    """Return the page that asks who waits, for the world's place."""
    chosen = {"motif": str(world.reason.pk), "lieu": str(world.site.pk), **more}
    return html.unescape(client.get("/rendez-vous/attente/", chosen).content.decode())


def offered(world: World, **changes: object) -> Offer:
    """Let somebody enter while nothing is free, and offer them the first hour after."""
    given = {"site": world.site, "citizen": someone(), "until_at": LATER, **changes}
    with nothing_free():
        waiting.enter(reason=world.reason, actor=OPERATOR, now=NOW, **given)  # type: ignore[arg-type]
    assert waiting.offer_freed(now=NOW) == 1
    return Offer.objects.get()


def opened_by_code(client: Client, offer: Offer) -> str:
    """Open the offer as somebody does who has only its message."""
    return page(client, "/mon-rendez-vous/", {"code": offer.code, "name": offer.entry.citizen})


@pytest.mark.parametrize(("minutes", "is_near"), [(45, True), (46, False)])
def test_only_places_within_reach_are_shown_before_one_waits(
    world: World, citizen: Client, minutes: int, *, is_near: bool
) -> None:
    open_world(world)
    mairie, _ = another_site(world)
    home = Commune.objects.create(
        territory=world.site.commune.territory, insee_code="05999", name="Ailleurs"
    )
    for site, far in ((world.site, 5), (mairie, minutes)):
        TravelTime.objects.create(commune=home, site=site, minutes=far)

    text = asked(citizen, world, commune="05999")

    assert (ELSEWHERE in text) is is_near
    link = f"/rendez-vous/heure/?motif={world.reason.pk}&commune=05999&lieu={mairie.pk}"
    assert (f'"{link}"' in text) is is_near
    with nothing_free():
        assert ELSEWHERE not in asked(citizen, world, commune="05999")


def test_places_are_shown_for_whoever_can_receive(world: World, citizen: Client) -> None:
    open_world(world)
    another_site(world)
    text = asked(citizen, world, avec="0" * 32)
    assert ELSEWHERE in text
    assert re.search(r'href="/rendez-vous/[^"]+avec=', text) is None


def test_who_has_an_appointment_is_shown_no_other_hours(world: World, citizen: Client) -> None:
    open_world(world)
    another_site(world)
    booked(world, LATER, citizen=someone("Élodie Girard", phone="06 12 34 56 78"))
    sent = {
        "motif": str(world.reason.pk),
        "lieu": str(world.site.pk),
        "place": "ici",
        "name": "Élodie Girard",
        "contact": "06 12 34 56 78",
    }
    text = page(citizen, "/rendez-vous/attente/", sent)
    assert "a déjà un rendez-vous" in text
    assert ELSEWHERE not in text


def test_offer_shows_the_other_free_hours_of_its_day(world: World, citizen: Client) -> None:
    open_world(world)
    seen = opened_by_code(citizen, offered(world))

    shown = re.search(r"Aussi libre ce jour-là, au même endroit\s: (.+)\.</span>", seen)
    link = re.search(r'href="([^"]+)">Voir ces heures', seen)
    assert shown is not None
    assert link is not None
    hours = page(citizen, link[1])
    assert "Mardi 8 décembre" in hours
    for hour in shown[1].split(", "):
        assert f">{hour}</button>" in hours


def test_who_wants_an_earlier_hour_may_choose_another_of_that_day(
    world: World, citizen: Client
) -> None:
    open_world(world)
    has = booked(world, LATER).appointment
    seen = opened_by_code(citizen, offered(world, replaces=has, citizen=citizen_of(has)))

    link = re.search(r'href="([^"]+)">Voir ces heures', seen)
    assert link is not None
    assert "/changer/" in link[1]
    assert "Mardi 8 décembre" in page(citizen, link[1])


def test_hours_of_an_offer_are_those_of_its_place(world: World, citizen: Client) -> None:
    open_world(world)
    Territory.objects.update(time_zone="Indian/Reunion")
    offer = offered(world)
    local = offer.appointment.starts_at + timedelta(hours=4)
    seen = opened_by_code(citizen, offer)
    assert f"{local.hour}\u00a0h\u00a0{local.minute:02d}" in seen
