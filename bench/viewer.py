"""The agent's display in a bench: a real pointer on it, and what its pixels say, and when."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from Xlib import X, display
from Xlib.ext import xtest

from e2e.stand.processes import NotInTime
from e2e.stand.screen import Screen

CHANGED = 40
"""Difference of a colour, in levels of 255, from which a place has changed."""
DARK = 110
"""The brightest channel of a letter, in levels of 255."""
EDGE_PX = 4
"""The border of a field."""
GRID = 24
PAUSE_S = 0.001

Place = tuple[int, int]
Grid = list[Place]
Colours = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Box:
    """A part of the display, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def grid(self, number: int = GRID) -> Grid:
        """Return `number` × `number` places spread over it."""
        return [
            (
                self.left + (2 * column + 1) * self.width // (2 * number),
                self.top + (2 * row + 1) * self.height // (2 * number),
            )
            for row in range(number)
            for column in range(number)
        ]

    @property
    def middle(self) -> Place:
        """Its middle."""
        return self.left + self.width // 2, self.top + self.height // 2


class Viewer:
    """A pointer on a screen (XTEST), and a clock for its pixels."""

    def __init__(self, screen: Screen) -> None:
        """Connect to the display."""
        self._live = screen.live()
        self._display = display.Display(screen.display)

    def close(self) -> None:
        """Let the display go."""
        self._display.close()

    def press(self, place: Place) -> float:
        """Move there and press the button; return the instant at which it went down."""
        left, top = place
        xtest.fake_input(self._display, X.MotionNotify, x=left, y=top)
        self._display.sync()
        at = time.monotonic()
        xtest.fake_input(self._display, X.ButtonPress, 1)
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()
        return at

    def colours(self, places: Grid) -> Colours:
        """Return the colours of these places now: places × three."""
        lefts, tops = np.array(places).T
        return self._live[tops, lefts, :3].astype(np.int16)

    def text_ends(self, box: Box) -> int:
        """Return where dark text in a light box ends, in pixels from its left; 0: there is none.

        Looked at are the rows in which letters stand, not what underlines them.
        """
        top, bottom = box.top + box.height // 4, box.top + 3 * box.height // 5
        rows = self._live[top:bottom, box.left + EDGE_PX : box.left + box.width - EDGE_PX, :3]
        dark = (rows.max(axis=2) < DARK).any(axis=0)
        return int(np.flatnonzero(dark)[-1]) + 1 if dark.any() else 0

    def written_at(self, box: Box, before: int, *, within_s: float) -> float | None:
        """Return the instant at which text in the box ends farther right; None: not in time."""
        ends = time.monotonic() + within_s
        while (now := time.monotonic()) < ends:
            if self.text_ends(box) > before:
                return now
            time.sleep(PAUSE_S)
        return None

    def changed_at(
        self,
        places: Grid,
        before: Colours,
        *,
        share: float = 0.0,
        within_s: float,
    ) -> float:
        """Return the instant at which more than `share` of the places differed from `before`.

        Raises NotInTime after `within_s`.
        """
        ends = time.monotonic() + within_s
        while True:
            now = time.monotonic()
            differs = (np.abs(self.colours(places) - before) > CHANGED).any(axis=1)
            if differs.mean() > share:
                return now
            if now > ends:
                raise NotInTime(f"the viewer's picture did not change within {within_s:g} s")
            time.sleep(PAUSE_S)
