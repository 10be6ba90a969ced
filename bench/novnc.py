"""The inner part of `bench peers`: one task by noVNC over TigerVNC. Run in the line's town."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import Page

from bench.inner import (
    Figure,
    browser_of,
    carried,
    figure,
    keep_pictures,
    tell,
    times,
    wrong_characters,
)
from bench.steps import Plan, read_plan
from bench.task import READABLE, TO_THE_KEYS_S, WITHIN_S, Task, Value
from bench.viewer import Box, Place, Viewer
from e2e.stand.agent import Agent
from e2e.stand.far_site import FarSite
from e2e.stand.line import Line, Profile
from e2e.stand.line_relay import Counters
from e2e.stand.process_tree import cpu_s, descendants
from e2e.stand.processes import Running, free_port
from e2e.stand.screen import Screen

NOVNC = Path("/usr/share/novnc")
OWN = Path(__file__).parent / "pages/novnc.html"
SIZE = (1280, 800)
TIMES_PX = 120
"""What one notch of the wheel scrolls."""


class VncDesk:
    """What a person sees and does in noVNC; `village` knows where things are on the page."""

    def __init__(
        self, page: Page, viewer: Viewer, village: Village, count: Callable[[], int]
    ) -> None:
        """Nothing is looked at before it is asked for."""
        self.page, self.viewer, self._village, self._count = page, viewer, village, count

    def frame(self) -> Box:
        """Return where the viewer shows the screen."""
        found = self.page.locator("canvas").bounding_box()
        assert found is not None
        return Box(*(round(found[name]) for name in ("x", "y", "width", "height")))

    def place_of(self, css: str) -> Place:
        """Return where an element is, turning the wheel until it is in view."""
        ends = time.monotonic() + WITHIN_S
        while True:
            box = self._village.box(css)
            middle = box.top + box.height // 2
            if 0 < middle < SIZE[1] or time.monotonic() > ends:
                return self.box_of(css).middle
            self._turn(self.frame().middle, middle - SIZE[1] // 2)

    def box_of(self, css: str) -> Box:
        """Return the box of an element on the viewer's display."""
        frame, box = self.frame(), self._village.box(css)
        return Box(frame.left + box.left, frame.top + box.top, box.width, box.height)

    def is_ticked(self, css: str) -> bool:
        """Return whether a box or a choice is ticked."""
        return bool(self._village.ask("ticked", css))

    def choose(self, css: str, text: str) -> None:
        """Open a list, go down to the option and take it."""
        self.viewer.press(self.place_of(css))
        time.sleep(TO_THE_KEYS_S)
        steps = self._village.ask("option", css, text=text)
        for key in ["Down"] * int(steps) + ["\n"]:
            self.viewer.key(key)
            time.sleep(TO_THE_KEYS_S)

    def scroll(self, css: str, down_px: int) -> None:
        """Turn the wheel above an element."""
        self._turn(self.box_of(css).middle, down_px)

    def watch(self, css: str) -> Callable[[], list[Value]]:
        """Tell nothing: pixels have no values."""
        del css
        return list

    def submissions(self) -> int:
        """Return how often the site has received something."""
        return self._count()

    def _turn(self, place: Place, down_px: int) -> None:
        self.viewer.turn(place, max(1, round(abs(down_px) / TIMES_PX)), is_down=down_px > 0)
        time.sleep(2 * TO_THE_KEYS_S)


