"""The partner's pictures and fonts on the agent's screen, and nobody asks for them twice."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from playwright.sync_api import Request

from cordee_wire import control
from e2e.stand.meeting import meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.world import World

FONT = next(
    (Path(__file__).parents[2] / "frontend/node_modules/@fontsource-variable").glob(
        "atkinson-hyperlegible-mono/files/*-mono-latin-wght-normal.woff2"
    )
)
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Images</title>
<style>@font-face { font-family: Voix; src: url(voix.woff2); }
body { margin: 0; font: 24px Voix; } #fond { height: 60px; background: url(fond.png); }</style>
<h1 id="titre">Images</h1><div id="fond"></div><p id="mots">Il iI l1 0O</p>
<img id="photo" src="photo.png" style="display:block;width:300px">
<img id="dessin" src="dessin.svg" width="90"></html>"""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40" viewBox="0 0 6 4">'
    '<rect width="6" height="4" fill="teal"/><circle cx="3" cy="2" r="1.5" fill="orange"/></svg>'
)
ALL_THERE = """() => [...document.images].every((one) => one.src.startsWith("blob:")
    && one.complete && one.naturalWidth > 0) && document.images.length === 2
    && document.fonts.size > 0
    && getComputedStyle(document.querySelector("#fond")).backgroundImage.startsWith('url("blob:')"""
Picture = npt.NDArray[np.uint8]


def drawn(width_px: int, height_px: int) -> bytes:
    """Return a picture without two equal parts."""
    across = np.linspace(0, 255, width_px, dtype=np.uint8)[None, :].repeat(height_px, 0)
    down = np.linspace(255, 0, height_px, dtype=np.uint8)[:, None].repeat(width_px, 1)
    grain = np.random.default_rng(5).integers(0, 12, across.shape, dtype=np.uint8)
    return bytes(cv2.imencode(".png", np.dstack([across, down, grain]))[1])


def test_agent_sees_the_pages_pictures_and_nobody_asks_for_them_twice(tmp_path: Path) -> None:
    photo = drawn(1200, 800)
    files = {
        "/photo.png": photo,
        "/fond.png": drawn(80, 60),
        "/dessin.svg": DRAWING.encode(),
        "/voix.woff2": FONT.read_bytes(),
    }
    with World(tmp_path, width_px=1280, height_px=720) as world:
        world.site.files |= files
        world.site.pages["/images"] = PAGE
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as met:
            asked: list[str] = []
            agent.context.on("request", lambda request: asked.append(_address(request)))
            met.counter.obtain("see")
            met.counter.obtain("control")
            before = met.tap.page.evaluate("tap.mirrored")
            open_it = control.Open(id=met.tap.next_id(), url=f"{world.site.base}images")
            done = met.tap.answer(open_it)
            assert done.ok, done.message
            met.counter.wait_for_text("h1", "Images")
            page = met.counter.mirror()
            wait_until(lambda: page.evaluate(ALL_THERE), within_s=60, what="all pictures")
            shown = _shot(page.locator("#photo").screenshot())
            wanted = cv2.resize(_shot(photo), shown.shape[1::-1], interpolation=cv2.INTER_AREA)
            assert np.abs(shown.astype(int) - wanted).mean() < 6
            own_box = page.eval_on_selector("#photo", "one => [one.clientWidth, one.clientHeight]")
            assert own_box == [300, 200]
            drawing = _shot(page.locator("#dessin").screenshot())
            assert drawing[drawing.shape[0] // 2, drawing.shape[1] // 2].tolist() == [0, 165, 255]
            mirrored = met.tap.page.evaluate("tap.mirrored") - before
            heavy = sum(map(len, files.values()))
            assert mirrored < 6_000 < heavy
            wait_until(lambda: "/voix.woff2" in world.site.asked, within_s=5, what="the font")
            for each in files:
                assert world.site.asked.count(each) == 1, each
            assert [url for url in asked if url.startswith(world.site.base)] == []


def _address(request: Request) -> str:
    return request.url


def _shot(png: bytes) -> Picture:
    seen = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    return np.asarray(seen, np.uint8)
