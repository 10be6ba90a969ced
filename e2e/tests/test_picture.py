"""The shared page as a picture: one key away, steered by place, black while a secret stands."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from cordee_wire import control
from e2e.stand.axe import barriers
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.world import World

WITHIN_S = 20
WITHIN_MS = 1000 * WITHIN_S
BLUE, ORANGE = (0, 0, 250), (250, 120, 0)
NEAR = 45
"""Of 255: the video's own colours are rounded."""
# Drawn by a script, again and again: no structure tells of it. Every control stands at a known
# share of the window, as the agent has nothing but the picture to find it in.
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Plan</title><style>
body { margin: 0; font: 20px sans-serif }
#plan, #demande, #recevoir, #vider, #code { position: fixed; box-sizing: border-box }
#plan { left: 0; top: 0; width: 60vw; height: 40vh }
#demande { left: 10vw; top: 50vh }
#nom { width: 40vw; height: 10vh; font: inherit }
#recevoir { left: 70vw; top: 0; width: 20vw; height: 20vh }
#vider { left: 70vw; top: 30vh; width: 20vw; height: 20vh }
#code { left: 10vw; top: 70vh; width: 80vw; font: 60px sans-serif; color: rgb(0, 200, 0);
  caret-color: black; outline: 0 }
</style><canvas id="plan"></canvas>
<form id="demande"><input id="nom"></form>
<button id="recevoir" onclick="code.value = '735519'">Recevoir</button>
<button id="vider" onclick="code.value = ''">Vider</button>
<input id="code" autocomplete="one-time-code">
<script>
const pen = plan.getContext("2d");
let ink = "rgb(0, 0, 250)";
const draw = () => {
  pen.fillStyle = ink;
  pen.fillRect(0, 0, 400, 200);
  requestAnimationFrame(draw);
};
demande.onsubmit = (event) => {
  event.preventDefault();
  location = `/recu/${encodeURIComponent(nom.value)}`;
};
plan.onclick = () => { ink = "rgb(250, 120, 0)"; };
draw();
</script>"""
PLACES = {"plan": (0.3, 0.2), "nom": (0.3, 0.55), "recevoir": (0.8, 0.1), "vider": (0.8, 0.4)}
LOOK = """([x, y]) => {
  const video = document.querySelector(".picture-frame video");
  if (video.videoWidth === 0) return null;
  const canvas = new OffscreenCanvas(1, 1);
  const pen = canvas.getContext("2d");
  pen.drawImage(video, -Math.floor(x * video.videoWidth), -Math.floor(y * video.videoHeight));
  return Array.from(pen.getImageData(0, 0, 1, 1).data).slice(0, 3);
}"""
# Counts, in every picture that comes, what is as green as the letters of the secret.
WATCH = """() => {
  const video = document.querySelector(".picture-frame video");
  globalThis.greenest = 0;
  globalThis.looked = 0;
  const look = () => {
    video.requestVideoFrameCallback(look);
    const canvas = new OffscreenCanvas(video.videoWidth || 1, video.videoHeight || 1);
    const pen = canvas.getContext("2d");
    pen.drawImage(video, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    let green = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 1] > data[at] + 60 && data[at + 1] > data[at + 2] + 60) green += 1;
    }
    globalThis.greenest = Math.max(globalThis.greenest, green);
    globalThis.looked += 1;
  };
  look();
}"""


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720) as world:
        world.site.pages["/essai/plan"] = PAGE
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            begun.counter.obtain("see")
            begun.counter.obtain("control")
            yield begun


@pytest.fixture(autouse=True)
def _page_is_opened_anew(met: Meeting) -> None:
    counter = met.counter
    if not counter.page.locator(".replay-frame").is_visible():
        counter.page.keyboard.press("F9")
    expect(counter.page.locator(".replay-frame")).to_be_visible(timeout=WITHIN_MS)
    url = f"{met.world.site.base}essai/plan"
    done = met.tap.answer(control.Open(id=met.tap.next_id(), url=url))
    assert done.ok, done.message
    counter.mirror().locator("#recevoir").wait_for(timeout=WITHIN_MS)


def test_agent_sees_what_is_drawn_and_fills_the_page_by_its_picture(met: Meeting) -> None:
    page = met.counter.page
    key = page.locator("[data-do=picture]")
    expect(key).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("F9")
    _wait_for_colour(page, BLUE, "plan")
    expect(key).to_have_attribute("aria-pressed", "true")
    expect(key).to_contain_text("Image de la page")
    _click(page, "plan")
    _wait_for_colour(page, ORANGE, "plan")
    _click(page, "nom")
    page.keyboard.type("Zoé d’Œuf €")
    page.keyboard.press("Enter")
    wait_until(
        lambda: "/recu/Zoé d’Œuf €" in map(unquote, met.world.site.asked),
        within_s=WITHIN_S,
        what="the form arrives",
    )
    page.keyboard.press("F9")
    met.counter.mirror()
    expect(page.locator(".replay-frame")).to_be_visible(timeout=WITHIN_MS)
    expect(key).to_have_attribute("aria-pressed", "false")


def test_picture_is_black_while_a_secret_stands_and_never_shows_it(met: Meeting) -> None:
    page = met.counter.page
    page.keyboard.press("F9")
    _wait_for_colour(page, BLUE, "plan")
    page.evaluate(WATCH)
    _click(page, "recevoir")
    cover = page.locator(".picture-cover")
    expect(cover).to_contain_text("un champ secret est rempli", timeout=WITHIN_MS)
    _wait_for_colour(page, (0, 0, 0), "plan")
    assert barriers(page) == []
    # Nothing is clicked unseen: the agent goes on in the copy of the page, which shows no secret.
    _click(page, "vider")
    expect(page.locator("#notice")).to_contain_text("L’image est cachée", timeout=WITHIN_MS)
    page.keyboard.press("F9")
    met.counter.click("#vider")
    page.keyboard.press("F9")
    _wait_for_colour(page, BLUE, "plan")
    expect(cover).to_be_hidden(timeout=WITHIN_MS)
    assert page.evaluate("looked") > 3
    assert page.evaluate("greenest") < 20


def test_without_leave_to_see_the_picture_ends_at_once(met: Meeting) -> None:
    page = met.counter.page
    page.keyboard.press("F9")
    _wait_for_colour(page, BLUE, "plan")
    met.world.kiosk.press_stop()
    met.counter.wait_for_state("see", "revoked")
    expect(page.locator(".picture-frame")).to_be_hidden(timeout=WITHIN_MS)
    assert page.locator(".picture-frame video").evaluate("video => video.srcObject") is None
    met.counter.obtain("see")
    met.counter.obtain("control")
    expect(page.locator(".replay-frame")).to_be_visible(timeout=WITHIN_MS)


def _wait_for_colour(page: Page, colour: tuple[int, int, int], where: str) -> None:
    def is_seen() -> bool:
        seen = page.evaluate(LOOK, PLACES[where])
        return seen is not None and all(
            abs(a - b) < NEAR for a, b in zip(seen, colour, strict=True)
        )

    wait_until(is_seen, within_s=WITHIN_S, what=f"{colour} in the picture")


def _click(page: Page, where: str) -> None:
    at = PLACES[where]
    box = page.locator(".picture-frame video").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"])
