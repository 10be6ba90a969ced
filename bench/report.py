"""Results of a bench: one JSON object a line, or a table with the goals beside."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

LAST = Path(__file__).parent / "last"


@dataclass(frozen=True)
class Measure:
    """One figure. `n` is how many observations it rests on."""

    bench: str
    profile: str
    metric: str
    value: float
    unit: str
    n: int


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile (`share` 0…1) of at least one value."""
    if not values:
        raise ValueError("no observation")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def json_lines(measures: Iterable[Measure]) -> str:
    """Return one object a line."""
    return "".join(f"{json.dumps(asdict(measure))}\n" for measure in measures)


def keep(name: str, words: Sequence[str], measures: Iterable[Measure]) -> None:
    """Write the figures to `bench/last/NAME.jsonl`, below the day, the command and the machine."""
    options = [word for word in words if word not in {"--json", "--keep"}]
    made = {
        "made_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": " ".join(["python -m bench", name, *options]),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[2], 1),
    }
    LAST.mkdir(exist_ok=True)
    (LAST / f"{name}.jsonl").write_text(f"{json.dumps(made)}\n{json_lines(measures)}")


def missed(measures: Iterable[Measure], goals: dict[str, str]) -> list[str]:
    """Return a line for each figure that does not reach its goal.

    A goal is "0", "1.0" or "≤ 0.25"; with a word in brackets it holds for the profiles that begin
    with it, and a semicolon stands between goals of several profiles. Raises ValueError for what is
    no goal.
    """
    found = []
    for measure in measures:
        words = goal_of(measure, goals)
        if not words or _is_reached(measure.value, words):
            continue
        value = f"{measure.value:.3g} {measure.unit}".strip()
        found.append(f"{measure.bench}, {measure.profile}: {measure.metric} {value}, not {words}")
    return found


def goal_of(measure: Measure, goals: dict[str, str]) -> str:
    """Return the goal that a figure has on its profile; empty: none."""
    for words in goals.get(measure.metric, "").split("; "):
        _, _, profile = words.removesuffix(")").partition(" (")
        if measure.profile.startswith(profile):
            return words
    return ""


def _is_reached(value: float, words: str) -> bool:
    limit = words.partition(" (")[0]
    wanted = float(limit.removeprefix("≤"))
    return value <= wanted if limit.startswith("≤") else value == wanted


def table(measures: Sequence[Measure], goals: dict[str, str]) -> str:
    """Return a table for people; `goals` by metric."""
    head = ("bench", "profile", "metric", "value", "unit", "n", "goal")
    rows = [
        (
            measure.bench,
            measure.profile,
            measure.metric,
            f"{measure.value:.3g}",
            measure.unit,
            str(measure.n),
            goal_of(measure, goals),
        )
        for measure in measures
    ]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join(lines) + "\n"
