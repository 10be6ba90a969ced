"""How soon after the booked instant two people see each other, with a whole fleet starting at once.

One real kiosk and one real agent's browser, each with a camera of its own colour; the other kiosks
run the real daemon's core, link and disk with devices in memory, and hold a socket of their own.
All are booked for the first instant; the real pair then starts again and again. Further series
repeat it with cameras that take a second to open, and with the server or the daemon killed around
the hour.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

from bench.report import Measure, percentile
from bench.starts import SERIES, Series, Start, clear, end, run_start, settings
from e2e.stand.memory_fleet import MemoryFleet
from e2e.stand.processes import wait_until
from e2e.stand.world import World, soon

GOALS = {
    "first_live_frame_s_p50": "≤ 0.25 (lan)",
    "first_live_frame_s_p95": "≤ 0.5 (lan)",
    "frames_before_t": "0",
    "started_within_1s": "1.0",
    "after_return_s_max": "≤ 3",
    "lost_visits": "0",
    "chromium_gone_s_max": "≤ 1",
}


@dataclass
class Found:
    """What one series gave. `fleet_s`: how late each kiosk without a screen went live, seconds."""

    starts: list[Start] = field(default_factory=list)
    fleet_s: list[float] = field(default_factory=list)
    lost: int = 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Take the fleet's size, the number of starts and the series."""
    parser.add_argument("--kiosks", type=int, default=25)
    parser.add_argument("--starts", type=int, default=20, help="of the first series")
    parser.add_argument("--faults", type=int, default=5, help="starts of each further series")
    parser.add_argument("--series", nargs="+", choices=SERIES, default=list(SERIES))


def measure(options: argparse.Namespace) -> list[Measure]:
    """Run the series and return the figures."""
    measures: list[Measure] = []
    for name in options.series:
        is_plain = name == "plain"
        count = options.starts if is_plain else options.faults
        fleet_size = options.kiosks - 1 if is_plain else 0
        found = _run(SERIES[name], count=count, fleet_size=fleet_size)
        measures += _figures(SERIES[name], found, count=count, fleet_size=fleet_size)
    return measures


def _run(series: Series, *, count: int, fleet_size: int) -> Found:
    found = Found()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cordee-bench-")))
        world = stack.enter_context(
            World(folder, width_px=1280, height_px=720, kiosk_settings=settings(series, folder))
        )
        world.wait_for_kiosk()
        agent = stack.enter_context(world.agent(init_script=series.agent_script))
        wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="certified keys")
        fleet = stack.enter_context(MemoryFleet(world, size=fleet_size))
        for number in range(count):
            starts_at = soon(series.lead_s)
            if number == 0:
                fleet.book(starts_at=starts_at)
            try:
                found.starts.append(run_start(world, agent, series, starts_at=starts_at))
                if number == 0:
                    found.fleet_s = fleet.lateness(within_s=10)
                end(world, agent)
            except (AssertionError, PlaywrightError) as failure:
                print(f"{series.profile}: lost: {failure}", file=sys.stderr)
                found.lost += 1
                clear(world, agent)
    return found


def _figures(series: Series, found: Found, *, count: int, fleet_size: int) -> list[Measure]:
    faces = [value for start in found.starts for value in start.faces_s]
    returns = [
        value
        for start in found.starts
        if start.back_s is not None
        for value in start.after_return_s
    ]
    kiosks = [*found.fleet_s, *(start.kiosk_s for start in found.starts[:1])]

    def figure(metric: str, value: float, unit: str, n: int) -> Measure:
        return Measure("autostart", series.profile, metric, value, unit, n)

    figures = [
        figure(
            "frames_before_t",
            sum(start.frames_before for start in found.starts),
            "frames",
            len(faces),
        ),
        figure("lost_visits", found.lost, "visits", count),
    ]
    if faces:
        figures += [
            figure("first_live_frame_s_p50", percentile(faces, 0.5), "s", len(faces)),
            figure("first_live_frame_s_p95", percentile(faces, 0.95), "s", len(faces)),
            figure("first_live_frame_s_max", max(faces), "s", len(faces)),
        ]
    if returns:
        back = [start.back_s for start in found.starts if start.back_s is not None]
        figures.append(figure("back_s_max", max(back), "s after the hour", len(back)))
        figures.append(figure("after_return_s_max", max(returns), "s", len(returns)))
    gone = [start.gone_s for start in found.starts if start.gone_s is not None]
    if gone:
        figures.append(figure("chromium_gone_s_max", max(gone), "s after the kill", len(gone)))
    if fleet_size:
        in_time = sum(value <= 1 for value in kiosks) / (fleet_size + 1)
        figures.append(figure("started_within_1s", in_time, "share", fleet_size + 1))
    return figures
