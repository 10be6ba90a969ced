"""Every page of the real server in a real Chromium: for everyone, nothing cut off, no errors."""

from __future__ import annotations

import re
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
from e2e.stand.pages import NO_PAGE, PAGES, WAYS, routes
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


CLOSE_AND_OFFER = """
from datetime import time, timedelta
from django.utils import timezone
from cordee.appointments import cascade, waiting
from cordee.appointments.models import Appointment, WaitingEntry
from cordee.territory.models import SiteClosure
# As if nothing had been free when she entered the list: what was would be no news.
WaitingEntry.objects.update(known={})
for each in Appointment.objects.confirmed().select_related("kiosk"):
    SiteClosure.objects.create(
        site_id=each.kiosk.site_id,
        starts_at=each.starts_at - timedelta(hours=1),
        ends_at=each.ends_at + timedelta(hours=1),
    )
# Hours are offered by day, and this runs at any time.
waiting.OFFERED_FROM, waiting.OFFERED_UNTIL = time.min, time.max
now = timezone.now()
print(cascade.sweep(now=now), waiting.offer_freed(now=now))
"""
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
class Fallen:
    """A server of its own, where a place has closed; the browser of who was booked there.

    `visit` and `waiting` are addresses: of the visit that fell out, and of an entry with an offer.
    """

    server: Server
    page: Page
    visit: str
    waiting: str


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
def fallen(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fallen]:
    """Book by page and wait by page; then close the place; propose and offer as `cordee tend`."""
    server = Server(tmp_path_factory.mktemp("fallen"))
    server.seed(partner_site="http://127.0.0.1:9/")
    with server:
        context = chromium.new_context(locale="fr-FR", timezone_id="Europe/Paris")
        page = context.new_page()
        page.goto(f"{server.url}/rendez-vous/heure/?motif=1&lieu=1")
        page.locator("form.days section").nth(1).locator("button.hour").first.click()
        page.wait_for_url("**/rendez-vous/vous/**")
        page.locator("#id_name").fill("Marcelle Oury")
        page.locator("label[for=id_contact_kind_2]").click()
        page.locator("#id_contact").fill("marcelle@exemple.fr")
        page.locator(".next button[type=submit]").click()
        page.wait_for_url(re.compile(r"/mon-rendez-vous/[0-9a-f]{32}/$"))
        visit = page.url
        page.goto(f"{server.url}/rendez-vous/attente/?motif=1&lieu=1")
        page.locator("#id_name").fill("Marcelle Oury")
        page.locator("#id_contact").fill("06 12 34 56 78")
        page.locator("label[for=id_place_0]").click()
        page.locator(".next button[type=submit]").click()
        page.wait_for_url(re.compile(r"/liste-attente/\d+/$"))
        assert server.command("shell", "-v", "0", "-c", CLOSE_AND_OFFER).split() == ["1", "1"]
        yield Fallen(server, page, visit, page.url)
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
            page.goto(f"{valley.server.url}/connexion/")
            page.fill("input[name=username]", valley.people[role]["email"])
            page.fill("input[name=password]", valley.people[role]["password"])
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/connexion/" not in url)
            page.goto(f"{valley.server.url}/accueil/lieu/")
            if role == "host":
                page.locator("button[name=site]", has_text="Guillestre").click()
                page.wait_for_url(lambda url: "/lieu/" not in url)
        return page

    yield page_of
    for each in open_.values():
        each.context.close()


@pytest.fixture(scope="module")
def walked() -> Walked:
    """Keep the paths to which each role's way led, once walked."""
    return {}


def speak(page: Page, language: str, stand: Valley | Fallen) -> None:
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
def watched(page: Page, stand: Valley | Fallen) -> Iterator[list[str]]:
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
def test_visit_that_fell_out_and_an_offer_are_for_everyone(fallen: Fallen, language: str) -> None:
    page = fallen.page
    speak(page, language, fallen)
    with watched(page, fallen) as errors:
        page.goto(fallen.visit)
        assert page.get_attribute("html", "lang") == language
        assert page.locator("button.pick").count() > 0
        is_for_everyone(page)
        page.locator("#numero").fill("12")
        page.locator("form:has(#numero) button").click()
        page.locator("[role=alert]").wait_for()
        is_for_everyone(page)
        page.goto(fallen.waiting)
        assert page.locator("button[name=reponse]").count() == 2
        is_for_everyone(page)
    assert errors == []


def test_visit_by_telephone_is_for_everyone(fallen: Fallen) -> None:
    page = fallen.page
    speak(page, "fr", fallen)
    with watched(page, fallen) as errors:
        page.goto(fallen.visit)
        page.locator("#numero").fill("06 12 34 56 78")
        page.locator("form:has(#numero) button").click()
        page.get_by_role("heading", level=1, name="se fait par téléphone").wait_for()
        for language in ("fr", "en"):
            speak(page, language, fallen)
            page.goto(fallen.visit)
            assert page.get_attribute("html", "lang") == language
            is_for_everyone(page)
    assert errors == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_too_often_is_for_everyone(fallen: Fallen, language: str) -> None:
    page = fallen.page
    speak(page, language, fallen)
    searching = f"{fallen.server.url}/rendez-vous/"
    with watched(page, fallen) as errors:
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
def test_code_tried_too_often_is_for_everyone(fallen: Fallen, language: str) -> None:
    page = fallen.page
    speak(page, language, fallen)
    with watched(page, fallen) as errors:
        for _ in range(TRIES):
            page.goto(f"{fallen.server.url}/mon-rendez-vous/")
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
