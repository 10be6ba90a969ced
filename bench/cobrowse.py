"""The shared page over a line, with the call running beside it.

A real kiosk in a village, a real agent's browser in the town, on a display of its own, and a relay
between them that is the line (`e2e/stand/line.py`). What is measured is read from the viewer's
display: the instant at which the first pixel has changed there.

`--page` gives another page: it and the files beside it are served from an address of its own, and
its forms post back to it. `--steps` says what is done on it, by real pointer and key events:

    {"probe": "#css",
     "steps": [{"do": "click|type|choose|tick|scroll|submit", "at": "#css", "text": "…"}],
     "expect": {"field name": "what the server must receive"}}

A click on the probe turns its ground from white to black, or back: each of `--clicks` presses lasts
until that is seen. Then the steps are done in order, 70 ms a key.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.report import Measure
from bench.steps import StepsUnread, read_plan
from e2e.stand.line import LINES, Line

ROOT = Path(__file__).resolve().parents[1]
PAGES = Path(__file__).parent / "pages"
CLICKS = 40
GOALS = {
    "click_to_picture_ms_p50": "≤ 35 (lan); ≤ 90 (adsl); ≤ 130 (poor); ≤ 630 (satellite)",
    "click_to_picture_ms_p95": "≤ 150 (lan); ≤ 270 (adsl); ≤ 350 (poor); ≤ 1350 (satellite)",
    "first_readable_s": "≤ 1.0 (poor); ≤ 2.5 (satellite)",
    "submit_ms_p50": "≤ 300 (lan); ≤ 360 (adsl); ≤ 400 (poor); ≤ 900 (satellite)",
    "echo_ms_p95": "≤ 20",
    "wrong_echo_ms_p95": "≤ 100 (lan); ≤ 160 (adsl); ≤ 200 (poor); ≤ 700 (satellite)",
    "mirror_sent_kB": "≤ 45",
    "wrong_characters": "0",
    "lost_tasks": "0",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Take the lines, the page and the steps."""
    parser.add_argument("--profile", nargs="+", choices=LINES, default=list(LINES))
    parser.add_argument("--page", type=Path, default=PAGES / "form.html")
    parser.add_argument("--steps", type=Path, default=PAGES / "form.json")
    parser.add_argument("--clicks", type=int, default=CLICKS, help="presses of the probe")


def measure(options: argparse.Namespace) -> list[Measure]:
    """Do the task over each line, and return the figures. Raises StepsUnread."""
    check(options)
    return [figure for name in options.profile for figure in over(name, options)]


def over(
    name: str,
    options: argparse.Namespace,
    *,
    module: str = "bench.shared_page",
    bench: str = "cobrowse",
) -> list[Measure]:
    """Do the task over one line, by a module in a process that lives in the line's town."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cordee-bench-"))
        line = stack.enter_context(Line(LINES[name], Path(folder)))
        words = {
            "--folder": folder,
            "--village": line.village,
            "--town": line.town,
            "--page": options.page.resolve(),
            "--steps": options.steps.resolve(),
            "--clicks": options.clicks,
        }
        flat = [str(word) for pair in words.items() for word in pair]
        inner = [sys.executable, "-m", module, *flat]
        command = ["setpriv", "--pdeathsig", "KILL", "--", *line.within(line.town), *inner]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    lines = [json.loads(text) for text in done.stdout.splitlines() if text.startswith(b"{")]
    is_lost = bool(done.returncode)
    lines.append({"metric": "lost_tasks", "value": int(is_lost), "unit": "tasks", "n": 1})
    return [Measure(bench=bench, profile=name, **each) for each in lines]


def check(options: argparse.Namespace) -> None:
    """Raise StepsUnread for a page or steps that are none."""
    read_plan(options.steps)
    if not options.page.is_file():
        raise StepsUnread(f"{options.page}: there is no such page")
