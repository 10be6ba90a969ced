"""A sealed page whose way to the server is cut in the middle goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import expect

from e2e.stand.counter import Counter, picture_of
from e2e.stand.processes import wait_until
from e2e.stand.world import World

SLOW_BPS = 128_000
"""A page takes several requests and about ten seconds: time enough to cut it."""
FINE = "--mode Color --test-picture 'Color pattern' --resolution 300"
SETTINGS = {"CORDEE_KIOSK_UPLOAD_BPS": str(SLOW_BPS), "CORDEE_KIOSK_SCANNER_OPTIONS": FINE}


def test_page_goes_on_where_the_server_was_lost_and_arrives_whole(tmp_path: Path) -> None:
    with World(tmp_path, width_px=1280, height_px=720, kiosk_settings=SETTINGS) as world:
        world.wait_for_kiosk()
        with world.agent() as agent:
            wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="keys")
            visit, _ = world.book_soon((12, 30, 60))
            agent.open_counter(visit)
            counter = Counter(agent.page)
            counter.wait_for_face(within_s=60)
            counter.obtain("scan")
            agent.page.keyboard.press("F8")

            wait_until(lambda: arrived(world), within_s=60, what="a part of the page is there")
            world.server.kill()
            [(held, size)] = pages(world)
            assert 0 < held < size
            [stored] = (world.server.data / "pages").iterdir()
            begun = stored.read_bytes()[:held]
            assert len(begun) == held

            world.server.start()
            wait_until(lambda: arrived(world) == size, within_s=90, what="the page is whole")
            assert stored.with_suffix(".age").read_bytes()[:held] == begun
            offsets = [line["offset"] for line in lines(world, "page_resumed")]
            assert offsets[0] == held, "the kiosk sends only what the server lacks"

            images = agent.page.locator(".thumbs img")
            expect(images).to_have_count(1, timeout=60_000)
            assert np.array_equal(picture_of(images.first), world.kiosk.scan_alone(FINE))


def pages(world: World) -> list[tuple[int, int]]:
    """Return the bytes that have arrived and the size of each page that the server knows of."""
    rows = world.server.rows("select offset, size_bytes from documents_sealedpage order by id")
    return [(int(offset), int(size)) for offset, size in rows]


def arrived(world: World) -> int:
    return sum(offset for offset, _ in pages(world))


def lines(world: World, event: str) -> list[dict[str, Any]]:
    read = (json.loads(line) for line in world.kiosk.log().splitlines() if line.startswith("{"))
    return [line for line in read if line.get("event") == event]
