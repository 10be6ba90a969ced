from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from factories import NOW, World
from factories import signed_in as session_of
from opened import open_world
from pytest_django import Settings
from time_machine import travel
from web.browsing import LATER, SLOT
from web.valley import Valley, make_user

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.directory.models import Agent, Mandate, Partner, Reason
from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk
from cordee.journal.rules import OPERATOR
from cordee.territory import services as territory_services
from cordee.territory.models import Commune, Posting, Site, SiteClosure, Territory

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _in_french_and_quick(settings: Settings) -> None:
    translation.activate("fr")
    # A slow hash protects real passwords; a test's needs none.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def _noon() -> Iterator[None]:
    """Let it be noon: what a test books around now is then on one day, whenever it runs."""
    with travel(datetime.now(PARIS).replace(hour=12, minute=0, second=0, microsecond=0)):
        yield


@pytest.fixture
def valley(db: None, _noon: None) -> Valley:
    territory = Territory.objects.create(code="05", name="Hautes-Alpes")
    commune = Commune.objects.create(territory=territory, insee_code="05065", name="Guillestre")
    far = Commune.objects.create(territory=territory, insee_code="05179", name="Veynes")
    site = Site.objects.create(commune=commune, name="Maison de la vallée", phone="04 65 71 00 12")
    other_site = Site.objects.create(commune=far, name="Médiathèque", phone="04 65 71 00 13")
    kiosk = Kiosk.objects.create(
        site=site, name="Guillestre 1", public_key="k" * 43, enrolled_at=datetime.now(UTC)
    )
    family = Partner.objects.create(slug="allocations", label="Allocations familiales 05")
    taxes = Partner.objects.create(slug="impots", label="Impôts 05")
    host = make_user("accueil@demo.invalid", Role.HOST, "Paul B.")
    for place in (site, other_site):
        Posting.objects.create(user=host, site=place)
    reason = Reason.objects.create(partner=family, label="Aide au logement", duration_min=45)
    martin = make_user("conseil@demo.invalid", Role.AGENT, "Madame Martin")
    roux = make_user("impots@demo.invalid", Role.AGENT, "Monsieur Roux")
    return Valley(
        site=site,
        other_site=other_site,
        kiosk=kiosk,
        reason=reason,
        agent=Agent.objects.create(user=martin, partner=family, label="Madame Martin"),
        stranger=Agent.objects.create(user=roux, partner=taxes, label="Monsieur Roux"),
        host=host,
        technician=make_user("technique@demo.invalid", Role.TECHNICIAN, "Anne T."),
    )


@pytest.fixture
def manager(valley: Valley) -> User:
    user = make_user("responsable@demo.invalid", Role.MANAGER, "Madame Faure")
    Mandate.objects.create(user=user, partner=valley.agent.partner)
    return user


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def open_session(user: User) -> Client:
        client = Client(headers={"accept-language": "fr"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return open_session


@pytest.fixture
def today() -> Iterator[None]:
    """Let it be the factories' day, and nobody has asked anything yet."""
    cache.clear()
    with travel(NOW + timedelta(seconds=30), tick=False):
        yield


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


@pytest.fixture
def citizen() -> Client:
    return Client(headers={"accept-language": "fr"})


@pytest.fixture
def desk(opened: World) -> Client:
    """The host of the factories' site, at their desk, in French."""
    territory_services.post_host(user=opened.host, site=opened.site, actor=OPERATOR, now=NOW)
    client = session_of(opened.host)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


@pytest.fixture
def full(world: World) -> World:
    """One kiosk, open for half an hour today and half an hour two days later."""
    open_world(world)
    fleet.revoke(kiosk=world.other_box.kiosk, actor=OPERATOR, now=NOW)
    half = timedelta(minutes=30)
    for start, end in (
        (NOW - half, SLOT),
        (SLOT + half, LATER),
        (LATER + half, NOW + timedelta(days=90)),
    ):
        SiteClosure.objects.create(site=world.site, starts_at=start, ends_at=end)
    return world