class Village:
    """The page's browser at the far end, asked over a pipe."""

    def __init__(self, command: Sequence[str], display: str) -> None:
        """Start it and wait until the page is shown."""
        self.process = subprocess.Popen(
            [*command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DISPLAY": display},
        )
        assert self._answer() == "shown"

    def ask(self, ask: str, css: str, *, text: str = "") -> Any:
        """Ask about an element of the page."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"ask": ask, "css": css, "text": text}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def box(self, css: str) -> Box:
        """Return an element's box in the page, which fills the screen."""
        found = self.ask("box", css)
        return Box(*(round(found[name]) for name in ("left", "top", "width", "height")))

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


class _Pages(SimpleHTTPRequestHandler):
    """noVNC's files, and the page that uses them, in the town."""

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        content = OWN.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """Show the page by TigerVNC, see it by noVNC, do the task, and yield the figures."""
    plan = read_plan(options.steps)
    line = Line(Profile("given", 0, 0, 0, 0), options.folder)
    in_village = line.within(options.village)
    with ExitStack() as stack:
        site = stack.enter_context(
            FarSite(options.folder, port=free_port(), within=in_village, first=options.page)
        )
        display, rfb, served = f":{free_port() % 1000 + 500}", free_port(), free_port()
        server = stack.enter_context(
            Running([*in_village, *_tigervnc(display, rfb)], name="tigervnc", folder=options.folder)
        )
        server.wait_until(lambda: "Listening" in server.output(), within_s=20, what="listens")
        bridge = stack.enter_context(
            Running(
                [*in_village, "websockify", f"{Line.village_ip}:{served}", f"127.0.0.1:{rfb}"],
                name="websockify",
                folder=options.folder,
            )
        )
        bridge.wait_until(lambda: "proxying" in bridge.output(), within_s=20, what="listens")
        shown = [sys.executable, "-m", "bench.village_page", "--url", site.url]
        size = f"{SIZE[0]}x{SIZE[1]}"
        village = Village([*in_village, *shown, "--size", size], display)
        stack.callback(village.close)
        screen = stack.enter_context(
            Screen(options.folder / "viewer", width_px=1440, height_px=900)
        )
        viewer = Viewer(screen, plan.letters | {"Down", "\n"})
        stack.callback(viewer.close)
        pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(NOVNC)))
        stack.callback(pages.shutdown)
        Thread(target=pages.serve_forever, daemon=True).start()
        own = f"http://127.0.0.1:{pages.server_address[1]}"
        agent = stack.enter_context(
            Agent(
                options.folder / "agent",
                server_url=own,
                screen_env=screen.env,
                is_full_screen=True,
            )
        )
        agent.page.goto(own)
        agent.page.locator("html[data-ready]").wait_for()
        desk = VncDesk(agent.page, viewer, village, lambda: len(site.received))
        processes = descendants({server.process.pid, bridge.process.pid, village.process.pid})
        address = f"ws://{Line.village_ip}:{served}"
        try:
            sent, cpu = Counters(options.folder / "counters"), (processes, browser_of(agent))
            yield from _measured(desk, plan, options.clicks, Beside(site, *cpu, sent), address)
        except Exception:
            keep_pictures(viewer=screen)
            raise


@dataclass(frozen=True)
class Beside:
    """What is looked at besides the display."""

    site: FarSite
    kiosk: set[int]
    viewers: set[int]
    counters: Counters


def _measured(
    desk: VncDesk, plan: Plan, clicks: int, beside: Beside, address: str
) -> Iterator[Figure]:
    viewer, page = desk.viewer, desk.page
    sent, cpu = beside.counters.read(), (cpu_s(beside.kiosk), cpu_s(beside.viewers))
    at = time.monotonic()
    page.evaluate("address => connect(address)", address)
    page.locator("canvas").wait_for()
    grid = desk.frame().grid()
    # Until there is a picture all of it has noVNC's own ground.
    ground = viewer.colours([(desk.frame().left + 1, 1)] * len(grid))
    readable_at = viewer.changed_at(grid, ground, share=READABLE, within_s=WITHIN_S)
    task = Task(desk, viewer)
    if plan.probe:
        task.probe(plan.probe, clicks)
    begun = time.monotonic()
    task.run(plan)
    took_s = time.monotonic() - begun

    yield figure("first_readable_s", readable_at - at, "s")
    yield from times(task.found)
    yield from carried(beside.counters.read(), sent)
    yield figure("task_s", took_s, "s")
    yield from wrong_characters(beside.site, plan)
    yield figure("kiosk_cpu_s", cpu_s(beside.kiosk) - cpu[0], "s")
    yield figure("agent_cpu_s", cpu_s(beside.viewers) - cpu[1], "s")


def _tigervnc(display: str, port: int) -> list[str]:
    size = f"{SIZE[0]}x{SIZE[1]}"
    options = ["-geometry", size, "-depth", "24", "-SecurityTypes", "None", "-rfbport", str(port)]
    return ["Xtigervnc", display, *options, "-AlwaysShared", "-nolisten", "tcp"]


if __name__ == "__main__":
    sys.exit(tell(figures))
