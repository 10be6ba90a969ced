"""When someone can be received: the pure part of booking, without database or clock.

A slot is a start at which the site is open and one of its kiosks, one agent and one person for
every further seat are free for as long as the reason takes. The kiosk also needs the site's
turnover afterwards: the box is wiped and the room aired, which may last past closing time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from cordee.kernel.cells import Window, cells_for, indices, runs
from cordee.kernel.period import CELL_S, Period

STEP_MIN = 15
"""Slots begin on the quarter of an hour: fewer choices, and hours that can be remembered."""


@dataclass(frozen=True)
class Wish:
    """What is looked for: a visit of `duration_min`, not before `earliest`, beginning by `latest`.

    Instants carry their zone; `latest` is the last instant at which it may begin.
    """

    duration_min: int
    earliest: datetime
    latest: datetime
    step_min: int = STEP_MIN

    def window(self, zone: ZoneInfo, *, turnover_min: int) -> Window:
        """Return the cells that matter: up to the end of the last turnover, never empty."""
        after = timedelta(minutes=self.duration_min + turnover_min)
        return Window.spanning(Period(self.earliest, max(self.latest, self.earliest) + after), zone)


@dataclass(frozen=True)
class People:
    """Those of whom any one can take a seat: the cells in which each is free, by id."""

    free: Mapping[int, int]


@dataclass(frozen=True)
class Place:
    """A site: the cells in which it is open, and those in which each of its kiosks is free."""

    site: int
    open: int
    kiosks: Mapping[int, int]
    turnover_min: int = 10


@dataclass(frozen=True)
class Slot:
    """A start with everything that is free then, each in ascending order of id.

    `others` has one tuple for each further seat, in the order in which they were asked for.
    """

    starts_at: datetime
    site: int
    kiosks: tuple[int, ...]
    agents: tuple[int, ...]
    others: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Search:
    """One wish, prepared: who is free is worked out once and serves for every place.

    All masks are of `window`, which is the wish's with the longest turnover of the places.
    """

    window: Window
    wish: Wish
    agents: People
    others: Sequence[People] = field(default=())

    @property
    def is_anyone_free(self) -> bool:
        """Whether one person for every seat is free at any start."""
        return bool(self._people)

    def starts(self, place: Place) -> int:
        """Return the cells at which a visit can begin there, as a mask of the window."""
        mask = self._people & runs(place.open, self._length)
        if not mask:
            return 0
        needed = self._length + cells_for(place.turnover_min)
        kiosks = 0
        for free in place.kiosks.values():
            kiosks |= runs(free, needed)
        return mask & kiosks

    def slots(self, place: Place, *, most: int) -> list[Slot]:
        """Return the first `most` slots there, in order of time."""
        found: list[Slot] = []
        for index in indices(self.starts(place)):
            if len(found) == most:
                break
            found.append(self._slot(place, index))
        return found

    def earliest(self, places: Sequence[Place]) -> Iterator[tuple[datetime, int]]:
        """Yield, for each place that has a slot, its first start and the site's id."""
        for place in places:
            mask = self.starts(place)
            if mask:
                first = (mask & -mask).bit_length() - 1
                yield self.window.start_of(first), place.site

    def at(self, place: Place, start: datetime) -> Slot | None:
        """Return the slot that begins at `start`, or None when there is none."""
        index = int(start.timestamp() // CELL_S) - self.window.first
        if index < 0 or self.window.start_of(index) != start:
            return None
        return self._slot(place, index) if self.starts(place) >> index & 1 else None

    def _slot(self, place: Place, index: int) -> Slot:
        needed = self._length + cells_for(place.turnover_min)
        return Slot(
            starts_at=self.window.start_of(index),
            site=place.site,
            kiosks=_free_at(place.kiosks, index, needed),
            agents=_free_at(self.agents.free, index, self._length),
            others=tuple(_free_at(people.free, index, self._length) for people in self.others),
        )

    @property
    def _length(self) -> int:
        return cells_for(self.wish.duration_min)

    @cached_property
    def _people(self) -> int:
        """The starts, within the wish, at which one person for every seat is free."""
        wish = self.wish
        mask = self.window.within(wish.earliest, wish.latest + timedelta(seconds=CELL_S))
        mask &= self.window.every(wish.step_min)
        for people in (self.agents, *self.others):
            anyone = 0
            for free in people.free.values():
                anyone |= runs(free & self.window.all, self._length)
            mask &= anyone
        return mask


def _free_at(free: Mapping[int, int], index: int, length: int) -> tuple[int, ...]:
    needed = ((1 << length) - 1) << index
    return tuple(sorted(key for key, mask in free.items() if mask & needed == needed))
