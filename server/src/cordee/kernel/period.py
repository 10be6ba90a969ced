"""Stretches of time, half-open: `[start, end)`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

CELL_S = 300
"""A scarce thing is held by cells of five minutes."""


@dataclass(frozen=True, order=True)
class Period:
    """A half-open stretch of time; both instants carry their zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts, or whose zone is unknown."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("A period needs instants with a time zone.")
        if self.end <= self.start:
            raise ValueError("A period ends after it starts.")

    def contains(self, instant: datetime) -> bool:
        """Return whether `instant` lies in the period; its end does not."""
        return self.start <= instant < self.end

    def overlaps(self, other: Period) -> bool:
        """Return whether the two share an instant."""
        return self.start < other.end and other.start < self.end

    def cells(self) -> list[datetime]:
        """Return the starts (UTC) of every five-minute cell that the period touches."""
        first = int(self.start.timestamp() // CELL_S)
        last = -int(-self.end.timestamp() // CELL_S)
        return [datetime.fromtimestamp(cell * CELL_S, UTC) for cell in range(first, last)]


def is_on_grid(instant: datetime) -> bool:
    """Return whether `instant` begins a five-minute cell."""
    return instant.timestamp() % CELL_S == 0


def lasting(start: datetime, minutes: int) -> Period:
    """Return the period of `minutes` that begins at `start`."""
    return Period(start, start + timedelta(minutes=minutes))
