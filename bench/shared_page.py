"""The inner part of `bench cobrowse`: one task over one line. Run by it in the line's town."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.report import percentile
from bench.viewer import CHANGED, Box, Colours, Grid, Viewer
from e2e.stand.agent import Agent
from e2e.stand.counter import Counter, at_rest
from e2e.stand.line import Line, Profile
from e2e.stand.line_relay import Counters
from e2e.stand.process_tree import command_line, cpu_s, descendants
from e2e.stand.processes import NotInTime, wait_until
from e2e.stand.screen import Screen
from e2e.stand.world import World

KEY_EVERY_S = 0.07
REST_S = (0.4, 0.1)
"""Between two presses: longer than what the first may still cause, and not in step with it."""
ECHO_MOST_S = 2.0
"""Stands for an echo that never came, as where the text is longer than its field."""
WITHIN_S = 60
DRAWN_WITHIN_S = 0.3
READABLE = 0.02
"""Share of the frame's places that differ from the empty frame once a page is there."""


@dataclass
class Found:
    """What the task gave; milliseconds, and seconds for what people wait for."""

    clicks_ms: list[float] = field(default_factory=list)
    echo_ms: list[float] = field(default_factory=list)
    submits_ms: list[float] = field(default_factory=list)
    wanted: dict[str, str] = field(default_factory=dict)


class Task:
    """The steps of a task, done at the counter of a visit by an agent with a pointer."""

    def __init__(self, counter: Counter, viewer: Viewer) -> None:
        """Nothing is done before `run`."""
        self.counter = counter
        self.viewer = viewer
        self.found = Found()

    def run(self, steps: list[dict[str, Any]]) -> None:
        """Do the steps in order. Raises KeyError for a step that is none of those known."""
        for step in steps:
            if "until" in step:
                self._submit(step["click"], step["until"])
            elif "click" in step:
                self._press(step["click"], step.get("watch", step["click"]), step.get("times", 1))
            elif "type" in step:
                self._type(step["type"], step["text"], step.get("expect", step["text"]))
            elif "choose" in step:
                self.counter.choose(step["choose"], step["value"])
                self._want(step["choose"], step["value"])
            else:
                self._at(step["scroll"])

    def frame(self) -> Box:
        """Return where the shared page is shown."""
        return _box(self.counter.page.locator(".frame").bounding_box())

    def _press(self, css: str, watched: str, times: int) -> None:
        for number in range(times):
            place = self._at(css)
            seen = [_box(self.counter.mirror().locator(watched).bounding_box()).middle]
            before = self.viewer.colours(seen)
            at = self.viewer.press(place)
            changed_at = self.viewer.changed_at(seen, before, within_s=WITHIN_S)
            self.found.clicks_ms.append(1000 * (changed_at - at))
            time.sleep(REST_S[0] + REST_S[1] * (number % 7) / 7)

    def _type(self, css: str, text: str, wanted: str) -> None:
        # By the browser's own door, as the keys below: of two doors neither waits for the other.
        self.counter.page.mouse.click(*self._at(css))
        field = _box(self.counter.mirror().locator(css).bounding_box())
        for letter in text:
            before, begun = self.viewer.text_ends(field), time.monotonic()
            self.counter.page.keyboard.type(letter)
            if letter.isalnum():
                # A letter is waited for before the next: else it would count as that one's echo.
                at = self.viewer.written_at(field, before, within_s=ECHO_MOST_S)
                self.found.echo_ms.append(1000 * ((at or begun + ECHO_MOST_S) - begun))
            time.sleep(max(0.0, KEY_EVERY_S - (time.monotonic() - begun)))
        self._want(css, wanted)

    def _submit(self, css: str, until: str) -> None:
        place = self._at(css)
        grid = self.frame().grid()
        seen = self.viewer.colours(grid)
        at = self.viewer.press(place)
        shown = self.counter.mirror().locator(until)
        last_at = at
        while not (last_at > at and shown.is_visible()):
            seen, last_at = self._looked(grid, seen, last_at)
            if time.monotonic() > at + WITHIN_S:
                raise NotInTime(f"{until} is not shown within {WITHIN_S} s")
        # Built is not drawn yet: the last change of the picture counts.
        ends = time.monotonic() + DRAWN_WITHIN_S
        while time.monotonic() < ends:
            seen, last_at = self._looked(grid, seen, last_at)
        self.found.submits_ms.append(1000 * (last_at - at))

    def _looked(self, grid: Grid, seen: Colours, last_at: float) -> tuple[Colours, float]:
        """Return the colours of now, and when they last changed."""
        now, colours = time.monotonic(), self.viewer.colours(grid)
        has_changed = (abs(colours - seen) > CHANGED).any(axis=1).mean() > READABLE
        return (colours, now) if has_changed else (seen, last_at)

    def _at(self, css: str) -> tuple[int, int]:
        """Return where an element is on the display, once it is in view and at rest."""
        left, top = self.counter.place_of(css)
        return round(left), round(top)

    def _want(self, css: str, value: str) -> None:
        name = self.counter.mirror().locator(css).get_attribute("name")
        if not name:
            raise ValueError(f"{css} has no name: what the site gets of it cannot be compared")
        self.found.wanted[name] = value


