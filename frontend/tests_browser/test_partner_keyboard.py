"""A manager hands visits over and calls people back, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.stand.axe import barriers
from e2e.stand.server import Server

WIDTHS_PX = (320, 390, 1280)
TABS = 60
"""More stops than any page of the manager has before what is looked for."""
LONG_MS = 30_000
AN_AGENT_FALLS_OUT = """
from datetime import datetime, time, timedelta
from django.utils import timezone
from cordee.appointments import cascade
from cordee.appointments.models import Appointment
from cordee.appointments.services import check_in
from cordee.directory import mandates, openings
from cordee.directory.models import Agent, Partner, Reason
from cordee.fleet.models import Kiosk
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.visits.services import book
now = timezone.now()
partner, agent = Partner.objects.get(slug="allocations"), Agent.objects.get(label="Madame Martin")
reason, kiosk = Reason.objects.get(partner=partner), Kiosk.objects.order_by("pk").first()
mandates.take_on(partner=partner, email="petit@demo.invalid", password="quatre mots dans la neige",
    label="Monsieur Petit", actor=OPERATOR, now=now)
day = timezone.localdate() + timedelta(days=3)
def at(hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))
def booked(citizen, starts_at, since):
    return book(kiosk=kiosk, agent=agent, reason=reason, citizen=citizen, starts_at=starts_at,
        actor=OPERATOR, now=since)
for hour, citizen in ((10, "Lucie"), (14, "Marie-Antoinette de la Tour")):
    booked(citizen, at(hour), now)
past = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
missed = booked("Paul", past, past - timedelta(days=1)).appointment
Appointment.objects.filter(pk=missed.pk).update(citizen_phone="04 92 45 00 00")
check_in(appointment=missed, actor=OPERATOR, now=past)
absence = openings.add_absence(agent=agent, period=Period(at(8), at(18)), actor=OPERATOR, now=now)
cascade.fall_out_of(absence=absence, now=now)
"""
FOCUSED = """() => {
    const one = document.activeElement;
    const label = one.labels && one.labels.length ? one.labels[0].textContent : "";
    return `${label} ${one.tagName === "SELECT" ? "" : one.textContent || ""}`
        .replace(/\\s+/g, " ").trim();
}"""
CUT_OFF = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def office(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    server = Server(tmp_path_factory.mktemp("server"))
    known: dict[str, Any] = server.seed(partner_site="http://127.0.0.1:9/")
    with server:
        server.command("shell", "-c", AN_AGENT_FALLS_OUT)
        context = chromium.new_context(
            base_url=server.url, locale="fr-FR", timezone_id="Europe/Paris"
        )
        context.set_default_timeout(LONG_MS)
        page = context.new_page()
        page.goto("/connexion/")
        page.fill("input[name=username]", known["people"]["manager"]["email"])
        page.fill("input[name=password]", known["people"]["manager"]["password"])
        page.click("main button[type=submit]")
        page.wait_for_url("**/administration/")
        yield page
        context.close()


def to(page: Page, name: str) -> None:
    """Press Tab until what has the keyboard begins with `name`."""
    for _ in range(TABS):
        if page.evaluate(FOCUSED).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


def speak(page: Page, language: str) -> None:
    origin = page.evaluate("location.origin")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": origin}])


def is_for_everyone(page: Page) -> None:
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 844})
        assert not page.evaluate(CUT_OFF), width_px
        assert barriers(page) == [], width_px


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ["", "remplacements/", "sans-reponse/", "agents/1/fermer/"])
def test_what_needs_somebody_is_for_everyone(office: Page, path: str, language: str) -> None:
    speak(office, language)
    office.goto(f"/administration/{path}")
    assert office.get_attribute("html", "lang") == language
    is_for_everyone(office)


def test_visits_are_handed_over_and_people_called_back_by_keyboard(office: Page) -> None:
    speak(office, "fr")
    office.goto("/administration/")
    to(office, "Voir qui peut")
    office.keyboard.press("Enter")
    expect(office.locator("h1")).to_have_text("Remplacements")
    to(office, "Confier Lucie")
    office.keyboard.press("Enter")
    expect(office.locator(".messages")).to_contain_text("1 rendez-vous est repris")
    office.wait_for_load_state()
    to(office, "Tout confier comme choisi")
    office.keyboard.press("Enter")
    expect(office.locator("main")).to_contain_text("Aucun rendez-vous n’est à reprendre")
    to(office, "Sans réponse")
    office.keyboard.press("Enter")
    expect(office.locator("h1")).to_have_text("Sans réponse")
    to(office, "Note, pour votre administration seulement")
    office.keyboard.type("Revient jeudi")
    to(office, "C’est fait Paul")
    office.keyboard.press("Enter")
    expect(office.locator("main")).to_contain_text("Revient jeudi")
    expect(office.locator("main")).to_contain_text("Personne n’est à rappeler")
    is_for_everyone(office)
