"""How soon after the booked instant two people see each other, with a whole fleet starting at once.

One real kiosk and one real agent's browser, each with a camera of its own colour; the other kiosks
run the real daemon's core, link and disk with devices in memory, and hold a socket of their own.
All are booked for the first instant; the real pair then starts again and again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.report import Measure, percentile
from e2e.stand.counter import Counter
from e2e.stand.media import GREEN, ORANGE
from e2e.stand.memory_fleet import MemoryFleet
from e2e.stand.processes import NotInTime, wait_until
from e2e.stand.world import World, soon

GOALS = {
    "first_live_frame_s_p50": "≤ 0.25",
    "first_live_frame_s_p95": "≤ 0.5",
    "frames_before_t": "0",
    "started_within_1s": "1.0",
    "lost_visits": "0",
}
LEAD_S = 16
COLOUR_TOLERANCE = 45
AFTER_END_S = 60
SLOW_CAMERA = """
(() => {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return open(wish);
  };
})();
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Take the fleet's size and the number of starts."""
    parser.add_argument("--kiosks", type=int, default=25)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--slow-camera", action="store_true", help="the agent's camera takes 1 s")


def measure(options: argparse.Namespace) -> list[Measure]:
    """Run the starts and return the figures."""
    agent_s: list[float] = []
    kiosk_s: list[float] = []
    lost = early = 0
    fleet_lateness: list[float] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cordee-bench-")))
        world = stack.enter_context(World(folder, width_px=1280, height_px=720))
        world.wait_for_kiosk()
        agent = stack.enter_context(world.agent())
        if options.slow_camera:
            agent.context.add_init_script(SLOW_CAMERA)
        wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="certified keys")
        fleet = stack.enter_context(MemoryFleet(world, size=options.kiosks - 1))
        for start in range(options.starts):
            starts_at = soon(LEAD_S)
            if start == 0:
                fleet.book(starts_at=starts_at)
            visit = world.book(starts_at=starts_at)
            agent.open_counter(visit)
            counter = Counter(agent.page)
            try:
                seen_at, colour = counter.wait_for_face(within_s=LEAD_S + 20)
                back = wait_for_face_at_kiosk(world, visit)
            except NotInTime:
                lost += 1
                continue
            if not (_is_near(colour, GREEN) and _is_near(tuple(back["colour"]), ORANGE)):
                lost += 1
                continue
            agent_s.append(seen_at - starts_at)
            kiosk_s.append(back["at"] - starts_at)
            early += sum(value < 0 for value in (agent_s[-1], kiosk_s[-1]))
            print(f"start {start + 1}: {agent_s[-1]:.3f} {kiosk_s[-1]:.3f} s", file=sys.stderr)
            if start == 0:
                fleet_lateness = fleet.lateness(within_s=10)
            counter.end(outcome="done")
            wait_for_wipe(world, visit)
    both = agent_s + kiosk_s
    started = [*fleet_lateness, *agent_s[:1]]
    profile = "lan, camera 1 s" if options.slow_camera else "lan"

    def figure(metric: str, value: float, unit: str, n: int) -> Measure:
        return Measure("autostart", profile, metric, value, unit, n)

    return [
        figure("first_live_frame_s_p50", percentile(both, 0.5), "s", len(both)),
        figure("first_live_frame_s_p95", percentile(both, 0.95), "s", len(both)),
        figure("first_live_frame_s_max", max(both), "s", len(both)),
        figure("frames_before_t", early, "frames", len(both)),
        figure(
            "started_within_1s",
            sum(value <= 1 for value in started) / max(1, options.kiosks),
            "share",
            options.kiosks,
        ),
        figure("lost_visits", lost, "visits", options.starts),
    ]


def wait_for_face_at_kiosk(world: World, visit: str) -> dict[str, Any]:
    """Return the kiosk's `face_decoded` line (`at`, `colour`) of the visit, once there is one."""
    return wait_until(lambda: _face_of(world.kiosk.log(), visit), within_s=20, what="a face") or {}


def wait_for_wipe(world: World, visit: str) -> None:
    """Wait until the kiosk has wiped itself after the visit."""
    wait_until(
        lambda: any(entry.get("kind") == "wiped" for entry in _about(world.kiosk.log(), visit)),
        within_s=AFTER_END_S,
        what="the box is wiped",
    )


def _about(log: str, visit: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [entry for entry in lines if entry.get("visit") == visit]


def _face_of(log: str, visit: str) -> dict[str, Any] | None:
    last: dict[str, Any] | None = None
    for line in log.splitlines():
        if '"face_decoded"' not in line:
            continue
        entry: dict[str, Any] = json.loads(line)
        if entry.get("event") == "face_decoded":
            last = entry
        elif entry.get("visit") == visit:
            return last
    return None


def _is_near(colour: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) <= COLOUR_TOLERANCE