def figures(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Bring both together, do the task, and yield the figures."""
    line = Line(Profile("given", 0, 0, 0, 0), options.folder)
    line.village, line.town = options.village, options.town
    counters = Counters(options.folder / "counters")
    with ExitStack() as stack:
        world = stack.enter_context(
            World(
                options.folder / "world",
                width_px=1280,
                height_px=800,
                line=line,
                first_page=options.page,
            )
        )
        world.wait_for_kiosk(within_s=WITHIN_S)
        screen = stack.enter_context(
            Screen(options.folder / "viewer", width_px=1440, height_px=900)
        )
        agent = stack.enter_context(world.agent(screen_env=screen.env, is_full_screen=True))
        wait_until(lambda: agent.data("keys") == "certified", within_s=WITHIN_S, what="keys")
        visit, _ = world.book_soon((8, 15, 30, 60))
        agent.open_counter(visit)
        counter = Counter(agent.page)
        counter.wait_for_face(within_s=120)
        viewer = Viewer(screen)
        stack.callback(viewer.close)
        yield from _measured(world, agent, Task(counter, viewer), counters, options)


def _measured(
    world: World, agent: Agent, task: Task, counters: Counters, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    steps = json.loads(options.steps.read_text(encoding="utf-8"))
    kiosk, viewers = world.kiosk.processes, _browser_of(agent)
    task.counter.ask("see")
    grid = task.frame().grid()
    empty = task.viewer.colours(grid)
    sent, cpu = counters.read(), (cpu_s(kiosk()), cpu_s(viewers))
    yes = at_rest(task.counter.act("see").locator("[data-do=yes]").bounding_box, what="the yes")
    at = task.viewer.press(_box(yes).middle)
    readable_at = task.viewer.changed_at(grid, empty, share=READABLE, within_s=WITHIN_S)
    task.counter.wait_for_state("see", "given")
    task.counter.obtain("control")
    begun = time.monotonic()
    task.run(steps)
    took_s = time.monotonic() - begun
    now = counters.read()
    carried = {name: now[name] - sent[name] for name in now}
    found = task.found

    def figure(metric: str, value: float, unit: str, n: int = 1) -> dict[str, Any]:
        return {"metric": metric, "value": value, "unit": unit, "n": n}

    yield figure("first_readable_s", readable_at - at, "s")
    if found.clicks_ms:
        count = len(found.clicks_ms)
        yield figure("click_to_picture_ms_p50", percentile(found.clicks_ms, 0.5), "ms", count)
        yield figure("click_to_picture_ms_p95", percentile(found.clicks_ms, 0.95), "ms", count)
    if found.submits_ms:
        count = len(found.submits_ms)
        yield figure("submit_ms_p50", percentile(found.submits_ms, 0.5), "ms", count)
    if found.echo_ms:
        count = len(found.echo_ms)
        yield figure("echo_ms_p95", percentile(found.echo_ms, 0.95), "ms", count)
    yield figure("mirror_sent_kB", carried["up channels"] / 1000, "kB")
    kinds = [name for name in carried if not name.endswith(("lost", "full"))]
    for who, way in (("kiosk", "up"), ("agent", "down")):
        amount = sum(carried[name] for name in kinds if name.startswith(way))
        yield figure(f"{who}_sent_kB", amount / 1000, "kB")
    yield figure("task_s", took_s, "s")
    if found.wanted:
        yield figure("wrong_characters", _wrong(world, found.wanted), "characters")
    yield figure("kiosk_cpu_s", cpu_s(kiosk()) - cpu[0], "s")
    yield figure("agent_cpu_s", cpu_s(viewers) - cpu[1], "s")


def _wrong(world: World, wanted: dict[str, str]) -> int:
    """Return how many characters of the answers that the site has got are not those typed."""
    wait_until(lambda: bool(world.far_site.received), within_s=WITHIN_S, what="the answers")
    got = world.far_site.received[-1]
    wrong = 0
    for name, value in wanted.items():
        sent = got.get(name, "").replace("\r\n", "\n")
        wrong += abs(len(sent) - len(value))
        wrong += sum(one != other for one, other in zip(sent, value, strict=False))
    return wrong


def _browser_of(agent: Agent) -> set[int]:
    """Return the processes of the agent's browser: its driver is this process's child."""
    browsers = {
        pid
        for pid in descendants({os.getpid()})
        if any(word in command_line(pid) for word in (b"--remote-debugging", b"--type="))
    }
    assert browsers, f"{agent.browser} runs"
    return browsers


def _box(found: Any) -> Box:
    if found is None:
        raise AssertionError("what is looked for is not shown")
    return Box(*(round(found[name]) for name in ("x", "y", "width", "height")))


def main() -> int:
    """Run it and print the figures, one object a line."""
    parser = argparse.ArgumentParser()
    for name in ("--folder", "--page", "--steps"):
        parser.add_argument(name, type=Path, required=True)
    for name in ("--village", "--town"):
        parser.add_argument(name, required=True)
    for figure in figures(parser.parse_args()):
        print(json.dumps(figure), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
