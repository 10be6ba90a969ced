"""One start at the hour: what is killed and comes back around it, and when faces appear."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

from cordee_kiosk.core.visit import CAMERA_BEFORE_S, WARM_BEFORE_S
from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.facts import about, entries, face_of
from e2e.stand.media import GREEN, ORANGE
from e2e.stand.processes import ROOT, NotInTime, is_alive, wait_until
from e2e.stand.world import World

COLOUR_TOLERANCE = 45
SLOW_S = 1.0
FACE_WITHIN_S = 20
AFTER_END_S = 60
STAGE = ROOT / "kiosk/src/cordee_kiosk/stage"
SLOW_CAMERA = """
(() => {
  globalThis.slowed = 0;
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    globalThis.slowed += 1;
    return open(wish);
  };
})();
"""


@dataclass(frozen=True)
class Event:
    """Something that happens to the stand `at_s` seconds after the hour (before it: negative).

    `act` may return how many seconds a killed daemon's Chromium took to be gone.
    """

    at_s: float
    act: Callable[[World], float | None]


@dataclass(frozen=True)
class Series:
    """Starts made under one circumstance. `lead_s`: from the booking to the hour.

    Below `WARM_BEFORE_S` both sides negotiate at once; above it at that time, and wait together.

    The last of `events` brings back what an earlier one took away.
    """

    profile: str
    lead_s: float = 16
    events: Sequence[Event] = field(default=())
    has_slow_cameras: bool = False

    @property
    def agent_script(self) -> str:
        """The script that the agent's pages run first."""
        return SLOW_CAMERA if self.has_slow_cameras else ""


@dataclass(frozen=True)
class Start:
    """What one start gave: instants of the first live frames, in seconds after the hour.

    `back_s` is the instant at which all was there again, None when nothing was taken away;
    `gone_s` how long a killed daemon's Chromium lived on; `unasked` how many connections of the
    kiosk got a frame before the hour.
    """

    agent_s: float
    kiosk_s: float
    back_s: float | None
    gone_s: float | None = None
    unasked: int = 0

    @property
    def faces_s(self) -> tuple[float, float]:
        """Both sides' first live frames, seconds after the hour."""
        return (self.agent_s, self.kiosk_s)

    @property
    def frames_before(self) -> int:
        """How many first frames came before the hour, on both sides."""
        return sum(at_s < 0 for at_s in self.faces_s) + self.unasked

    @property
    def after_return_s(self) -> tuple[float, float]:
        """How long both sides waited after the return or the hour, whichever came later."""
        since = max(0.0, self.back_s or 0.0)
        return (max(0.0, self.agent_s - since), max(0.0, self.kiosk_s - since))


def _restart_daemon(world: World) -> float:
    """Kill the daemon alone, and start it once its Chromium is gone; return how long that took."""
    orphans = world.kiosk.processes()
    killed_at = time.monotonic()
    world.kiosk.kill()
    wait_until(
        lambda: not any(is_alive(pid) for pid in orphans) and not world.kiosk.processes(),
        within_s=10,
        what="Chromium is gone",
    )
    gone_s = time.monotonic() - killed_at
    world.kiosk.start()
    return gone_s


# A server that is started answers about 1.3 s later.
SERIES = {
    "plain": Series("lan"),
    "early": Series("lan, booked long before", lead_s=WARM_BEFORE_S + 15),
    "slow-camera": Series("lan, cameras 1 s", has_slow_cameras=True),
    "server-5": Series(
        "server killed T-5, back T+2",
        events=(
            Event(-5, lambda world: world.server.kill()),
            Event(0.7, lambda world: world.server.start()),
        ),
    ),
    "server-40": Series(
        "server killed T-40, back T+10",
        lead_s=56,
        events=(
            Event(-40, lambda world: world.server.kill()),
            Event(8.7, lambda world: world.server.start()),
        ),
    ),
    "daemon-3": Series(
        "daemon killed T-3, started at once",
        events=(Event(-3, _restart_daemon),),
    ),
}


