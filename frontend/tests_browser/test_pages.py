"""Every page of the real server in a real Chromium: for everyone, nothing cut off, no errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from e2e.stand.axe import barriers
from e2e.stand.pages import FALLEN, NO_PAGE, PAGES, WAYS, Fallen, fall_out, routes
from e2e.stand.server import Server

LogIn = Callable[[str | None], Page]
Walked = dict[str | None, list[str]]
WIDTHS_PX = (320, 390, 1280)
READ_AT_PX = WIDTHS_PX[1:]
"""Where axe reads: narrower is only less wide."""
SEEN_IN_ENGLISH = (None, "host")
"""Whose pages axe reads in English too; the other roles' have the same parts."""
ADDRESSES = [
    *((role, address) for role, pages in PAGES.items() for address in pages.values()),
    (None, "/rendez-vous/lieu/?motif=1&tri=plus-tot"),
]
OUTSIDE = """() => {
    const width = document.documentElement.clientWidth;
    const sheets = document.documentElement.scrollWidth > width ? [`page ${width}`] : [];
    const scrolls = (one) => one.closest("pre, .hidden, .skip, svg, iframe") !== null;
    const far = [...document.querySelectorAll("body *")].filter((one) =>
        !scrolls(one) && one.getClientRects().length > 0
        && one.getBoundingClientRect().right > width + 1);
    return [...sheets, ...far.map((one) => one.outerHTML.slice(0, 120))];
}"""

KEEPS_NOTHING = """
Object.defineProperty(globalThis, "indexedDB", { value: undefined });
// As on a page that is not https.
delete Crypto.prototype.randomUUID;
"""
TOO_OFTEN = 429
EXPECTED = f"status of {TOO_OFTEN}"
"""What the console says of a page tried too often."""
ICON = "/web/mark.svg"
"""Asked for after a page has loaded; given up by Chromium when the page is left before it came."""
ICON_UNASKED = "/favicon.ico"
TRIES = 1_000
"""More than any limit of the citizens' pages lets an address do in its stretch of time."""


@dataclass
class Closed:
    """A server of its own, where a place has closed; the browser of who was booked there."""

    server: Server
    people: dict[str, Any]
    page: Page
    fallen: Fallen

    @property
    def visit(self) -> str:
        """Return the address of the page of the visit that fell out."""
        return self.server.url + self.fallen.at(FALLEN[None]["citizen-fallen"])


@dataclass
class Valley:
    """The seeded server, one booked visit, and who may log in."""

    server: Server
    people: dict[str, Any]
    visit: str


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valley]:
    server = Server(tmp_path_factory.mktemp("server"))
    seeded = server.seed(partner_site="http://127.0.0.1:9/")
    with server:
        at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
        wishes = {
            "--kiosk": seeded["kiosk"],
            "--agent": seeded["people"]["agent"]["email"],
            "--reason": seeded["reason"],
            "--at": at.isoformat(),
            "--citizen": "Marie-Antoinette",
        }
        words = [str(word) for pair in wishes.items() for word in pair]
        server.command("book", *words)
        (visit,) = server.rows("select public_id from visits_visit")[0]
        yield Valley(server, seeded["people"], visit)


@pytest.fixture(scope="module")
def closed(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    server = Server(tmp_path_factory.mktemp("closed"))
    seeded = server.seed(partner_site="http://127.0.0.1:9/")
    with server:
        context = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris")
        page = context.new_page()
        yield Closed(server, seeded["people"], page, fall_out(page, server))
        context.close()


@pytest.fixture(scope="module")
def logged_in(chromium: Browser, valley: Valley) -> Iterator[LogIn]:
    """Return a page of one's own for each role, logged in once and used for all that it sees."""
    open_: dict[str | None, Page] = {}

    def page_of(role: str | None) -> Page:
        if role in open_:
            return open_[role]
        made = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris")
        made.grant_permissions(["camera", "microphone"], origin=valley.server.url)
        page = open_[role] = made.new_page()
        if role is not None:
            log_in(page, valley, role)
        return page

    yield page_of
    for each in open_.values():
        each.context.close()


@pytest.fixture(scope="module")
def walked() -> Walked:
    """Keep the paths to which each role's way led, once walked."""
    return {}


def log_in(page: Page, stand: Valley | Closed, role: str) -> None:
    """Log a role's person in; the host is at Guillestre then."""
    page.goto(f"{stand.server.url}/connexion/")
    page.fill("input[name=username]", stand.people[role]["email"])
    page.fill("input[name=password]", stand.people[role]["password"])
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/connexion/" not in url)
    page.goto(f"{stand.server.url}/accueil/lieu/")
    if role == "host":
        page.locator("button[name=site]", has_text="Guillestre").click()
        page.wait_for_url(lambda url: "/lieu/" not in url)


def speak(page: Page, language: str, stand: Valley | Closed) -> None:
    """Let the pages to come be in a language."""
    page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": stand.server.url}]
    )


