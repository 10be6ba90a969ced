"""`make screenshots`: every page at 390 and 1280 px wide, into `docs/images/`.

The calls are real; the two people are drawn (`portraits/`), never photographed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page, expect

from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.drawn import film_person
from e2e.stand.kiosk import camera_flags
from e2e.stand.pages import FALLEN, PAGES, WAYS, fall_out
from e2e.stand.processes import ROOT, wait_until
from e2e.stand.world import World, soon

IMAGES = ROOT / "docs/images"
WIDTHS_PX = (390, 1280)
STILL = 0.4
"""Mean difference of two pictures, in levels of 255, under which nothing moves any more."""
SETTLED = """async () => {
  await document.fonts.ready;
  const next = () => new Promise((done) => requestAnimationFrame(done));
  const asks = () => document.documentElement.dataset.ready === "rest";
  const isComing = (video) => video.srcObject && !video.hidden && video.readyState < 2;
  const own = () => [...document.querySelectorAll("#own, .ready-video")];
  while (asks() || own().some(isComing)) await next();
  await next();
  await next();
}"""
"""Resolves once fonts, layout and the pictures of open cameras are there."""
TO_CALL_S = 45
COUNTED_S = 6
"""Seconds before the hour at which the countdown is pictured."""

IN_ENGLISH = ("landing", "log-in", "desk", "agent", "partner", "fleet")


def main() -> int:
    """Take the pictures and say where they are."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cordee-images-") as name:
        folder = Path(name)
        faces = {who: film_person(who, folder / f"{who}.y4m") for who in ("agent", "citizen")}
        settings = {"CORDEE_KIOSK_CHROMIUM_FLAGS": camera_flags(faces["citizen"])}
        with World(folder, kiosk_settings=settings) as world:
            world.wait_for_kiosk()
            wait_until(world.screen.is_drawn, within_s=20, what="the stage")
            _take_screen(world, "kiosk-idle")
            _take_call(world, faces["agent"])
            later = world.book(starts_at=_round_hour(), citizen="Marcelle")
            _take_pages(world, later, faces["agent"])
            _take_fallen(world)
    print(f"{len(list(IMAGES.glob('*.png')))} pictures in {IMAGES.relative_to(ROOT)}")
    return 0


def _take_call(world: World, face: Path) -> None:
    """Play a visit and picture both sides of it."""
    with world.agent(camera=face) as agent:
        wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="certified keys")
        starts_at = soon(TO_CALL_S)
        visit = world.book(starts_at=starts_at)
        world.screen.wait_for_change(within_s=10)
        _take_screen(world, "kiosk-welcome")
        agent.open_counter(visit)
        counter = Counter(agent.page)
        wait_until(lambda: counter.mark("call") == "warm", within_s=30, what="both are linked")
        _take(agent.page, "counter")
        wait_until(lambda: time.time() > starts_at - COUNTED_S, within_s=60, what="the countdown")
        _save_screen(world.screen.picture(), "kiosk-countdown")
        counter.wait_for_face(within_s=60)
        _take_screen(world, "kiosk-call")
        _take(agent.page, "counter-live")
        counter.ask("see")
        _take_screen(world, "kiosk-asked")
        _take(agent.page, "counter-asked")
        counter.act("see").locator("[data-do=yes]").click()
        counter.wait_for_state("see", "given")
        counter.mirror().locator("#nom").wait_for()
        _take_screen(world, "kiosk-shared")
        counter.obtain("control")
        counter.write("#nom", "Élodie Girard")
        counter.choose("#naissance", "1980-02-29")
        counter.write("#courriel", "elodie@exemple.fr")
        _take_screen(world, "kiosk-together")
        counter.ask("scan")
        _take_screen(world, "kiosk-asked-together")
        counter.act("scan").locator("[data-do=yes]").click()
        counter.wait_for_state("scan", "given")
        counter.scan()
        counter.click("#nom")
        _take(agent.page, "counter-call")
        _take_end(world, agent, counter)


