"""A citizen books and cancels in a real Chromium without JavaScript; the pages hold no barrier."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Locator,
    Page,
    expect,
)

from e2e.stand.agent import CHROMIUM, playwright_driver
from e2e.stand.axe import barriers
from e2e.stand.server import Server

MOST_PAGES = 6
MOST_BYTES = 60_000
WIDTHS_PX = (390, 1280)
LANGUAGES = ("fr", "en")
VISIT = re.compile(r"/mon-rendez-vous/[0-9a-f]{32}/$")


class Weighed:
    """What each document and all that it loaded weighed on the wire, in bytes, without a cache.

    A redirect belongs to the page that is seen at its end. `pages` has method and address.
    """

    def __init__(self, context: BrowserContext, page: Page) -> None:
        """Count from here on."""
        self.pages: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        self._page_of: dict[str, str] = {}
        session: CDPSession = context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    @property
    def heaviest(self) -> tuple[float, str]:
        """The heaviest page; one of no weight counts as too heavy, for it was not weighed."""
        return max((self.bytes[key] or float("inf"), said) for key, said in self.pages.items())

    def _asked(self, event: dict[str, Any]) -> None:
        key = event["loaderId"]
        self._page_of[event["requestId"]] = key
        if event.get("type") == "Document" and key not in self.pages:
            self.pages[key] = f"{event['request']['method']} {event['request']['url']}"
            self.bytes[key] = 0
        self.bytes[key] += event.get("redirectResponse", {}).get("encodedDataLength", 0)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[self._page_of[event["requestId"]]] += event["encodedDataLength"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("citizen") / "server")
    made.seed(partner_site="https://partenaire.invalid")
    with made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with playwright_driver() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture
def plain(chromium: Browser) -> Iterator[BrowserContext]:
    """A telephone's browser without JavaScript."""
    context = chromium.new_context(
        java_script_enabled=False, locale="fr-FR", viewport={"width": 390, "height": 844}
    )
    yield context
    context.close()


def _loaded(page: Page) -> Page:
    """Wait until the open page has all that it loads."""
    page.wait_for_load_state("networkidle")
    return page


def _follow(link: Locator) -> None:
    """Click and wait until the page that follows stands in the place of this one.

    A click is done before its page is exchanged; what is asked of the page in between, a
    reload above all, can meet neither of the two.
    """
    with link.page.expect_navigation():
        link.click()


def _ask(page: Page, base: str) -> None:
    """Say what is needed and where the person comes from."""
    page.goto(f"{base}/rendez-vous/")
    page.get_by_label("Dites-le avec vos mots").fill("logement")
    page.get_by_label("Votre commune").fill("guilestre")
    _follow(_loaded(page).get_by_role("button", name="Chercher"))


def _book(page: Page, name: str) -> str:
    """Go on from the reasons that were found to the appointment; return its code."""
    _follow(_loaded(page).locator("button.pick").first)
    _follow(_loaded(page).locator("a.pick").first)
    _follow(_loaded(page).locator("button.hour").first)
    page.get_by_label("Votre nom, comme vous voulez").fill(name)
    page.locator("label.choice", has_text="Ne pas me joindre").click()
    page.get_by_role("button", name="Réserver cette heure").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est noté.")
    return page.locator(".short-code").inner_text()


def test_booking_takes_six_light_pages_without_javascript_and_is_cancelled_by_code(
    server: Server, plain: BrowserContext
) -> None:
    page = plain.new_page()
    weighed = Weighed(plain, page)
    _ask(page, server.url)
    code = _book(page, "Élodie Girard")
    _loaded(page)
    assert len(weighed.pages) <= MOST_PAGES, weighed.pages
    assert weighed.heaviest[0] <= MOST_BYTES, weighed.heaviest

    page.get_by_role("button", name="Fermer cette page").click()
    _loaded(page)
    page.goto(f"{server.url}/mon-rendez-vous/")
    page.get_by_label("Votre code").fill(code.lower())
    page.get_by_label("Votre nom").fill("elodie girard")
    _follow(_loaded(page).get_by_role("button", name="Voir mon rendez-vous"))
    _follow(_loaded(page).get_by_role("link", name="Annuler le rendez-vous"))
    _follow(_loaded(page).get_by_role("button", name="Oui, annuler"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce rendez-vous est annulé.")
    _loaded(page)
    assert weighed.heaviest[0] <= MOST_BYTES, weighed.heaviest


def test_no_page_of_the_booking_has_a_barrier(server: Server, chromium: Browser) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()

    def look() -> None:
        """Run axe on the open page at each width, in each language; leave it in French."""
        for language in reversed(LANGUAGES):
            _speak(context, server, language)
            page.reload()
            assert page.get_attribute("html", "lang") == language
            for width_px in WIDTHS_PX:
                page.set_viewport_size({"width": width_px, "height": 844})
                assert barriers(page) == [], (page.url, width_px, language)
                assert page.evaluate("document.documentElement.scrollWidth") <= width_px

    page.goto(f"{server.url}/rendez-vous/")
    look()
    _ask(page, server.url)
    look()
    _follow(page.locator("button.pick").first)
    here = page.url
    look()
    page.locator("details.more summary").click()
    page.get_by_label("Un lieu accessible en fauteuil roulant").check()
    _follow(page.get_by_role("button", name="Voir ces lieux"))
    look()
    page.goto(re.sub(r"commune=\d+", "", here))
    look()
    page.goto(f"{here}&langue=uk")
    look()
    page.goto(here)
    _follow(page.locator("a.pick").first)
    look()
    _follow(page.locator("button.hour").first)
    look()
    page.get_by_label("Votre nom, comme vous voulez").fill("Zoé Brun")
    page.locator("label.choice", has_text="Ne pas me joindre").click()
    _follow(page.get_by_role("button", name="Réserver cette heure"))
    expect(page).to_have_url(VISIT)
    look()
    visit = page.url
    page.goto(f"{visit}changer/")
    look()
    page.goto(f"{visit}annuler/")
    look()
    _follow(page.get_by_role("button", name="Oui, annuler"))
    expect(page).to_have_url(VISIT)
    look()
    page.goto(f"{server.url}/mon-rendez-vous/")
    look()
    context.close()


def _speak(context: BrowserContext, server: Server, language: str) -> None:
    context.add_cookies([{"name": "django_language", "value": language, "url": server.url}])
