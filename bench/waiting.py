"""The waiting list with many on it: how long a round takes, and how long entering takes.

The territory is the reference one, 3,000 appointments. A quiet round finds nothing freed; before a
busy one every sixtieth appointment is cancelled. The worker makes a round a minute.
"""

from __future__ import annotations

import argparse

from bench.databases import DATABASES, run_on
from bench.report import Measure

GOALS = {"quiet_round_s": "≤ 6", "busy_round_s": "≤ 30", "enter_ms_p95": "≤ 120"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Take how many wait, and the databases."""
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))


def measure(options: argparse.Namespace) -> list[Measure]:
    """Let people wait on each database, and return the figures."""
    words = ("--people", str(options.people))
    return [
        figure
        for database in options.databases
        for figure in run_on(database, "waiting", "bench.waiters", *words)
    ]
