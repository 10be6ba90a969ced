"""A host closes the place for hours, a day or several days, and opens it again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from factories import NOW, World
from opened import ELEVEN, another_site, booked
from time_machine import travel
from web.browsing import page

from cordee.appointments import cascade
from cordee.notices.models import Notice
from cordee.territory.models import SiteClosure

pytestmark = pytest.mark.usefixtures("today")


def _seen(asking: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', asking)
    assert found is not None
    return found[1]


def test_closing_shows_who_has_booked_since_before_anything_is_closed(
    opened: World, desk: Client
) -> None:
    asked = {"day": "2026-12-08"}
    asked["seen"] = _seen(page(desk, "/accueil/fermetures/?day=2026-12-08"))
    booked(opened)
    asking = page(desk, "/accueil/fermetures/", asked)
    assert "1 personne a rendez-vous" in asking
    assert not SiteClosure.objects.exists()
    page(desk, "/accueil/fermetures/", {**asked, "seen": _seen(asking)})
    assert SiteClosure.objects.exists()


def test_closing_the_day_does_not_promise_anything_to_who_has_been(
    opened: World, desk: Client
) -> None:
    visit = booked(opened)
    with travel(visit.appointment.starts_at + timedelta(minutes=1), tick=False):
        asking = page(desk, "/accueil/fermetures/?day=2026-12-08")
    assert "Personne n’a rendez-vous à ce moment-là." in asking


def test_a_closure_ends_at_midnight_of_its_own_day(opened: World, desk: Client) -> None:
    asking = page(desk, "/accueil/fermetures/?day=2026-12-08&since=14:00")
    assert "de 14\u00a0h\u00a000 à 24\u00a0h\u00a000" in asking
    asked = {"day": "2026-12-08", "since": "14:00", "seen": ""}
    listed = page(desk, "/accueil/fermetures/", asked)
    assert "Mardi 8 décembre, 14\u00a0h\u00a000 – 24\u00a0h\u00a000" in listed


def test_days_of_works_are_one_closure_that_says_whom_it_touches_on_which_day(
    opened: World, desk: Client
) -> None:
    booked(opened)
    asked = {"day": "2026-12-07", "last_day": "2026-12-18"}
    asking = page(desk, "/accueil/fermetures/?day=2026-12-07&last_day=2026-12-18")
    assert "Fermer du lundi 7 décembre au vendredi 18 décembre compris, toute la journée" in asking
    assert "<li>Mardi 8 décembre, " in asking
    page(desk, "/accueil/fermetures/", {**asked, "seen": _seen(asking)})
    closure = SiteClosure.objects.get()
    assert closure.ends_at - closure.starts_at == timedelta(days=12)

    asking = page(desk, "/accueil/fermetures/?day=2027-01-04&last_day=2027-01-05&since=14:00")
    assert "Fermer du lundi 4 janvier, 14 h 00, au mardi 5 janvier, 24 h" in asking


def test_closing_says_first_whom_it_touches(opened: World, desk: Client) -> None:
    booked(opened)
    asked = {"day": "2026-12-08", "since": "10:00", "until": "12:00", "note": "Neige"}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    asking = page(desk, f"/accueil/fermetures/?{query}")
    assert "1 personne a rendez-vous" in asking
    assert "toute la journée" in page(desk, "/accueil/fermetures/?day=2026-12-08")
    assert not SiteClosure.objects.exists()
    asked["seen"] = _seen(asking)
    assert "Neige" in page(desk, "/accueil/fermetures/", asked)
    closure = SiteClosure.objects.get()
    assert closure.starts_at == datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    cascade.sweep(now=NOW)
    again = {"fermeture": str(closure.pk)}
    assert "La fermeture est levée." in page(desk, "/accueil/fermetures/lever/", again)
    assert not SiteClosure.objects.exists()
    assert "déjà levée" in page(desk, "/accueil/fermetures/lever/", again)
    assert Notice.objects.filter(key__contains=" stands ", key__endswith=" citizen").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": "2020-01-01"}, "déjà passé"),
        ({"since": "12:00", "until": "10:00"}, "plus tard que le début"),
        ({"day": "2027-03-28", "since": "02:30"}, "n’existe pas ce jour-là"),
        ({"day": "9999-12-31"}, "Écrivez le jour comme ceci"),
        ({"last_day": "2026-12-07"}, "dernier jour est avant le premier"),
        ({"last_day": "2028-12-07"}, "Un an au plus"),
        ({"last_day": "9999-12-31"}, "Écrivez le jour comme ceci"),
    ],
)
def test_a_closure_that_cannot_be_is_explained(
    desk: Client, changes: dict[str, str], words: str
) -> None:
    assert words in page(desk, "/accueil/fermetures/", {"day": "2026-12-08", **changes})
    assert not SiteClosure.objects.exists()


def test_a_note_longer_than_its_column_is_explained_and_closes_nothing(desk: Client) -> None:
    asked = {"day": "2026-12-08", "note": "x" * 121, "seen": ""}
    assert "120 signes au plus" in page(desk, "/accueil/fermetures/", asked)
    assert not SiteClosure.objects.exists()
    page(desk, "/accueil/fermetures/", {**asked, "note": "x" * 120})
    assert SiteClosure.objects.get().note == "x" * 120


def test_closure_of_another_site_is_not_lifted_here(opened: World, desk: Client) -> None:
    there, _kiosk = another_site(opened)
    start = ELEVEN
    closure = SiteClosure.objects.create(
        site=there, starts_at=start, ends_at=start + timedelta(hours=1)
    )
    answer = desk.post("/accueil/fermetures/lever/", {"fermeture": str(closure.pk)})
    assert answer.status_code == 404
    assert SiteClosure.objects.exists()
