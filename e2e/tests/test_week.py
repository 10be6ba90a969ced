"""The agent's week in a real browser against the real server: by keyboard, and without barriers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from e2e.stand.agent import Agent
from e2e.stand.axe import barriers
from e2e.stand.server import Server

PATHS = (
    "/guichet/semaine/",
    "/guichet/semaine/plages/",
    "/guichet/semaine/absence/",
    "/guichet/semaine/ouverture/",
    "/guichet/agenda/",
    "/guichet/suivi/",
)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Page, datetime]]:
    """Return a server, the page of an agent who logged in, and the hour of their one visit."""
    folder = tmp_path_factory.mktemp("week")
    server = Server(folder / "server")
    seeded = server.seed(partner_site="https://partenaire.invalid")
    person = seeded["people"]["agent"]
    day = (datetime.now(PARIS) + timedelta(days=7)).date()
    hour = datetime(day.year, day.month, day.day, 10, tzinfo=PARIS)
    wishes = ["--kiosk", seeded["kiosk"], "--agent", person["email"]]
    wishes += ["--reason", str(seeded["reason"]), "--citizen", "Lucie"]
    server.command("book", *wishes, "--at", hour.astimezone(UTC).isoformat(), "--json")
    with server, Agent(folder / "agent", server_url=server.url) as agent:
        agent.log_in(person["email"], person["password"])
        yield server, agent.page, hour


def _type_into(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)


@pytest.mark.parametrize("width_px", [390, 1280])
@pytest.mark.parametrize("path", PATHS)
def test_page_has_no_barrier_and_fits_its_width(
    stand: tuple[Server, Page, datetime], path: str, width_px: int
) -> None:
    server, page, hour = stand
    page.set_viewport_size({"width": width_px, "height": 844})
    page.goto(f"{server.url}{path}?semaine={hour:%Y-%m-%d}")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px


def test_absence_is_noted_by_keyboard_once_who_it_touches_was_shown(
    stand: tuple[Server, Page, datetime],
) -> None:
    server, page, hour = stand
    page.goto(f"{server.url}/guichet/semaine/absence/")
    _type_into(page, "Du", f"{hour:%Y-%m-%d}")
    _type_into(page, "À partir de", "09:00")
    _type_into(page, "Au", f"{hour:%Y-%m-%d}")
    _type_into(page, "Jusqu’à", "17:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Lucie", timeout=30_000)
    page.get_by_role("button", name="Oui, noter l’absence").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Votre absence est notée", timeout=30_000)
    page.goto(f"{server.url}/guichet/semaine/?semaine={hour:%Y-%m-%d}")
    expect(page.locator(".week .absence")).to_have_count(1)


def test_outcome_is_noted_by_keyboard_in_a_few_presses(
    stand: tuple[Server, Page, datetime],
) -> None:
    server, page, _hour = stand
    # Nothing books the past: the appointment is moved there.
    server.command(
        "shell",
        "-v0",
        "-c",
        "from datetime import timedelta as t; from django.db.models import F;"
        "from cordee.appointments.models import Appointment as A;"
        "A.objects.update(starts_at=F('starts_at')-t(days=8), ends_at=F('ends_at')-t(days=8))",
    )
    page.goto(f"{server.url}/guichet/suivi/")
    assert barriers(page) == []
    wanted = page.get_by_role("button", name="Personne ne s’est présenté")
    expect(wanted).to_be_visible()
    focused = "document.activeElement.getAttribute('value')"
    presses = 0
    while page.evaluate(focused) != "nobody_came":
        page.keyboard.press("Tab")
        presses += 1
        assert presses < 12, "the outcome is not reached by Tab"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Noté pour Lucie", timeout=30_000)
    kept = server.rows("select outcome from visits_visit where outcome != ''")
    assert kept == [("nobody_came",)]
