"""Hours of a week: which sets of them make sense."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cordee.kernel.cells import WeeklyRule

SCHOOL_ZONES = frozenset({"", "A", "B", "C"})
TURNOVER_LIMIT_MIN = 240
ALTITUDES_M = range(-5, 4811)
"""From the polders to the Mont Blanc."""


def overlapping(rules: Sequence[WeeklyRule]) -> tuple[WeeklyRule, WeeklyRule] | None:
    """Return two rules that are open at the same minute of the same day, or None.

    What only touches (until 12:00, from 12:00) does not overlap.
    """
    ordered = sorted(rules, key=lambda rule: (rule.weekday, rule.start_min))
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.weekday != one.weekday or other.start_min >= one.end_min:
                break
            if _share_a_day(one, other):
                return one, other
    return None


def _share_a_day(one: WeeklyRule, other: WeeklyRule) -> bool:
    first = max(one.since or date.min, other.since or date.min)
    last = min(one.until or date.max, other.until or date.max)
    return first <= last


def is_on_earth(latitude: float, longitude: float) -> bool:
    """Return whether these are degrees of WGS 84; not-a-number is not."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180  # noqa: PLR2004 - degrees