def settings(series: Series, folder: Path) -> Mapping[str, str]:
    """Return the kiosk's settings for a series: a stage whose camera opens late, or none."""
    if not series.has_slow_cameras:
        return {}
    stage = folder / "slow-stage"
    shutil.copytree(STAGE, stage)
    (stage / "assets/slow.js").write_text(SLOW_CAMERA)
    page = stage / "index.html"
    first = '<script type="module"'
    text = page.read_text()
    if first not in text:
        raise ValueError("the stage's page has another shape: no module script")
    page.write_text(text.replace(first, f'<script src="./assets/slow.js"></script>{first}', 1))
    return {"CORDEE_KIOSK_STAGE_DIR": str(stage)}


def run_start(world: World, agent: Agent, series: Series, *, starts_at: float) -> Start:
    """Book for Unix time `starts_at`, let the events happen and wait for both faces.

    Raises NotInTime when a face never came or has the wrong colour.
    """
    booked_at = time.time()
    visit = world.book(starts_at=starts_at)
    agent.open_counter(visit)
    counter = Counter(agent.page)
    back_s = gone_s = None
    for event in series.events:
        time.sleep(max(0.0, starts_at + event.at_s - time.time()))
        gone_s = event.act(world)
        back_s = time.time() - starts_at
    seen_at, colour = counter.wait_for_face(
        within_s=max(0.0, starts_at - time.time()) + FACE_WITHIN_S
    )
    there = wait_until(
        lambda: face_of(world.kiosk.log(), visit), within_s=FACE_WITHIN_S, what="a face"
    )
    for found, wanted in ((colour, GREEN), (tuple(there["colour"]), ORANGE)):
        if not _is_near(found, wanted):
            raise NotInTime(f"the frame has the colour {found}, not {wanted}")
    if series.has_slow_cameras:
        _check_that_cameras_were_slow(world, agent, starts_at)
    early = unasked_faces(world.kiosk.log(), since=booked_at, before=starts_at)
    start = Start(seen_at - starts_at, there["at"] - starts_at, back_s, gone_s, early)
    back = "" if back_s is None else f", all there again at {back_s:.3f} s"
    print(
        f"{series.profile}: agent {start.agent_s:.3f} s, kiosk {start.kiosk_s:.3f} s{back}",
        file=sys.stderr,
    )
    return start


def _check_that_cameras_were_slow(world: World, agent: Agent, starts_at: float) -> None:
    """Raise NotInTime when a camera opened at once: the start would show nothing."""
    if not agent.page.evaluate("globalThis.slowed"):
        raise NotInTime("the agent's camera was not slow")
    asked_at = starts_at - CAMERA_BEFORE_S
    opened = [
        entry["at"]
        for entry in entries(world.kiosk.log())
        if entry.get("event") == "camera" and entry["state"] == "opened" and entry["at"] >= asked_at
    ]
    if not opened or min(opened) < asked_at + SLOW_S:
        raise NotInTime(f"the kiosk's camera was not slow: asked {asked_at}, opened {opened}")


def end(world: World, agent: Agent) -> None:
    """End the visit that the agent's page shows, and wait until the kiosk has wiped itself."""
    visit = agent.page.url.rstrip("/").rpartition("/")[2]
    Counter(agent.page).end(outcome="done")
    wait_until(
        lambda: any(entry.get("kind") == "wiped" for entry in about(world.kiosk.log(), visit)),
        within_s=AFTER_END_S,
        what="the box is wiped",
    )


def clear(world: World, agent: Agent) -> None:
    """After a lost start: run again what does not, and end the visit, so that the next can be."""
    for part in (world.server, world.kiosk):
        if part.process is None or part.process.process.poll() is not None:
            part.start()
    world.wait_for_kiosk()
    agent.page.reload()
    with contextlib.suppress(AssertionError, PlaywrightError):
        end(world, agent)


def unasked_faces(log: str, *, since: float, before: float) -> int:
    """Return how many first frames the kiosk's log has between these two Unix times.

    The stage tells of a frame from the negotiation on, 30 s before the hour.
    """
    faces = [entry for entry in entries(log) if entry.get("event") == "face_decoded"]
    return sum(since <= face["at"] < before for face in faces)


def _is_near(colour: Sequence[int], wanted: Sequence[int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) <= COLOUR_TOLERANCE