def is_for_everyone(page: Page) -> None:
    """Hold the open page to every width, and to all that axe finds."""
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 844})
        assert page.evaluate(OUTSIDE) == [], (page.url, width_px)
        if width_px in READ_AT_PX:
            assert barriers(page) == [], (page.url, width_px)


def _is_error(line: ConsoleMessage) -> bool:
    # The empty page names no icon; Chromium asks for the usual one, once a browser.
    return line.type == "error" and not line.location["url"].endswith(ICON_UNASKED)


def _has_failed(request: Request) -> bool:
    is_given_up = request.url.endswith(ICON) and request.failure == "net::ERR_ABORTED"
    return not is_given_up and not request.url.endswith(ICON_UNASKED)


@contextmanager
def watched(page: Page, stand: Valley | Closed) -> Iterator[list[str]]:
    """Leave the page that was open, then note every error of console, scripts and requests."""
    page.set_viewport_size({"width": WIDTHS_PX[-1], "height": 844})
    # An empty page of the same server: from another one Chromium would begin a new process.
    page.goto(f"{stand.server.url}/healthz")
    errors: list[str] = []
    hear: dict[Any, Callable[[Any], None]] = {
        "pageerror": lambda error: errors.append(str(error)),
        "console": lambda line: errors.append(line.text) if _is_error(line) else None,
        "requestfailed": lambda request: (
            errors.append(f"{request.url} {request.failure}") if _has_failed(request) else None
        ),
    }
    for event, listener in hear.items():
        page.on(event, listener)
    yield errors
    for event, listener in hear.items():
        page.remove_listener(event, listener)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("place", ADDRESSES, ids=lambda place: place[1])
def test_page_is_for_everyone_on_every_width_without_an_error(
    valley: Valley,
    logged_in: LogIn,
    place: tuple[str | None, str],
    language: str,
) -> None:
    role, address = place
    page = logged_in(role)
    speak(page, language, valley)
    with watched(page, valley) as errors:
        page.goto(valley.server.url + address.format(visit=valley.visit), wait_until="load")
        page.evaluate("document.fonts.ready.then(() => true)")
        assert page.get_attribute("html", "lang") == language
        for width_px in WIDTHS_PX:
            page.set_viewport_size({"width": width_px, "height": 844})
            assert page.evaluate(OUTSIDE) == [], width_px
            if width_px in READ_AT_PX and (language == "fr" or role in SEEN_IN_ENGLISH):
                assert barriers(page) == [], width_px
    expected = ["status of 404"] if address == "/nulle-part/" else []
    assert len(errors) == len(expected), errors
    assert all(part in error for part, error in zip(expected, errors, strict=True))


def test_counter_with_its_help_and_its_last_question_is_for_everyone(
    valley: Valley, logged_in: LogIn
) -> None:
    page = logged_in("agent")
    with watched(page, valley) as errors:
        page.goto(f"{valley.server.url}/guichet/{valley.visit}/")
        page.wait_for_selector(".counter")
        page.keyboard.press("F1")
        assert barriers(page) == []
        page.keyboard.press("F1")
        page.locator(".bar .button.stop").click()
        page.wait_for_selector("#outcome")
        is_for_everyone(page)
    assert errors == []


@pytest.mark.parametrize("address", ["/guichet/", "/guichet/cles/", "/guichet/{visit}/"])
def test_browser_that_cannot_keep_keys_is_told_so(
    valley: Valley, logged_in: LogIn, address: str
) -> None:
    page = logged_in("agent").context.new_page()
    speak(page, "fr", valley)
    page.add_init_script(KEEPS_NOTHING)
    with watched(page, valley) as errors:
        page.goto(valley.server.url + address.format(visit=valley.visit))
        page.get_by_text("Ce navigateur ne peut pas garder vos clés").wait_for()
        is_for_everyone(page)
    page.close()
    assert errors == []


