"""`make screenshots`: every page at 390 and 1280 px wide, into `docs/images/`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import cv2

from e2e.stand.processes import ROOT, wait_until
from e2e.stand.world import World, soon

IMAGES = ROOT / "docs/images"
WIDTHS_PX = (390, 1280)
DRAWN = 25
"""Contrast above which the stage is on the screen: without it there is one colour."""

PAGES = {
    None: {"landing": "/", "log-in": "/connexion/"},
    "agent": {
        "agent": "/guichet/",
        "agent-keys": "/guichet/cles/",
        "counter": "/guichet/{visit}/",
    },
    "host": {
        "desk-site": "/accueil/lieu/",
        "desk": "/accueil/",
        "desk-booking": "/accueil/rendez-vous/",
    },
    "technician": {"fleet": "/parc/", "partners": "/parc/administrations/"},
}


def main() -> int:
    """Take the pictures and say where they are."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="cordee-images-") as folder,
        World(Path(folder)) as world,
    ):
        world.wait_for_kiosk()
        wait_until(lambda: world.screen.picture().std() > DRAWN, within_s=20, what="the stage")
        _take_screen(world, "kiosk-idle")
        visit = world.book(starts_at=soon(420))
        world.screen.wait_for_change(within_s=10)
        _take_pages(world, visit)
        _take_screen(world, "kiosk-welcome")
    print(f"{len(list(IMAGES.glob('*.png')))} pictures in {IMAGES.relative_to(ROOT)}")
    return 0


def _take_pages(world: World, visit: str) -> None:
    for role, pages in PAGES.items():
        with world.browser() as person:
            if role:
                log_in = world.log_in(role)
                person.log_in(log_in.email, log_in.password)
            for name, address in pages.items():
                person.page.goto(world.server.url + address.format(visit=visit))
                for width_px in WIDTHS_PX:
                    person.page.set_viewport_size({"width": width_px, "height": 844})
                    person.page.evaluate("document.fonts.ready.then(() => true)")
                    path = IMAGES / f"{name}-{width_px}.png"
                    person.page.screenshot(path=path, full_page=True, animations="disabled")
                if name == "desk-site":
                    person.page.locator("button[name=site]", has_text="Guillestre").click()


def _take_screen(world: World, name: str) -> None:
    """Take what the kiosk's screen shows, at the width of the wider pages."""
    picture = world.screen.picture()[:, :, ::-1]
    height_px = picture.shape[0] * WIDTHS_PX[-1] // picture.shape[1]
    small = cv2.resize(picture, (WIDTHS_PX[-1], height_px), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(IMAGES / f"{name}-{WIDTHS_PX[-1]}.png"), small)


if __name__ == "__main__":
    sys.exit(main())
