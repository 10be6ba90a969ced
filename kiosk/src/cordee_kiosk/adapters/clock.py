"""The server's clock on the box's steady one: the exchange with the shortest round trip counts.

The first exchange may move the clock either way, as the box may come up hours off. After that it
never jumps back: a clock found ahead runs at half speed until it is right.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

EXCHANGES_KEPT = 8
DRIFT_PER_S = 100e-6
"""How far two quartz clocks part a second, at worst: an old exchange counts less."""
SLEW = 0.5
HINT_FROM_S = 2.0


@dataclass(frozen=True)
class _Exchange:
    at: float
    rtt_s: float
    offset_s: float


class CorrectedClock:
    """`steady` never jumps; `wall` is the box's own idea of the hour, used until the first word."""

    def __init__(
        self,
        *,
        steady: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._steady = steady
        self._exchanges: deque[_Exchange] = deque(maxlen=EXCHANGES_KEPT)
        self._offset_s = self._target_s = wall() - steady()
        self._looked_at = steady()

    def now(self) -> float:
        """Return the corrected time."""
        steady = self._steady()
        behind_s = self._offset_s - self._target_s
        if behind_s > 0:
            passed_s = max(0.0, steady - self._looked_at)
            self._offset_s -= min(behind_s, passed_s * SLEW)
        self._looked_at = steady
        return steady + self._offset_s

    def stamp(self) -> float:
        """Return what to send as TimeAsked.sent."""
        return self._steady()

    def told(self, *, sent: float, server_now: float) -> None:
        """Take one exchange with the server into account."""
        at = self._steady()
        rtt_s = at - sent
        if rtt_s < 0:
            return
        is_first = not self._exchanges
        self._exchanges.append(_Exchange(at, rtt_s, server_now + rtt_s / 2 - at))
        best = min(self._exchanges, key=lambda each: each.rtt_s + (at - each.at) * DRIFT_PER_S)
        self._move(best.offset_s, may_go_back=is_first)

    def hint(self, server_now: float) -> None:
        """Take the server's rough word for the hour, only where the box is seconds off."""
        if not self._exchanges and abs(server_now - self.now()) > HINT_FROM_S:
            self._move(server_now - self._steady(), may_go_back=True)

    def _move(self, target_s: float, *, may_go_back: bool) -> None:
        self.now()
        self._target_s = target_s
        if may_go_back or target_s > self._offset_s:
            self._offset_s = target_s
