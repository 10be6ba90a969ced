"""The agent's display in a bench: a real pointer and keyboard, what its pixels say, and when."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from Xlib import X, display
from Xlib.ext import xtest

from e2e.stand.processes import NotInTime
from e2e.stand.screen import Screen

CHANGED = 40
"""Difference of a colour, in levels of 255, from which a place has changed."""
INK = 60
"""Difference from a field's ground, in levels of 255, from which a pixel is of a letter."""
INK_LEAST_PX = 3
EDGE_PX = 4
"""The border of a field."""
GRID = 24
PAUSE_S = 0.001
_NAMED_KEYSYMS = {"\n": 0xFF0D, "\t": 0xFF09, "Down": 0xFF54}
_LATIN_1 = range(0x20, 0x100)
_UNICODE_KEYSYM = 0x01000000

Place = tuple[int, int]
Grid = list[Place]
Colours = npt.NDArray[np.int16]
Mask = npt.NDArray[np.bool_]


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
    """A pointer and a keyboard on a screen (XTEST), and a clock for its pixels."""

    def __init__(self, screen: Screen, letters: Iterable[str]) -> None:
        """Connect to the display, and give each of `letters` a key of its own.

        The browser shall be started afterwards: it learns the keys as they are then.
        """
        self._live = screen.live()
        self._display = display.Display(screen.display)
        self._keys = self._give_keys(sorted(set(letters)))

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

    def turn(self, place: Place, notches: int, *, is_down: bool) -> None:
        """Turn the wheel there by so many notches."""
        left, top = place
        xtest.fake_input(self._display, X.MotionNotify, x=left, y=top)
        for _ in range(notches):
            for kind in (X.ButtonPress, X.ButtonRelease):
                xtest.fake_input(self._display, kind, 5 if is_down else 4)
        self._display.sync()

    def key(self, letter: str) -> float:
        """Press the key of a letter; return the instant at which it went down."""
        code = self._keys[letter]
        at = time.monotonic()
        xtest.fake_input(self._display, X.KeyPress, code)
        xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()
        return at

    def colours(self, places: Grid) -> Colours:
        """Return the colours of these places now: places × three."""
        lefts, tops = np.array(places).T
        return self._live[tops, lefts, :3].astype(np.int16)

    def ink(self, box: Box) -> Mask:
        """Return which pixels inside the border of a field differ from its ground."""
        top, bottom = box.top + EDGE_PX, box.top + box.height - EDGE_PX
        left, right = box.left + EDGE_PX, box.left + box.width - EDGE_PX
        inside = self._live[top:bottom, left:right, :3].astype(np.int16)
        if inside.size == 0:
            return np.zeros((0, 0), np.bool_)
        ground = np.median(inside.reshape(-1, 3), axis=0)
        found: Mask = (np.abs(inside - ground) > INK).any(axis=2)
        return found

    def written_at(self, box: Box, before: Mask, *, within_s: float) -> float | None:
        """Return the instant at which there was new ink in a field; None: not in time.

        What goes away meanwhile and comes again, as the line under what is not confirmed, is new.
        """
        ends = time.monotonic() + within_s
        while (now := time.monotonic()) < ends:
            ink = self.ink(box)
            if np.count_nonzero(ink & ~before) >= INK_LEAST_PX:
                return now
            before = before & ink
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

    def _give_keys(self, letters: list[str]) -> dict[str, int]:
        """Let one key write one letter, whatever the layout was: the display is the bench's own."""
        info = self._display.display.info
        first, count = info.min_keycode, info.max_keycode - info.min_keycode + 1
        mapped = self._display.get_keyboard_mapping(first, count)
        held = {code for row in self._display.get_modifier_mapping() for code in row}
        codes = [first + n for n in range(count) if first + n not in held]
        # The keys that write something come first, and those that do nothing yet.
        codes.sort(key=lambda code: mapped[code - first][0] not in {0, *_LATIN_1})
        if len(letters) > len(codes):
            raise ValueError(f"{len(letters)} different characters, {len(codes)} keys")
        keys = dict(zip(letters, codes, strict=False))
        for letter, code in keys.items():
            self._display.change_keyboard_mapping(code, [[keysym_of(letter)] * 2])
        self._display.sync()
        return keys


def keysym_of(letter: str) -> int:
    """Return the X keysym of a character or a named key (X protocol, appendix A)."""
    if letter in _NAMED_KEYSYMS:
        return _NAMED_KEYSYMS[letter]
    return ord(letter) if ord(letter) in _LATIN_1 else _UNICODE_KEYSYM | ord(letter)
