"""The last words of a visit: how long they stand, and when the line is hung up behind them."""

from __future__ import annotations

from dataclasses import dataclass

from cordee_kiosk.core.commands import Command, TellStage
from cordee_wire import stage

HANG_UP_AFTER_S = 1.0
"""What was said last on the control channel has this long to arrive."""


@dataclass
class Farewell:
    """From a visit's end until its traces may be wiped."""

    _until: float | None = None
    _hang_up_at: float | None = None

    @property
    def deadline(self) -> float | None:
        """When something is next to be done, or None."""
        return min((at for at in (self._until, self._hang_up_at) if at is not None), default=None)

    def begin(self, now: float, *, stays_s: float) -> None:
        """Let the last words stand from now on."""
        self._until, self._hang_up_at = now + stays_s, now + HANG_UP_AFTER_S

    def tick(self, now: float) -> list[Command]:
        """Hang up once what was said has arrived."""
        if self._hang_up_at is None or now < self._hang_up_at:
            return []
        self._hang_up_at = None
        return [TellStage(stage.HangUp())]

    def is_read(self, now: float) -> bool:
        """Whether the last words have been read."""
        return self._until is not None and now >= self._until

    def cut_short(self, now: float) -> None:
        """Make room at once: the next visit is due."""
        if self._until is not None:
            self._until = min(self._until, now)
