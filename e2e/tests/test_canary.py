"""The server holds no plain text of a page: a mark in the picture is nowhere to be found."""

from __future__ import annotations

import base64
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from e2e.stand.agent import Agent
from e2e.stand.canary import MarkedScanner, files_with, text_chunk
from e2e.stand.counter import Counter
from e2e.stand.processes import wait_until
from e2e.stand.world import World

MARK = f"vipere-des-Ecrins-{secrets.token_hex(16)}".encode()
PIECE_BYTES = 48
KEEP_BLOBS = """
(() => {
  const make = URL.createObjectURL;
  window.blobsMade = [];
  URL.createObjectURL = (blob) => { window.blobsMade.push(blob); return make(blob); };
})();
"""
OPENED = "async () => Array.from(new Uint8Array(await window.blobsMade.at(-1).arrayBuffer()))"


@dataclass(frozen=True)
class Marked:
    """A world whose scanner marks every picture."""

    world: World
    scanner: MarkedScanner

    def places(self) -> list[Path]:
        """Return all that is the server's, the root's and the kiosk's."""
        return [self.world.folder / name for name in ("server", "root", "kiosk")]

    def found(self) -> list[Path]:
        """Return the files in which the mark or a piece of the picture itself stands."""
        picture = self.scanner.picture()
        middle = len(picture) // 2
        piece = picture[middle : middle + PIECE_BYTES]
        places = self.places()
        return sorted({*files_with(places, MARK), *files_with(places, piece)})

    def pages(self) -> list[tuple[str, str]]:
        """Return the id and the state of each page that the server knows of, oldest first."""
        rows = self.world.server.rows(
            "select public_id, state from documents_sealedpage order by id"
        )
        return [(str(name), str(state)) for name, state in rows]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    folder = tmp_path_factory.mktemp("world")
    scanner = MarkedScanner(folder / "scanner", mark=MARK, python=Path(sys.executable))
    # What a program lays down for a moment lies where the search looks.
    passing = {name: folder / name / "passing" for name in ("server", "kiosk")}
    for path in passing.values():
        path.mkdir(parents=True)
    with World(
        folder,
        server_env={"TMPDIR": str(passing["server"])},
        kiosk_settings={**scanner.env, "TMPDIR": str(passing["kiosk"])},
        width_px=1280,
        height_px=720,
    ) as world:
        world.wait_for_kiosk()
        yield Marked(world, scanner)


@pytest.fixture
def agent(marked: Marked) -> Iterator[Agent]:
    with marked.world.agent() as opened:
        opened.context.add_init_script(KEEP_BLOBS)
        wait_until(lambda: opened.data("keys") == "certified", within_s=30, what="certified keys")
        yield opened


def test_scanned_page_is_plain_nowhere_and_the_same_search_finds_an_unsealed_one(
    marked: Marked, agent: Agent
) -> None:
    world = marked.world
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visit, _ = world.book_soon()
    agent.open_counter(visit)
    counter = Counter(agent.page)
    counter.wait_for_face(within_s=60)
    counter.obtain("scan")
    agent.page.route("**/api/pages/*", hold)

    world.server.kill()
    agent.page.keyboard.press("F8")
    [waiting] = wait_until(
        lambda: spooled_files(world), within_s=60, what="the page waits on the kiosk"
    )
    sealed = waiting.read_bytes()[-PIECE_BYTES:]
    assert MARK in marked.scanner.picture()
    assert marked.found() == [], "plain on the kiosk, while the server is away"

    world.server.start()
    wait_until(lambda: states(marked) == ["whole"], within_s=30, what="the server holds the page")
    wait_until(lambda: agent.data("call") and held, within_s=30, what="the agent asks for it")
    wait_until(lambda: not spooled_files(world), within_s=20, what="the kiosk lets the page go")
    assert marked.found() == [], "plain while the page lies on the server"
    assert files_with(marked.places(), sealed) == [page_file(marked, 0)]

    for route in held:
        route.continue_()
    agent.page.unroute("**/api/pages/*")
    expect(agent.page.locator(".thumbs img")).to_have_count(1, timeout=30_000)
    assert bytes(agent.page.evaluate(OPENED)) == marked.scanner.picture()
    wait_until(lambda: states(marked) == ["acknowledged"], within_s=20, what="it is acknowledged")
    assert marked.found() == [], "plain after the agent has opened the page"

    world.kiosk.stop()
    world.kiosk.program = [sys.executable, "-m", "e2e.stand.unsealed_kiosk"]
    world.kiosk.start()
    wait_until(lambda: '"resumed"' in world.kiosk.log(), within_s=60, what="the call is back")
    wait_until(lambda: agent.data("call") == "live", within_s=30, what="the call is live")
    counter.obtain("scan")
    agent.page.keyboard.press("F8")
    wait_until(lambda: states(marked)[1:] == ["whole"], within_s=60, what="the unsealed page")
    wait_until(lambda: not spooled_files(world), within_s=20, what="the kiosk lets the page go")
    assert marked.found() == [page_file(marked, 1)], "the search finds nothing that is there"


def test_search_finds_the_mark_in_other_writings(tmp_path: Path) -> None:
    for number, text in enumerate((MARK, MARK.hex().encode(), b64(b"1" + MARK), b64(MARK + b"22"))):
        (tmp_path / str(number)).write_bytes(b"before" + text + b"after")
    (tmp_path / "other").write_bytes(text_chunk(b"something else"))
    assert [path.name for path in files_with([tmp_path], MARK)] == ["0", "1", "2", "3"]


def b64(data: bytes) -> bytes:
    return base64.b64encode(data)


def spooled_files(world: World) -> list[Path]:
    return list((world.kiosk.state / "spool").glob("*.age"))


def states(marked: Marked) -> list[str]:
    return [state for _, state in marked.pages()]


def page_file(marked: Marked, number: int) -> Path:
    name, _ = marked.pages()[number]
    return marked.world.server.data / "pages" / f"{name}.age"
