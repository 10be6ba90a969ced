"""Write the tables of `docs/reference/figures.md` from `bench/last/`: `make format` runs it.

A table stands between `<!-- NAME -->` and `<!-- end -->`; the words around are written by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/figures.md"
LAST = ROOT / "bench/last"

Figures = Mapping[tuple[str, str], float]
"""What a bench measured, by profile and metric."""

FAULTS = {
    "lan, booked long before": "booked 45 s before",
    "lan, cameras 1 s": "cameras that take 1 s to open",
    "server killed T-5, back T+2": "server killed 5 s before",
    "server killed T-40, back T+10": "server killed 40 s before",
    "daemon killed T-3, started at once": "daemon killed 3 s before, started at once",
}
DATABASES = ("sqlite", "postgresql")
BOOKING = (
    ("overlaps", "overlaps", "0"),
    ("service_errors", "errors", "0"),
    ("not_confirmed_once", "told and not confirmed once", "0"),
    ("booked", "booked", ""),
    ("attempts_per_s", "attempts a second", ""),
    ("by_page_overlaps", "by page: overlaps", "0"),
    ("by_page_errors_500", "by page: answers of status 500", "0"),
    ("by_page_not_confirmed_once", "by page: not confirmed once", "0"),
    ("by_page_booked", "by page: booked", ""),
    ("by_page_attempts_per_s", "by page: attempts a second", ""),
    ("flood_a_minute", "flood: searches a minute", ""),
    ("flood_errors_500", "flood: answers of status 500", "0"),
    ("beside_flood_ms_p95", "flood: a page for somebody else, p95, ms", ""),
)
SEARCH = (
    ("search_ms_p95", "search, p95, ms", "≤ 50"),
    ("page_ms_p95", "page of places, p95, ms", "≤ 120"),
    ("search_growth_10x", "growth of the search, ten times the territory", "≤ 3"),
    ("page_growth_10x", "growth of the page", "≤ 3"),
)

WAITING = (
    ("enter_ms_p95", "entering the list, p95, ms", "≤ 120"),
    ("quiet_round_s", "a round that finds nothing freed, s", "≤ 6"),
    ("busy_round_s", "a round after one appointment in sixty was cancelled, s", "≤ 30"),
    ("offered", "hours offered in it", ""),
)


def page(text: str) -> str:
    """Return the page's text with every table as the kept figures say.

    Raises ValueError when a table has no place on it, KeyError when a figure was not kept.
    """
    for name, table in TABLES.items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not (begin and end):
            raise ValueError(f"the page has no place for {name}")
        text = f"{before}{begin}{table()}{end}{after}"
    return text


def _figures(name: str) -> tuple[str, Figures, Mapping[str, int]]:
    """Return the command, what it measured, and each profile's number of observations."""
    head, *lines = (LAST / f"{name}.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    values = {(row["profile"], row["metric"]): row["value"] for row in rows}
    counts = {row["profile"]: row["n"] for row in rows if row["metric"] == "lost_visits"}
    made = json.loads(head)
    return f"{made['command']} ({made['made_on']})", values, counts


def _start() -> str:
    command, values, counts = _figures("autostart")

    def of(metric: str) -> float:
        return values["lan", metric]

    started = round(of("started_within_1s") * 25)
    return _table(
        f"`{command.replace(' (', '` (')}",
        ("metric", "value", "goal"),
        [
            ("first live frame, p50", f"{of('first_live_frame_s_p50'):.2f} s", "≤ 0.25 s"),
            ("p95", f"{of('first_live_frame_s_p95'):.2f} s", "≤ 0.5 s"),
            ("longest", f"{of('first_live_frame_s_max'):.2f} s", ""),
            ("frames before the instant", f"{of('frames_before_t'):.0f}", "0"),
            ("kiosks started within 1 s", f"{started} of 25", "all"),
            ("visits lost", f"{of('lost_visits'):.0f} of {counts['lan']}", "0"),
        ],
    )


def _faults() -> str:
    _, values, counts = _figures("autostart")
    rows = []
    for profile, said in FAULTS.items():
        if profile not in counts:
            continue
        back = values.get((profile, "back_s_max"))
        after = values.get((profile, "after_return_s_max"))
        rows.append(
            (
                said,
                "" if back is None else f"{back:+.1f} s",
                f"{values[profile, 'first_live_frame_s_p50']:.2f} s",
                f"{values[profile, 'first_live_frame_s_max']:.2f} s",
                "" if after is None else f"{after:.2f} s",
                f"{values[profile, 'lost_visits']:.0f} of {counts[profile]}",
            )
        )
    heads = (
        "what happens around the hour",
        "all there again",
        "first live frame, p50",
        "longest",
        "after the return, longest (goal ≤ 3 s)",
        "lost",
    )
    return _table("", heads, rows)


def _by_database(bench: str, rows: Sequence[tuple[str, str, str]]) -> Callable[[], str]:
    def table() -> str:
        command, values, _ = _figures(bench)
        cells = [
            (said, *(_short(values[database, metric]) for database in DATABASES), goal)
            for metric, said, goal in rows
        ]
        title = f"`{command.replace(' (', '` (')}"
        return _table(title, ("metric", "SQLite", "PostgreSQL", "goal"), cells)

    return table


def _short(value: float) -> str:
    """Say a number with two or three digits that count; whole ones whole."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"  # noqa: PLR2004 - two digits


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    above = f"{title}\n\n" if title else ""
    return above + "".join(f"| {' | '.join(cells)} |\n" for cells in lines).replace("|  |", "| |")


TABLES = {
    "start": _start,
    "faults": _faults,
    "booking": _by_database("booking", BOOKING),
    "search": _by_database("booking", SEARCH),
    "waiting": _by_database("waiting", WAITING),
}

if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
