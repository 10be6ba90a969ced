"""A host books for someone with the keyboard alone, from the day to the printed slip."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.stand.axe import barriers
from e2e.stand.databases import DATABASE
from e2e.stand.server import Server

WIDTHS_PX = (390, 1280)
TABS = 60
"""More stops than any page of the desk has before what is looked for."""
LONG_MS = 30_000
MOST_KEYS = 40
"""What a booking takes, from the day to the printed slip (docs/reference/figures.md)."""
PRESSED: Counter[Page] = Counter()
"""How many keys were pressed on each page, typed text counted."""
OPEN_ALL_WEEK = """
from cordee.directory.models import Agent, Opening
from cordee.territory.models import Site, SiteHours
for day in range(7):
    for site in Site.objects.all():
        SiteHours.objects.create(site=site, weekday=day, start_min=0, end_min=1440)
    for agent in Agent.objects.all():
        Opening.objects.create(agent=agent, weekday=day, start_min=0, end_min=1440)
"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body) return "";
    const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
    return `${one.getAttribute("aria-label") || ""} ${label} ${one.innerText || ""}`.trim();
}"""

HAS_KEYBOARD = """() => document.activeElement !== document.body
    || !document.querySelector("[autofocus]")"""


@dataclass(frozen=True)
class Morning:
    """A server, who may log in, and its database as it was before anybody came."""

    server: Server
    people: dict[str, Any]
    before: Path

    def come_again(self) -> None:
        """Put everything back: what one books within the half-hour leaves nobody for the next."""
        copy_database(self.before, self.server.data / DATABASE)


def copy_database(source: Path, target: Path) -> None:
    """Make one database the other's copy, in one transaction of whoever has it open."""
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder)
    known = server.seed(partner_site="http://127.0.0.1:9/")
    server.command("shell", "-v", "0", "-c", OPEN_ALL_WEEK)
    before = folder / "before.sqlite3"
    copy_database(server.data / DATABASE, before)
    with server:
        yield Morning(server, known["people"], before)


@pytest.fixture
def desk(chromium: Browser, morning: Morning) -> Iterator[Page]:
    morning.come_again()
    server, people = morning.server, morning.people
    context = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(LONG_MS)
    page = context.new_page()
    page.goto(f"{server.url}/connexion/")
    page.fill("input[name=username]", people["host"]["email"])
    page.fill("input[name=password]", people["host"]["password"])
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/connexion/" not in url)
    page.goto(f"{server.url}/accueil/")
    if page.url.endswith("/lieu/"):
        page.locator("button[name=site]", has_text="Guillestre").click()
        page.wait_for_url(lambda url: "/lieu/" not in url)
    yield page
    context.close()


def press(page: Page, key: str) -> None:
    """Press a key, and count it."""
    page.keyboard.press(key)
    PRESSED[page] += 1


def write(page: Page, text: str) -> None:
    """Type a text; each sign counts, and Shift for each capital."""
    page.keyboard.type(text)
    PRESSED[page] += len(text) + sum(sign.isupper() for sign in text)


def to(page: Page, name: str, *, whole: bool = True) -> None:
    """Press Tab until what has the keyboard is called `name`."""
    for _ in range(TABS):
        said = page.evaluate(FOCUSED)
        if said == name if whole else name in said:
            return
        press(page, "Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


def enter(page: Page, address: str) -> None:
    """Press Enter, and wait for the page that it leads to and for the keyboard's place there.

    Chromium gives the keyboard to what has `autofocus` with the first picture: after the load.
    """
    press(page, "Enter")
    page.wait_for_url(re.compile(address))
    page.wait_for_function(HAS_KEYBOARD)


def is_for_everyone(page: Page) -> None:
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 844})
        assert barriers(page) == []


def test_host_books_for_someone_with_the_keyboard_alone(desk: Page) -> None:
    is_for_everyone(desk)
    to(desk, "Fixer un rendez-vous")
    enter(desk, "/accueil/rendez-vous/$")
    is_for_everyone(desk)
    write(desk, "logement")  # The field has the keyboard at once.
    enter(desk, "mots=logement")
    is_for_everyone(desk)
    enter(desk, "/heure/")  # So has the best answer,
    is_for_everyone(desk)
    enter(desk, "/qui/")  # and the first free hour.
    is_for_everyone(desk)
    write(desk, "Jeanne")
    press(desk, "Tab")
    press(desk, "ArrowUp")  # The last of the ways: a printed slip.
    expect(desk.locator("input[value=none]")).to_be_checked()
    to(desk, "Réserver et imprimer")
    enter(desk, r"/accueil/rendez-vous/[0-9a-f]{32}/$")
    is_for_everyone(desk)
    assert PRESSED[desk] <= MOST_KEYS
    assert "Imprimer le papier" in desk.evaluate(FOCUSED)
    slip = desk.evaluate("document.activeElement.href")
    printed = desk.context.request.get(slip)
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.body().startswith(b"%PDF")


def test_somebody_who_passes_by_is_received_with_the_keyboard_alone(desk: Page) -> None:
    to(desk, "Pour quoi vient la personne", whole=False)
    write(desk, "logement")
    press(desk, "Enter")
    # The best answer has the keyboard.
    expect(desk.locator("#maintenant button.pick").first).to_be_focused()
    is_for_everyone(desk)
    assert "Aide au logement" in desk.evaluate(FOCUSED)
    enter(desk, "/qui/")
    expect(desk.get_by_label("Nom de la personne")).to_be_focused()


def test_a_free_hour_of_the_day_is_booked_with_the_keyboard_alone(desk: Page) -> None:
    to(desk, "Proposer", whole=False)
    enter(desk, r"/accueil/rendez-vous/\?heure=")
    is_for_everyone(desk)
    write(desk, "logement")
    enter(desk, "mots=logement")
    enter(desk, "/qui/")
    write(desk, "Odette")
    press(desk, "Tab")
    press(desk, "ArrowUp")
    to(desk, "Réserver et imprimer")
    enter(desk, r"/accueil/rendez-vous/[0-9a-f]{32}/$")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Odette")


def test_who_waits_is_asked_for_without_leaving_the_page(desk: Page) -> None:
    errors: list[str] = []
    desk.on("pageerror", lambda error: errors.append(str(error)))
    desk.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    desk.evaluate("globalThis.isSame = true")
    field = desk.locator("#maintenant input[name=mots]")
    field.fill("logement")
    field.press("Enter")
    answer = desk.locator("#maintenant button.pick").first
    expect(answer).to_be_focused()
    expect(answer).to_contain_text("logement", ignore_case=True)
    expect(desk.locator("#maintenant")).to_have_count(1)
    field.fill("xyzzy")
    field.press("Enter")
    expect(desk.locator("#maintenant [role=status]")).to_contain_text("rien trouvé")
    assert desk.evaluate("globalThis.isSame"), "the page is the one that was open"
    assert desk.url.endswith("/accueil/")
    assert errors == []
