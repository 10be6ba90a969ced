"""Addresses that are not permitted, and places that are gone: said at the counter, nowhere gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest
from playwright.sync_api import expect

from e2e.stand.counter import Counter
from e2e.stand.processes import wait_until
from e2e.stand.raw import KEEP_LINES, AgentsLines
from e2e.stand.world import World

OUTSIDE = (
    "Cette adresse n’est pas permise pour ce rendez-vous. La page reste où elle est : choisissez "
    "un des sites permis, à côté de l’adresse."
)
GONE = "Cet endroit de la page n’est plus là. Regardez la page, puis recommencez."
ALLOW = "from cordee.directory.models import Partner; Partner.objects.update(allowed_hosts={})"
LINKS = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Liens</title>
<h1>Page permise</h1>
<p><a id="dehors" href="{outside}">dehors</a>
<p><a id="fenetre" target="_blank" href="{outside}">dehors, autre fenêtre</a>
<p><a id="renvoi" href="/renvoi">dehors, par un renvoi</a>
<p><a id="fichier" href="file:///etc/passwd">fichier</a>
<p><a id="donnees" href="data:text/html,<h1>ailleurs</h1>">données</a>
<p><a id="chrome" href="chrome://version">navigateur</a>
<p><a id="script" href="javascript:location.href='{outside}'">script</a>
<p><button id="bouton" onclick="location.href='{outside}'">bouton</button>
<form method="post" action="{outside}"><button id="envoi">envoyer</button></form>
<p><button id="partant" onclick="this.remove()">je pars</button>
<p><label>Nom <input id="nom"></label>
"""


@dataclass
class Web:
    """A web server of 127.0.0.1: `pages` by path, where a text that is an address is a redirect."""

    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                text = web.pages.get(self.path, "")
                is_redirect = text.startswith("http")
                self.send_response(302 if is_redirect else 200 if text else 404)
                if is_redirect:
                    self.send_header("Location", text)
                body = b"" if is_redirect else text.encode()
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass(frozen=True)
class Meeting:
    """A live visit; the guest shows the links of `allowed`, and nothing of `outside` ever."""

    counter: Counter
    lines: AgentsLines
    allowed: Web
    outside: Web

    def open(self, address: str) -> None:
        """Type an address at the counter."""
        field_ = self.counter.page.locator("#address")
        field_.fill(address)
        field_.press("Enter")

    def next_answer(self, before: int) -> dict[str, Any]:
        """Return the kiosk's next answer to a verb after `before` of them."""
        return wait_until(
            lambda: self.lines.heard("done")[before:], within_s=20, what="the kiosk answers"
        )[0]

    @property
    def answers(self) -> int:
        """How many verbs were answered."""
        return len(self.lines.heard("done"))

    def assert_refused(self, answer: dict[str, Any], sentence: str = OUTSIDE) -> None:
        """Assert that this was refused in words, and that the guest is where it was."""
        assert not answer["ok"]
        assert answer["message"] == sentence
        expect(self.counter.page.locator("#notice p")).to_have_text(sentence)
        self.counter.wait_for_text("h1", "Page permise")
        assert self.lines.heard("location")[-1]["url"].startswith(self.allowed.url)
        assert self.outside.asked == []

    def assert_going_on(self) -> None:
        """Assert that the page still takes what is typed, and that nothing is said any more."""
        name = f"Élodie {self.answers}"
        self.counter.click("#nom")
        self.counter.page.keyboard.press("End")
        for _ in self.counter.mirror().locator("#nom").input_value():
            self.counter.page.keyboard.press("Backspace")
        self.counter.page.keyboard.type(name)
        self.counter.wait_for_value("#nom", name)
        expect(self.counter.page.locator("#notice")).to_be_hidden()


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    with Web() as allowed, Web() as outside, World(folder, width_px=1280, height_px=720) as world:
        allowed.pages = {"/": LINKS.format(outside=outside.url), "/renvoi": outside.url}
        outside.pages = {"/": "<h1>Ailleurs</h1>"}
        world.server.command("shell", "-v", "0", "-c", ALLOW.format([allowed.host]))
        world.wait_for_kiosk()
        with world.agent(init_script=KEEP_LINES) as agent:
            wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="keys")
            visit, _ = world.book_soon()
            agent.open_counter(visit)
            counter = Counter(agent.page)
            counter.wait_for_face(within_s=60)
            counter.obtain("see")
            counter.obtain("control")
            made = Meeting(counter, AgentsLines(agent.page), allowed, outside)
            made.open(allowed.url)
            counter.wait_for_text("h1", "Page permise")
            yield made


BAD_ADDRESSES = (
    "{outside}",
    "127.0.0.1",
    "http://localhost:{port}/",
    "http://{allowed}@{outside_host}/",
    "file:///etc/passwd",
    "data:text/html,<h1>ailleurs</h1>",
    "javascript:alert(1)",
    "chrome://version",
    "view-source:{outside}",
    "about:blank",
    "n’importe quoi",
)


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_address_that_is_not_permitted_is_refused_in_words(meeting: Meeting, address: str) -> None:
    meant = address.format(
        outside=meeting.outside.url,
        outside_host=meeting.outside.host,
        allowed=meeting.allowed.host,
        port=meeting.allowed.host.rpartition(":")[2],
    )
    before = meeting.answers
    meeting.open(meant)
    meeting.assert_refused(meeting.next_answer(before))

    # What a counter that has been tampered with could send.
    answer = meeting.lines.ask({"type": "open", "id": 700_000 + before, "url": meant}, "done")
    meeting.assert_refused(answer)
    assert answer["code"] == "outside"


def test_page_goes_on_after_refused_addresses(meeting: Meeting) -> None:
    meeting.assert_going_on()


@pytest.mark.parametrize(
    "link",
    [
        "dehors",
        "fenetre",
        "renvoi",
        "fichier",
        "donnees",
        "chrome",
        "script",
        "bouton",
        "envoi",
    ],
)
def test_link_to_where_the_guest_may_not_go_is_refused_in_words(
    meeting: Meeting, link: str
) -> None:
    before = meeting.answers
    meeting.counter.click(f"#{link}")
    clicked = wait_until(
        lambda: [one for one in meeting.lines.heard("done")[before:] if not one["ok"]],
        within_s=20,
        what="the kiosk refuses",
    )[0]
    meeting.assert_refused(clicked)
    assert clicked["code"] == "outside"
    meeting.assert_going_on()


def test_click_on_a_node_that_is_gone_is_said_and_the_next_one_works(meeting: Meeting) -> None:
    meeting.counter.click("#partant")
    meeting.counter.mirror().locator("#partant").wait_for(state="detached", timeout=20_000)

    # What a counter would have sent whose picture had not changed yet.
    late = {**meeting.lines.sent("click")[-1], "id": 900_001}
    answer = meeting.lines.ask(late, "done")
    meeting.assert_refused(answer, GONE)
    assert answer["code"] == "gone"
    meeting.assert_going_on()
