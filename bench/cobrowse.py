"""The shared page over a line, with the call running beside it.

A real kiosk in a village, a real agent's browser in the town, on a display of its own, and a relay
between them that is the line (`e2e/stand/line.py`). What is measured is read from the viewer's
display: the instant at which the first pixel has changed there.

`--page` gives another page, `--steps` what is done on it: a JSON list of objects, in order:

    {"click": "#css", "watch": "#css", "times": 40}     each press until the watched place changes
    {"type": "#css", "text": "Hélène"}                  a click into a field, then 70 ms a key;
                                                        "expect" what a mask makes of it
    {"choose": "#css", "value": "couple"}               a list or a date
    {"scroll": "#css"}                                  until the element is in view
    {"click": "#css", "until": "#css"}                  until that element is shown
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
from e2e.stand.line import LINES, Line

ROOT = Path(__file__).resolve().parents[1]
PAGES = Path(__file__).parent / "pages"
GOALS = {
    "click_to_picture_ms_p50": "≤ 35 (lan)",
    "echo_ms_p95": "≤ 20",
    "mirror_sent_kB": "≤ 45",
    "wrong_characters": "0",
    "lost_tasks": "0",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Take the lines, the page and the steps."""
    parser.add_argument("--profile", nargs="+", choices=LINES, default=list(LINES))
    parser.add_argument("--page", type=Path, default=PAGES / "form.html")
    parser.add_argument("--steps", type=Path, default=PAGES / "form.json")


def measure(options: argparse.Namespace) -> list[Measure]:
    """Do the task over each line, and return the figures."""
    return [
        figure
        for name in options.profile
        for figure in _over(name, options.page.resolve(), options.steps.resolve())
    ]


def _over(name: str, page: Path, steps: Path) -> list[Measure]:
    """Do the task over one line, in a process that lives in the line's town."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cordee-bench-"))
        line = stack.enter_context(Line(LINES[name], Path(folder)))
        words = {
            "--folder": folder,
            "--village": line.village,
            "--town": line.town,
            "--page": page,
            "--steps": steps,
        }
        flat = [str(word) for pair in words.items() for word in pair]
        inner = [sys.executable, "-m", "bench.shared_page", *flat]
        command = ["setpriv", "--pdeathsig", "KILL", "--", *line.within(line.town), *inner]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    lines = [json.loads(text) for text in done.stdout.splitlines() if text.startswith(b"{")]
    is_lost = bool(done.returncode)
    lines.append({"metric": "lost_tasks", "value": int(is_lost), "unit": "tasks", "n": 1})
    return [Measure(bench="cobrowse", profile=name, **each) for each in lines]
