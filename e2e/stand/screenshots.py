"""`make screenshots`: every page at 390 and 1280 px wide, into `docs/images/`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import cv2

from e2e.stand.processes import ROOT
from e2e.stand.world import World, soon

IMAGES = ROOT / "docs/images"
WIDTHS_PX = (390, 1280)
PAGES = {
    None: {"landing": "/", "log-in": "/connexion/"},
    "agent": {
        "agent": "/guichet/",
        "agent-keys": "/guichet/cles/",
        "counter": "/guichet/{visit}/",
    },
    "host": {"desk": "/accueil/", "desk-booking": "/accueil/rendez-vous/"},
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
        _take_pages(world, world.book(starts_at=soon(420)))
        picture = world.screen.picture()
        cv2.imwrite(str(IMAGES / "kiosk-1920.png"), picture[:, :, ::-1])
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


if __name__ == "__main__":
    sys.exit(main())
