from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
from waiting import until_asked

from chromium import screen
from chromium.conftest import show
from chromium.partner_site import Site
from chromium.screen import Picture
from chromium.seen import Seen

STAGE = (10, 60, 120)
PAGE = (255, 0, 200)
HOLE = (440, 80, 800, 600)
COLOURED = """<!doctype html><title>Couleur</title><style>
html { background: rgb(255, 0, 200); overflow: hidden }
#coin { position: fixed; background: rgb(0, 255, 0); width: 10px; height: 10px }
</style><i id="coin" style="left:0;top:0"></i><i id="coin" style="right:0;top:0"></i>
<i id="coin" style="left:0;bottom:0"></i><i id="coin" style="right:0;bottom:0"></i>"""


async def until_seen(display: str, is_right: Callable[[Picture], bool]) -> Picture:
    async def look() -> list[Picture]:
        taken = await asyncio.to_thread(screen.picture, display)
        return [taken] if is_right(taken) else []

    return (await until_asked(look, what="the right picture on the screen"))[0]


def at(picture: Picture, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in picture[y, x])


async def test_the_guest_fills_the_hole_exactly_and_nothing_else_of_it_shows(
    seen: Seen, site: Site, display: str
) -> None:
    site.pages["/couleur"] = COLOURED
    await seen.browser.tell(show(guest=True))
    await seen.browser.open_guest(url=f"{site.url}/couleur", allowed_hosts=[site.host])
    left, top, width, height = HOLE
    corners = [
        (left, top),
        (left + width - 1, top),
        (left, top + height - 1),
        (left + width - 1, top + height - 1),
    ]
    green = (0, 255, 0)
    picture = await until_seen(
        display,
        lambda taken: (
            at(taken, 840, 380) == PAGE and all(at(taken, *corner) == green for corner in corners)
        ),
    )
    outside = np.ones(picture.shape[:2], bool)
    outside[top : top + height, left : left + width] = False
    assert not np.any(np.all(picture[outside] == PAGE, axis=-1))
    assert at(picture, left - 1, top) == STAGE
    assert at(picture, left, top - 1) == STAGE


async def test_without_leave_to_see_the_stage_covers_the_guest(
    seen: Seen, site: Site, display: str
) -> None:
    site.pages["/couleur"] = COLOURED
    await seen.browser.tell(show(guest=True))
    await seen.browser.open_guest(url=f"{site.url}/couleur", allowed_hosts=[site.host])
    await until_seen(display, lambda taken: at(taken, 840, 380) == PAGE)
    await seen.browser.tell(show(guest=False))
    picture = await until_seen(display, lambda taken: at(taken, 840, 380) == STAGE)
    assert not np.any(np.all(picture == PAGE, axis=-1))


async def test_the_stage_covers_the_screen_from_the_start(seen: Seen, display: str) -> None:
    picture = await until_seen(display, lambda taken: at(taken, 1279, 719) == STAGE)
    assert at(picture, 0, 719) == STAGE
