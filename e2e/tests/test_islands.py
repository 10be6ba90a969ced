"""A canvas and a video are seen by the agent, clicked, and covered for a secret."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
import pytest

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

Pixels = npt.NDArray[np.uint8]


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


def test_the_agent_sees_islands_clicks_them_and_no_secret_in_them(met: Meeting) -> None:
    done = met.tap.answer(
        control.Open(id=met.tap.next_id(), url=f"{met.world.site.base}essai/plan")
    )
    assert done.ok, done.message
    met.counter.wait_for_text("h1", "Plan")
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


def _wait_until_seen(met: Meeting, css: str, colour: tuple[int, ...], what: str) -> None:
    wait_until(lambda: _shows(met, css, colour), within_s=30, what=f"{what} is seen")


def _shows(met: Meeting, css: str, colour: tuple[int, ...]) -> bool:
    """Whether this colour is seen in the middle of the element."""
    shot = met.counter.mirror().locator(css).screenshot()
    seen = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    height, width = seen.shape[:2]
    return bool(np.abs(seen[height // 2, width // 2, ::-1].astype(int) - colour).max() <= 16)
