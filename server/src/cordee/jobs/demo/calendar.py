"""When the demo's people are there, and when citizens come: a pattern as real counters know it.

Pure: numbers come from the generator that is passed in. Mornings are busier than afternoons, the
day after the weekend's first and the market day busier than others; large places more than small
ones, but less than their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period, lasting

MORNING, AFTERNOON = (9 * 60, 12 * 60), (14 * 60, 17 * 60)
STEP_MIN = 15
WEEKDAY_WEIGHT = (9, 11, 7, 11, 6)
HOUR_WEIGHT = {9: 8, 10: 10, 11: 8, 14: 7, 15: 6, 16: 4}
WEEKS_BACK, WEEKS_AHEAD = 9, 13
"""Appointments lie in so many weeks before and after today."""


def site_rules(days: Iterable[int], generator: Random) -> list[WeeklyRule]:
    """Return the hours of a place: every morning of its days, and most afternoons."""
    rules = []
    for weekday in days:
        rules.append(WeeklyRule(weekday, *MORNING))
        if generator.random() < 0.7:  # noqa: PLR2004 - most
            rules.append(WeeklyRule(weekday, *AFTERNOON))
    return rules


def agent_rules(today: date, generator: Random) -> list[WeeklyRule]:
    """Return an agent's week, for three months ahead and two back: four to seven half-days."""
    halves = [(day, half) for day in range(5) for half in (MORNING, AFTERNOON)]
    chosen = sorted(generator.sample(halves, generator.randint(4, 7)))
    first = today - timedelta(days=7 * WEEKS_BACK)
    last = today + timedelta(days=7 * WEEKS_AHEAD)
    return [WeeklyRule(day, *half, since=first, until=last) for day, half in chosen]


def starts(day: date, rules: Sequence[WeeklyRule], duration_min: int) -> list[int]:
    """Return the minutes of the day at which a visit fits into one of the rules."""
    return [
        minute
        for rule in rules
        if rule.weekday == day.weekday() and rule.counts_on(day)
        for minute in range(rule.start_min, rule.end_min - duration_min + 1, STEP_MIN)
    ]


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return a local minute of a day as an instant."""
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


@dataclass
class Held:
    """Which cells are taken, so that the demo never asks for the same twice."""

    cells: set[tuple[str, int, datetime]] = field(default_factory=set)

    def take(self, *, kiosk: int, agent: int, period: Period, turnover_min: int) -> bool:
        """Take both seats, the kiosk's rest too; return False when one is not free."""
        rest = lasting(period.end, turnover_min).cells() if turnover_min else []
        wanted = {
            *(("kiosk", kiosk, cell) for cell in [*period.cells(), *rest]),
            *(("agent", agent, cell) for cell in period.cells()),
        }
        if wanted & self.cells:
            return False
        self.cells |= wanted
        return True


def weight(minute: int, day: date) -> float:
    """Return how much people like to come at that hour of that day."""
    return WEEKDAY_WEIGHT[day.weekday()] * HOUR_WEIGHT.get(minute // 60, 3)