def _take_end(world: World, agent: Agent, counter: Counter) -> None:
    agent.page.get_by_role("button", name="Terminer").first.click()
    agent.page.locator("#outcome").select_option("done")
    _take(agent.page, "counter-end")
    agent.page.locator("#end-confirm [data-do=end]").click()
    expect(agent.page.locator("#over")).to_be_visible()
    wait_until(lambda: not _is_held(world), within_s=20, what="the kiosk says goodbye")
    _take_screen(world, "kiosk-wrap-up")
    _take(counter.page, "counter-over")


def _take_pages(world: World, visit: str, face: Path) -> None:
    for role, pages in PAGES.items():
        with world.browser(camera=face) as person:
            if role:
                log_in = world.log_in(role)
                person.log_in(log_in.email, log_in.password)
            for name, address in pages.items():
                _take_page(person, name, world.server.url + address.format(visit=visit))
                if name == "desk-site":
                    person.page.locator("button[name=site]", has_text="Guillestre").click()
            for name in WAYS[role](person.page, world.server.url) if role in WAYS else ():
                _take(person.page, name)
            person.page.goto(world.server.url + next(iter(pages.values())))
            person.page.locator("button[name=language][value=en]").click()
            for name in pages:
                if name in IN_ENGLISH:
                    address = world.server.url + pages[name].format(visit=visit)
                    _take_page(person, f"{name}-en", address)


def _take_fallen(world: World) -> None:
    """Close the place of all that is booked, and picture what people read then."""
    with world.browser() as person:
        fallen = fall_out(person.page, world.server)
        for name, address in FALLEN[None].items():
            _take_page(person, name, world.server.url + fallen.at(address))
    with world.browser() as host:
        log_in = world.log_in("host")
        host.log_in(log_in.email, log_in.password)
        host.page.goto(f"{world.server.url}/accueil/lieu/")
        host.page.locator("button[name=site]", has_text="Guillestre").click()
        for name, address in FALLEN["host"].items():
            _take_page(host, name, world.server.url + fallen.at(address))


def _take_page(person: Agent, name: str, url: str) -> None:
    person.page.goto(url)
    _take(person.page, name)


def _take(page: Page, name: str) -> None:
    """Take the open page at each width; it is left as wide as it was."""
    before = page.viewport_size
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 844})
        page.evaluate(SETTLED)
        path = IMAGES / f"{name}-{width_px}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
    if before:
        page.set_viewport_size(before)


def _take_screen(world: World, name: str) -> None:
    """Take what the kiosk's screen shows once it stands still."""
    seen = [world.screen.picture()]

    def is_still() -> bool:
        seen.append(world.screen.picture())
        return bool(np.abs(seen[-1].astype(np.int16) - seen[-2]).mean() < STILL)

    wait_until(lambda: is_still() and is_still() and is_still(), within_s=20, what="a still screen")
    _save_screen(seen[-1], name)


def _is_held(world: World) -> bool:
    """Say whether the strip "the agent has the hand" is on the screen: it alone is orange."""
    red, _, blue = world.screen.pixel(4, 4)
    return red > blue + 100


def _round_hour() -> float:
    """Return a whole hour at least an hour from now, as Unix time."""
    return (time.time() // 3600 + 2) * 3600


def _save_screen(picture: npt.NDArray[np.uint8], name: str) -> None:
    """Write a picture of the screen at the width of the wider pages."""
    height_px = picture.shape[0] * WIDTHS_PX[-1] // picture.shape[1]
    small = cv2.resize(
        picture[:, :, ::-1], (WIDTHS_PX[-1], height_px), interpolation=cv2.INTER_AREA
    )
    cv2.imwrite(str(IMAGES / f"{name}-{WIDTHS_PX[-1]}.png"), small)


if __name__ == "__main__":
    sys.exit(main())
