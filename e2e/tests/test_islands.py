"""What the mirror alone does not show: islands, a page's question, a page it cannot follow."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from cordee_wire import control
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.world import World

RED, BLUE, GREEN, CANARY = (250, 10, 10), (10, 10, 250), (10, 180, 50), (1, 254, 3)
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Plan</title>
<body style="margin:0"><h1>Plan</h1>
<canvas id="plan" width="300" height="150"></canvas>
<video id="film" muted width="160" height="120">
</video><p><label>Code <input id="code" type="password"></label>
<p><label>Nom <input id="nom"></label>
<script>
const pen = document.getElementById("plan").getContext("2d");
const draw = (colour, ...box) => { pen.fillStyle = colour; pen.fillRect(...box); };
draw("rgb(250,10,10)", 0, 0, 300, 150);
document.getElementById("plan").addEventListener("click", ({ offsetX, offsetY }) =>
  draw("rgb(10,10,250)", offsetX - 15, offsetY - 15, 30, 30));
document.getElementById("code").addEventListener("input", () =>
  draw("rgb(1,254,3)", 0, 0, 300, 150));
const film = document.createElement("canvas");
[film.width, film.height] = [160, 120];
const light = film.getContext("2d");
const shine = () => { light.fillStyle = "rgb(10,180,50)"; light.fillRect(0, 0, 160, 120); };
const video = document.getElementById("film");
video.srcObject = film.captureStream(5);
setInterval(shine, 200);
video.play();
</script>"""

QUESTION = """<!doctype html><meta charset="utf-8"><title>Question</title><h1>Question</h1>
<button id="ask" onclick="this.textContent = confirm('Supprimer ?') ? 'oui' : 'non'">Ôter
</button>"""
LIST = """<!doctype html><meta charset="utf-8"><title>Liste</title><h1>Liste</h1>
<style>li { height: 40px }</style><ul>ITEMS</ul>""".replace(
    "ITEMS", "".join(f"<li>Dossier {number}</li>" for number in range(40))
)
SPOIL = """() => {
  const doc = document.querySelector("iframe.replay").contentDocument;
  globalThis.spoiling = setInterval(() => {
    for (const each of doc.querySelectorAll("h1, li")) each.textContent = "Autre chose";
  }, 50);
}"""
WITHIN_MS = 20_000


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720) as world:
        pages = {"plan": PAGE, "question": QUESTION, "liste": LIST}
        world.site.pages.update({f"/essai/{name}": page for name, page in pages.items()})
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            begun.counter.obtain("see")
            begun.counter.obtain("control")
            yield begun


def test_the_agent_sees_islands_clicks_them_and_no_secret_in_them(met: Meeting) -> None:
    _open(met, "essai/plan", "Plan")
    _wait_until_seen(met, "#plan", RED, "the canvas")
    _wait_until_seen(met, "#film", GREEN, "the video")
    met.counter.click("#plan")
    _wait_until_seen(met, "#plan", BLUE, "what the page draws where it is clicked")
    met.counter.write("#nom", "Élise")
    met.counter.click("#code")
    met.world.screen.type("canari")
    wait_until(
        lambda: not _shows(met, "#plan", BLUE) and not _shows(met, "#plan", RED),
        within_s=20,
        what="the canvas is covered",
    )
    assert not _shows(met, "#plan", CANARY)


def test_the_agent_reads_what_the_page_asks_and_answers_yes(met: Meeting) -> None:
    _open(met, "essai/question", "Question")
    met.counter.click("#ask")
    yes = met.counter.page.locator("[data-do=say-yes]")
    expect(met.counter.page.locator("#notice")).to_contain_text("Supprimer ?", timeout=WITHIN_MS)
    met.counter.wait_for_text("#ask", "non")
    yes.click()
    met.counter.wait_for_text("#ask", "oui")
    expect(yes).to_be_hidden()


def test_a_page_that_its_copy_does_not_follow_is_shown_as_a_picture_by_itself(
    met: Meeting,
) -> None:
    _open(met, "essai/liste", "Liste")
    met.counter.page.evaluate(SPOIL)
    expect(met.counter.page.locator("#notice")).to_contain_text(
        "ne suit pas", timeout=3 * WITHIN_MS
    )
    met.counter.page.evaluate("clearInterval(globalThis.spoiling)")


def _open(met: Meeting, path: str, title: str) -> None:
    url = f"{met.world.site.base}{path}"
    done = met.tap.answer(control.Open(id=met.tap.next_id(), url=url))
    assert done.ok, done.message
    met.counter.wait_for_text("h1", title)


def _wait_until_seen(met: Meeting, css: str, colour: tuple[int, ...], what: str) -> None:
    wait_until(lambda: _shows(met, css, colour), within_s=30, what=f"{what} is seen")


def _shows(met: Meeting, css: str, colour: tuple[int, ...]) -> bool:
    """Whether this colour is seen in the middle of the element."""
    shot = met.counter.mirror().locator(css).screenshot()
    seen = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    height, width = seen.shape[:2]
    return bool(np.abs(seen[height // 2, width // 2, ::-1].astype(int) - colour).max() <= 16)
