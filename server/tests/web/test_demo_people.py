"""The command that seeds, whom it makes, and what they find to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from kept import kept_for_a_module
from pytest_django import DjangoDbBlocker

from cordee.accounts.models import User
from cordee.appointments.models import Appointment
from cordee.jobs.demo.bookings import ZONE
from cordee.territory.models import Site

pytestmark = pytest.mark.django_db
GUILLESTRE = "Maison de la vallée"
People = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def kept_people(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[People]:
    """Make a whole territory once for the tests here that only look at it."""
    out = StringIO()
    with kept_for_a_module(django_db_blocker):
        call_command("seed_territory", "--hours-a-month", "5", "--json", stdout=out)
        yield json.loads(out.getvalue())["people"]


@pytest.mark.parametrize(
    ("role", "path", "shown"),
    [
        ("manager", "/administration/remplacements/", "reprend-"),
        ("manager", "/administration/sans-reponse/", 'name="visit"'),
        ("manager", "/administration/sans-reponse/", "Rappel fait"),
        ("host", "/accueil/", "À rappeler par téléphone"),
        ("agent", "/guichet/semaine/", "/guichet/"),
        ("agent", "/guichet/suivi/", 'name="outcome"'),
    ],
)
def test_the_people_of_the_demo_find_something_to_do(
    kept_people: People, client: Client, role: str, path: str, shown: str
) -> None:
    user = User.objects.get(email=kept_people[role]["email"])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if role == "host":
        site = Site.objects.get(name=GUILLESTRE)
        client.post("/accueil/lieu/", {"site": site.pk})
        coming = Appointment.objects.filter(contact_kind="landline").first()
        assert coming is not None
        path += f"?jour={coming.starts_at.astimezone(ZONE):%Y-%m-%d}"

    assert shown in client.get(path).content.decode()


def test_the_demo_agent_can_sign_in_and_the_others_cannot(kept_people: People) -> None:
    person = kept_people["agent"]
    assert User.objects.get(email=person["email"]).check_password(person["password"])
    other = User.objects.get(email="conseil-2@demo.invalid")
    assert not other.has_usable_password()
