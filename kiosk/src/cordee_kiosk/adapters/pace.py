"""How fast a sealed page may leave while people talk: a token bucket fed by the call's getStats.

It begins with a quarter of what the browser believes the line carries, doubles while the line
stays as quick as it was, halves as soon as packets wait or are lost, and creeps up after that.
Voice and picture have a congestion control of their own, so what is free is found by asking the
line, not by reckoning. Without a call there is nothing to spare the line for.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from cordee_wire.stage import LineMeasured

SHARE = 0.25
UNKNOWN_BPS = 128_000.0
SLOWEST_BPS = 32_000.0
"""A page arrives in the end on any line: as much as the voice takes."""
FASTER, SLOWER, CREEP = 2.0, 0.5, 1.25
LATE_MS, LATE_SHARE = 100.0, 0.25
"""Packets wait when the round trip takes this much longer than at its best."""
LOST = 0.05
CALL_OVER_AFTER_S = 10.0
"""Measures come every 2 s in a call; after this long without one there is none."""
BURST_BYTES = 8192
REQUEST_S = 5.0
SMALLEST_REQUEST_BYTES = 16 * 1024


@dataclass
class _Call:
    """What the measures of one call have told."""

    bps: float
    best_ms: float
    measured_at: float
    was_late: bool = False
    is_used: bool = False


class Pace:
    """Bytes that may go now. Instants are monotonic seconds; `most_bps` 0: no limit of its own."""

    def __init__(self, *, most_bps: float = 0) -> None:
        self._most_bps = most_bps or inf
        self._call: _Call | None = None
        self._tokens = float(BURST_BYTES)
        self._filled_at = 0.0

    def measured(self, line: LineMeasured, now: float) -> None:
        """Take a measure of the call's line into account."""
        self._fill(now)
        call = self._current(now)
        if call is None:
            bps = line.room_bps * SHARE if line.room_bps else UNKNOWN_BPS
            self._call = _Call(max(bps, SLOWEST_BPS), line.rtt_ms, now)
            return
        call.best_ms = min(call.best_ms, line.rtt_ms)
        late_ms = line.rtt_ms - call.best_ms
        is_late = late_ms > max(LATE_MS, LATE_SHARE * call.best_ms)
        # The shared page goes before pages that nobody waits for.
        if is_late or line.lost > LOST or line.mirror_waits:
            call.bps = max(call.bps * SLOWER, SLOWEST_BPS)
            call.was_late = True
        elif call.is_used:
            call.bps = min(call.bps * (CREEP if call.was_late else FASTER), self._most_bps)
        call.measured_at, call.is_used = now, False

    def bps(self, now: float) -> float:
        """Return how many bits a second may go now; infinity: as many as the line takes."""
        call = self._current(now)
        return self._most_bps if call is None else min(call.bps, self._most_bps)

    def take(self, size_bytes: int, now: float) -> float:
        """Take `size_bytes` and return how many seconds to wait before sending them."""
        self._fill(now)
        if self._call is not None:
            self._call.is_used = True
        bytes_a_second = self.bps(now) / 8
        if bytes_a_second == inf:
            return 0
        self._tokens -= size_bytes
        return max(0, -self._tokens / bytes_a_second)

    def request_bytes(self, most_bytes: int, now: float) -> int:
        """Return how much to put into one request: a few seconds' worth, so that little is lost."""
        worth = min(self.bps(now) / 8 * REQUEST_S, most_bytes)
        return max(int(worth), min(SMALLEST_REQUEST_BYTES, most_bytes))

    def _fill(self, now: float) -> None:
        rate = self.bps(now) / 8
        gained = rate * max(now - self._filled_at, 0) if rate < inf else inf
        self._tokens = min(self._tokens + gained, BURST_BYTES)
        self._filled_at = now

    def _current(self, now: float) -> _Call | None:
        if self._call is not None and now - self._call.measured_at > CALL_OVER_AFTER_S:
            self._call = None
        return self._call
