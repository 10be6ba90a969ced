"""The inner part of `bench cobrowse`: one task over one line. Run by it in the line's town."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

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
from bench.mirror_desk import MirrorDesk
from bench.report import percentile
from bench.steps import read_plan
from bench.task import READABLE, WITHIN_S, Task
from bench.viewer import Viewer
from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.line import Line, Profile
from e2e.stand.line_relay import Counters
from e2e.stand.process_tree import cpu_s
from e2e.stand.processes import wait_until
from e2e.stand.screen import Screen
from e2e.stand.world import World


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """Bring both together, do the task, and yield the figures."""
    plan = read_plan(options.steps)
    line = Line(Profile("given", 0, 0, 0, 0), options.folder)
    line.village, line.town = options.village, options.town
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
        viewer = Viewer(screen, plan.letters)
        stack.callback(viewer.close)
        agent = stack.enter_context(world.agent(screen_env=screen.env, is_full_screen=True))
        try:
            wait_until(lambda: agent.data("keys") == "certified", within_s=WITHIN_S, what="keys")
            visit, _ = world.book_soon((8, 15, 30, 60))
            agent.open_counter(visit)
            counter = Counter(agent.page)
            counter.wait_for_face(within_s=120)
            desk = MirrorDesk(counter, viewer, lambda: len(world.far_site.received))
            task = Task(desk, viewer)
            yield from _measured(world, agent, desk, task, options)
        except Exception:
            keep_pictures(kiosk=world.screen, viewer=screen)
            raise


def _measured(
    world: World,
    agent: Agent,
    desk: MirrorDesk,
    task: Task,
    options: argparse.Namespace,
) -> Iterator[Figure]:
    plan, viewer = read_plan(options.steps), task.viewer
    counters = Counters(options.folder / "counters")
    kiosk, viewers = world.kiosk.processes, browser_of(agent)
    desk.counter.ask("see")
    grid = desk.frame().grid()
    empty = viewer.colours(grid)
    sent, cpu = counters.read(), (cpu_s(kiosk()), cpu_s(viewers))
    at = viewer.press(desk.place_of_yes())
    readable_at = viewer.changed_at(grid, empty, share=READABLE, within_s=WITHIN_S)
    desk.counter.wait_for_state("see", "given")
    desk.counter.obtain("control")
    if plan.probe:
        task.probe(plan.probe, options.clicks)
    begun = time.monotonic()
    task.run(plan)
    took_s = time.monotonic() - begun
    now = counters.read()

    yield figure("first_readable_s", readable_at - at, "s")
    yield from times(task.found)
    # None wrong: none stood.
    wrong = task.found.wrong_echoes
    yield figure("wrong_echo_ms_p95", percentile(wrong or [0.0], 0.95), "ms", len(wrong))
    yield figure("mirror_sent_kB", (now["up channels"] - sent["up channels"]) / 1000, "kB")
    yield from carried(now, sent)
    yield figure("task_s", took_s, "s")
    yield from wrong_characters(world.far_site, plan)
    yield figure("kiosk_cpu_s", cpu_s(kiosk()) - cpu[0], "s")
    yield figure("agent_cpu_s", cpu_s(viewers) - cpu[1], "s")


if __name__ == "__main__":
    sys.exit(tell(figures))