@pytest.mark.parametrize("way", [*product(WAYS, ["fr", "en"])], ids=str)
def test_pages_that_a_way_leads_to_are_for_everyone(
    valley: Valley,
    logged_in: LogIn,
    walked: Walked,
    way: tuple[str | None, str],
) -> None:
    role, language = way
    page = logged_in(role)
    speak(page, language, valley)
    paths: list[str] = []
    with watched(page, valley) as errors:
        for name in WAYS[role](page, valley.server.url):
            paths.append(urlsplit(page.url).path)
            for width_px in WIDTHS_PX:
                page.set_viewport_size({"width": width_px, "height": 844})
                assert page.evaluate(OUTSIDE) == [], (name, width_px)
                if width_px in READ_AT_PX:
                    assert barriers(page) == [], (name, width_px)
            if name == "kiosk-code":
                code = page.locator(".big-code bdi")
                assert code.evaluate("one => one.getClientRects().length") == 1
    assert errors == []
    walked[role] = paths


def test_every_route_is_among_these_pages_or_is_none(
    valley: Valley, logged_in: LogIn, walked: Walked
) -> None:
    paths = [
        address.format(visit=valley.visit).partition("?")[0]
        for pages in PAGES.values()
        for name, address in pages.items()
        if name != "not-found"
    ]
    for role, way in WAYS.items():
        if role not in walked:
            page = logged_in(role)
            walked[role] = [urlsplit(page.url).path for _ in way(page, valley.server.url)]
        paths += walked[role]
    every, seen = routes(valley.server, paths)
    assert every - seen == set(NO_PAGE)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_visit_that_fell_out_and_an_offer_are_for_everyone(closed: Closed, language: str) -> None:
    page = closed.page
    speak(page, language, closed)
    with watched(page, closed) as errors:
        for address in FALLEN[None].values():
            page.goto(closed.server.url + closed.fallen.at(address))
            assert page.get_attribute("html", "lang") == language
            assert page.locator("button.pick, button[name=reponse]").count() > 1
            is_for_everyone(page)
        page.goto(closed.visit)
        page.locator("#numero").fill("12")
        page.locator("form:has(#numero) button").click()
        page.locator("[role=alert]").wait_for()
        is_for_everyone(page)
    assert errors == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_visit_that_fell_out_is_for_everyone_at_the_desk(
    chromium: Browser, closed: Closed, language: str
) -> None:
    context = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    page = context.new_page()
    log_in(page, closed, "host")
    speak(page, language, closed)
    with watched(page, closed) as errors:
        for address in FALLEN["host"].values():
            page.goto(closed.server.url + closed.fallen.at(address))
            assert page.get_attribute("html", "lang") == language
            assert page.locator("button.pick").count() > 1
            is_for_everyone(page)
    context.close()
    assert errors == []


def test_visit_by_telephone_is_for_everyone(closed: Closed) -> None:
    page = closed.page
    speak(page, "fr", closed)
    with watched(page, closed) as errors:
        page.goto(closed.visit)
        page.locator("#numero").fill("06 12 34 56 78")
        page.locator("form:has(#numero) button").click()
        page.get_by_role("heading", level=1, name="se fait par téléphone").wait_for()
        for language in ("fr", "en"):
            speak(page, language, closed)
            page.goto(closed.visit)
            assert page.get_attribute("html", "lang") == language
            is_for_everyone(page)
    assert errors == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_too_often_is_for_everyone(closed: Closed, language: str) -> None:
    page = closed.page
    speak(page, language, closed)
    searching = f"{closed.server.url}/rendez-vous/"
    with watched(page, closed) as errors:
        for _ in range(TRIES):
            if page.context.request.get(searching).status == TOO_OFTEN:
                shown = page.goto(searching)
                if shown is not None and shown.status == TOO_OFTEN:
                    break
        is_for_everyone(page)
        assert page.get_attribute("html", "lang") == language
        assert page.locator("h1").inner_text() in {"Trop d’essais", "Too many attempts"}
    assert [error for error in errors if EXPECTED not in error] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_code_tried_too_often_is_for_everyone(closed: Closed, language: str) -> None:
    page = closed.page
    speak(page, language, closed)
    with watched(page, closed) as errors:
        for _ in range(TRIES):
            page.goto(f"{closed.server.url}/mon-rendez-vous/")
            page.locator("input[name=code]").fill("22222222")
            page.locator("input[name=name]").fill("Personne")
            with page.expect_navigation() as answer:
                page.locator("main form button[type=submit]").click()
            if answer.value is not None and answer.value.status == TOO_OFTEN:
                break
        assert page.get_attribute("html", "lang") == language
        assert page.locator("input[name=code]").count() == 0
        is_for_everyone(page)
    assert [error for error in errors if EXPECTED not in error] == []
