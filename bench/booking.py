"""Fifty clients who all want to book at once, and how long a search for a slot takes.

First they are threads of several processes that go through the same services as the pages; then
people who book by page on a running server, by HTTP, and meet a flood of searches. What they did is
each time checked against the rows themselves, not against the cells that forbid overlaps.
Each series has a database of its own: a SQLite file, or a PostgreSQL that is started for it.
"""

from __future__ import annotations

import argparse

from bench.databases import DATABASES, run_on
from bench.report import Measure

GOALS = {
    "overlaps": "0",
    "errors_500": "0",
    "service_errors": "0",
    "not_confirmed_once": "0",
    "by_page_overlaps": "0",
    "by_page_errors_500": "0",
    "by_page_not_confirmed_once": "0",
    "flood_errors_500": "0",
    "search_ms_p95": "≤ 50",
    "page_ms_p95": "≤ 120",
    "search_growth_10x": "≤ 3",
    "page_growth_10x": "≤ 3",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Take the size of the run and the databases."""
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--flood", type=int, default=10_000, help="searches from one address")
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument(
        "--databases",
        nargs="+",
        choices=DATABASES,
        default=list(DATABASES),
    )


def measure(options: argparse.Namespace) -> list[Measure]:
    """Book, then search, on each database, and return the figures."""
    found: list[Measure] = []
    for database in options.databases:
        sizes = ("--attempts", str(options.attempts), "--clients", str(options.clients))
        found += _run(database, "book", *sizes)
        found += _run(database, "browse", *sizes, "--flood", str(options.flood))
        small = _run(database, "search", "--searches", str(options.searches), "--times", "1")
        large = _run(database, "search", "--searches", str(options.searches), "--times", "10")
        found += small
        for part in ("search", "page"):
            slow, quick = (
                next(each.value for each in found_ if each.metric == f"{part}_ms_p95")
                for found_ in (large, small)
            )
            count = options.searches
            figure = Measure("booking", database, f"{part}_growth_10x", slow / quick, "×", count)
            found.append(figure)
    return found


def _run(database: str, *words: str) -> list[Measure]:
    return run_on(database, "booking", "bench.clients", *words)
