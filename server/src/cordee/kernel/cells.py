"""Sets of five-minute cells as the bits of one integer: fast to intersect, exact to the cell.

A `Window` numbers the cells of a stretch of time from 0; bit `i` of a mask is its cell `i`. What
is *open* counts the cells that lie in it whole, what is *busy* the cells that it touches, so that
rounding never lets two things share an instant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from cordee.kernel.period import CELL_S, Period

DAY_MIN = 24 * 60
CELL_MIN = CELL_S // 60


@dataclass(frozen=True)
class WeeklyRule:
    """Open every week on `weekday` (Monday 0) from `start_min` to `end_min`.

    Minutes after local midnight, `0 ≤ start_min < end_min ≤ 1440`. `since` and `until` are the
    first and the last day on which the rule counts; None: always. Raises ValueError otherwise.
    """

    weekday: int
    start_min: int
    end_min: int
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that can never be open."""
        if not 0 <= self.weekday < 7:  # noqa: PLR2004 - days of a week
            raise ValueError("A weekday is 0 (Monday) to 6 (Sunday).")
        if not 0 <= self.start_min < self.end_min <= DAY_MIN:
            raise ValueError("A rule opens before it closes, within one day.")
        if self.since and self.until and self.until < self.since:
            raise ValueError("A rule's last day is not before its first.")

    def counts_on(self, day: date) -> bool:
        """Return whether the rule is in force on `day`, of whatever weekday."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True)
class Calendar:
    """When someone or something is open: weekly rules, less `closed`, plus `extra`.

    `closed` wins over the rules and over `extra`.
    """

    rules: Sequence[WeeklyRule] = ()
    closed: Sequence[Period] = ()
    extra: Sequence[Period] = ()


@dataclass(frozen=True)
class _Day:
    """One local day: its first cell in the window (may be negative) and its length in cells.

    `minutes` is the local minute of each cell on a day on which the clock is changed, else None.
    """

    day: date
    first: int
    minutes: tuple[int, ...] | None


@dataclass(frozen=True)
class Window:
    """The cells from `first` (counted from 1970, UTC) on, `count` of them, seen in `zone`."""

    first: int
    count: int
    zone: ZoneInfo

    @classmethod
    def spanning(cls, period: Period, zone: ZoneInfo) -> Window:
        """Return the window of all cells that `period` touches."""
        first = math.floor(period.start.timestamp() / CELL_S)
        last = math.ceil(period.end.timestamp() / CELL_S)
        return cls(first, last - first, zone)

    @property
    def all(self) -> int:
        """The mask of every cell."""
        return (1 << self.count) - 1

    def start_of(self, index: int) -> datetime:
        """Return the instant (UTC) at which cell `index` begins."""
        return datetime.fromtimestamp((self.first + index) * CELL_S, UTC)

    def touched(self, start: datetime, end: datetime) -> int:
        """Return the cells that share an instant with `[start, end)`."""
        first = math.floor(start.timestamp() / CELL_S) - self.first
        last = math.ceil(end.timestamp() / CELL_S) - self.first
        return self._between(first, last)

    def within(self, start: datetime, end: datetime) -> int:
        """Return the cells that lie whole in `[start, end)`."""
        first = math.ceil(start.timestamp() / CELL_S) - self.first
        last = math.floor(end.timestamp() / CELL_S) - self.first
        return self._between(first, last)

    def open(self, calendar: Calendar) -> int:
        """Return the cells in which `calendar` is open.

        A cell is open when its local time lies in a rule: an hour that does not exist is never
        open, one that comes twice is open twice.
        """
        mask = 0
        for day in self._days:
            rules = [
                rule
                for rule in calendar.rules
                if rule.weekday == day.day.weekday() and rule.counts_on(day.day)
            ]
            if rules:
                bits = _day_mask(rules, day.minutes)
                mask |= bits << day.first if day.first >= 0 else bits >> -day.first
        for period in calendar.extra:
            mask |= self.within(period.start, period.end)
        for period in calendar.closed:
            mask &= ~self.touched(period.start, period.end)
        return mask & self.all

    def every(self, minutes: int) -> int:
        """Return the cells that begin at a multiple of `minutes` after the full hour (UTC)."""
        step = minutes // CELL_MIN
        if step < 1 or minutes % CELL_MIN or DAY_MIN % minutes:
            raise ValueError("A step is a multiple of five minutes that divides the day.")
        offset = -self.first % step
        return sum(1 << index for index in range(offset, self.count, step))

    def _between(self, first: int, last: int) -> int:
        first, last = max(0, first), min(self.count, last)
        return ((1 << (last - first)) - 1) << first if last > first else 0

    @cached_property
    def _days(self) -> tuple[_Day, ...]:
        day = self.start_of(0).astimezone(self.zone).date()
        end = self.first + self.count
        days = []
        while (first := _midnight(day, self.zone)) < end:
            following = _midnight(day + timedelta(days=1), self.zone)
            is_plain = following - first == DAY_MIN // CELL_MIN
            minutes = None if is_plain else _local_minutes(first, following, self.zone)
            days.append(_Day(day, first - self.first, minutes))
            day += timedelta(days=1)
        return tuple(days)


def runs(mask: int, length: int) -> int:
    """Return the cells of `mask` at which `length` set cells in a row begin (`length` ≥ 1)."""
    done = 1
    while done < length and mask:
        step = min(done, length - done)
        mask &= mask >> step
        done += step
    return mask


def indices(mask: int) -> Iterator[int]:
    """Yield the numbers of the set cells, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def cells_for(minutes: int) -> int:
    """Return how many cells `minutes` fill, rounded up."""
    return -(-minutes // CELL_MIN)


def _midnight(day: date, zone: ZoneInfo) -> int:
    """Return the cell in which the local day begins."""
    return math.floor(datetime.combine(day, time(), zone).timestamp() / CELL_S)


def _local_minutes(first: int, last: int, zone: ZoneInfo) -> tuple[int, ...]:
    local = (datetime.fromtimestamp(cell * CELL_S, zone) for cell in range(first, last))
    return tuple(instant.hour * 60 + instant.minute for instant in local)


def _day_mask(rules: Sequence[WeeklyRule], minutes: tuple[int, ...] | None) -> int:
    mask = 0
    for rule in rules:
        if minutes is None:
            first, last = cells_for(rule.start_min), rule.end_min // CELL_MIN
            mask |= ((1 << max(0, last - first)) - 1) << first
        else:
            mask |= sum(
                1 << index
                for index, minute in enumerate(minutes)
                if rule.start_min <= minute and minute + CELL_MIN <= rule.end_min
            )
    return mask
