"""What others do over the same line: noVNC in the agent's browser, TigerVNC on the kiosk.

The same page, steps, relay and probe as `bench cobrowse`, so that the figures stand side by side.
The page is served in the village, the viewer's own page in the town. No call runs beside: that is
in their favour. `mirror_sent_kB` is not told, as pixels are all that they send.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bench import cobrowse
from bench.report import Measure

ROOT = Path(__file__).resolve().parents[1]
GOALS: dict[str, str] = {}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Take what `bench cobrowse` takes."""
    cobrowse.add_options(parser)


def measure(options: argparse.Namespace) -> list[Measure]:
    """Do the task over each line by TigerVNC and noVNC. Raises StepsUnread."""
    cobrowse.check(options)
    setup = [sys.executable, str(ROOT / "deploy/setup/setup.py"), "--peers"]
    subprocess.run(setup, check=True)
    return [
        figure
        for name in options.profile
        for figure in cobrowse.over(name, options, module="bench.novnc", bench="peers")
    ]
