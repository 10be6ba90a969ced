"""Results of a bench: one JSON object a line, or a table with the goals beside."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


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
            goals.get(measure.metric, ""),
        )
        for measure in measures
    ]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join(lines) + "\n"
