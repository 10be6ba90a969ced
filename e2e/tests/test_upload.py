"""A sealed page whose way to the server is cut in the middle goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import expect

from e2e.stand.cable import Cable, Upload
from e2e.stand.counter import Counter, picture_of
from e2e.stand.processes import free_port, wait_until
from e2e.stand.world import World

SLOW_BPS = 32_000
"""A page of some 45 kB goes in three requests, in small pieces: time enough to cut it."""
FINE = "--mode Color --test-picture 'Color pattern' --resolution 150"
SETTINGS = {"CORDEE_KIOSK_UPLOAD_BPS": str(SLOW_BPS), "CORDEE_KIOSK_SCANNER_OPTIONS": FINE}


def test_page_goes_on_where_the_line_was_cut_and_arrives_whole(tmp_path: Path) -> None:
    with (
        Cable(free_port()) as cable,
        World(
            tmp_path,
            width_px=1280,
            height_px=720,
            server_port=cable.server_port,
            kiosk_settings={**SETTINGS, "CORDEE_KIOSK_SERVER": cable.url},
        ) as world,
    ):
        world.wait_for_kiosk()
        with world.agent() as agent:
            wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="keys")
            visit, _ = world.book_soon()
            agent.open_counter(visit)
            counter = Counter(agent.page)
            counter.wait_for_face(within_s=60)
            counter.obtain("scan")
            cable.cut_when = is_within_the_second
            agent.page.keyboard.press("F8")

            wait_until(lambda: cable.is_cut, within_s=60, what="the line is cut within a request")
            world.server.kill()
            before = list(cable.uploads)
            [(held, size)] = pages(world)
            assert [upload.offset for upload in before] == [0, held]
            lost = before[-1].passed_bytes
            assert 0 < lost < before[-1].announced_bytes
            assert 0 < held < size
            [stored] = (world.server.data / "pages").iterdir()
            begun = stored.read_bytes()[:held]
            assert len(begun) == held

            world.server.start()
            cable.mend()
            wait_until(lambda: pages(world) == [(size, size)], within_s=90, what="it is whole")
            after = cable.uploads[len(before) :]
            assert after[0].offset == held, "it goes on where the server stopped"
            assert sum(upload.passed_bytes for upload in after) == size - held
            assert sum(upload.passed_bytes for upload in cable.uploads) == size + lost
            assert stored.with_suffix(".age").read_bytes()[:held] == begun
            assert [line["offset"] for line in lines(world, "page_resumed")] == [held]

            images = agent.page.locator(".thumbs img")
            expect(images).to_have_count(1, timeout=60_000)
            assert np.array_equal(picture_of(images.first), world.kiosk.scan_alone(FINE))


def is_within_the_second(uploads: list[Upload]) -> bool:
    """Say whether a part of the page's second request, and not all of it, has gone by."""
    return len(uploads) == 2 and 0 < uploads[1].passed_bytes < uploads[1].announced_bytes


def pages(world: World) -> list[tuple[int, int]]:
    """Return the bytes that have arrived and the size of each page that the server knows of."""
    rows = world.server.rows("select offset, size_bytes from documents_sealedpage order by id")
    return [(int(offset), int(size)) for offset, size in rows]


def lines(world: World, event: str) -> list[dict[str, Any]]:
    read = (json.loads(line) for line in world.kiosk.log().splitlines() if line.startswith("{"))
    return [line for line in read if line.get("event") == event]
