"""Stories told over a line: in a process that lives in the line's town, the kiosk in its village.

    def story(line: Line, folder: Path) -> None: ...

    def test_story(tmp_path: Path) -> None:
        tell(story, LINES["poor"], tmp_path)

The story is a function of its module's, and raises when it does not end as it should.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.stand import media
from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.line import Line, Profile
from e2e.stand.line_relay import Counters
from e2e.stand.peers import keep_peers
from e2e.stand.processes import ROOT, wait_until
from e2e.stand.world import World

Story = Callable[[Line, Path], None]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")
CALM_FPS = 5
WITHIN_S = 60
LEADS_S = (8, 15, 30, 60)
SHOWN_LINES = 60


def tell(story: Story, profile: Profile, folder: Path) -> None:
    """Tell it over a line like this. Raises AssertionError, with what it printed, when it fails."""
    with Line(profile, folder) as line:
        where = [story.__module__, story.__name__, folder, line.village, line.town]
        inner = [sys.executable, "-m", "e2e.stand.over_line", *map(str, where)]
        command = ["setpriv", "--pdeathsig", "KILL", "--", *line.within(line.town), *inner]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    said = "\n".join((done.stdout + done.stderr).splitlines()[-SHOWN_LINES:])
    assert done.returncode == 0, said


@contextmanager
def call_over(
    line: Line, folder: Path, *, first_page: Path | None = None, **settings: object
) -> Iterator[tuple[World, Agent, Counter]]:
    """Yield a world, the agent's browser and the counter, once the faces have met over the line."""
    with World(
        folder / "world",
        width_px=1280,
        height_px=800,
        line=line,
        first_page=first_page,
        **settings,  # type: ignore[arg-type]
    ) as world:
        world.wait_for_kiosk(within_s=WITHIN_S)
        with world.agent() as agent:
            keep_peers(agent.context)
            wait_until(lambda: agent.data("keys") == "certified", within_s=WITHIN_S, what="keys")
            visit, _ = world.book_soon(LEADS_S)
            agent.open_counter(visit)
            counter = Counter(agent.page)
            counter.wait_for_face(within_s=2 * WITHIN_S)
            yield world, agent, counter


def main() -> None:
    """Tell one story; called by `tell` within the town."""
    module, name, folder, village, town = sys.argv[1:]
    media.FPS = CALM_FPS
    line = Line(Profile("given", 0, 0, 0, 0), Path(folder))
    line.village, line.town = village, town
    line.counters = Counters(Path(folder) / "counters")
    getattr(importlib.import_module(module), name)(line, Path(folder))


if __name__ == "__main__":
    main()
