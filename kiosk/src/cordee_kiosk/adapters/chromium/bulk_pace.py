"""How much of what is bulky may be on the line at once: so much that it keeps nobody waiting.

Every piece is answered by the other end, which tells how long it took. What it took beyond the
line's best is time spent in a queue, where voice, mirror and control would wait too: the window
shrinks as soon as that is more than TOO_LATE_MS, and grows while it is less than EARLY_MS (after
LEDBAT, RFC 6817). So one does not have to know the line, and whoever else sends has the way first.
"""

from __future__ import annotations

from math import inf

FIRST_WINDOW_BYTES = 4_800
"""150 ms of a line of 256 kbit/s."""
LEAST_WINDOW_BYTES = 2_400
"""A busy machine answers late too: less than this would make a fast line a slow one."""
MOST_WINDOW_BYTES = 262_144
PIECE_LEAST_BYTES = 1_100
"""One packet (SCTP over DTLS over UDP)."""
PIECE_MOST_BYTES = 16_000
EARLY_MS, TOO_LATE_MS = 15.0, 45.0
GROW, SHRINK = 0.5, 0.7
"""By half for each window that came early; to seven tenths for one that came late."""
BEST_FOR_S = 30.0
"""A route may change: the best of so long ago is forgotten."""


class BulkPace:
    """The window of one connection. Instants are monotonic seconds."""

    def __init__(self) -> None:
        self.window_bytes = float(FIRST_WINDOW_BYTES)
        self._on_line: list[int] = []
        self._best_ms = self._next_best_ms = inf
        self._best_until = 0.0
        self._shrunk_for = 0

    @property
    def on_line_bytes(self) -> int:
        """What was sent and not answered."""
        return sum(self._on_line)

    def piece_bytes(self) -> int:
        """Return how large the next piece may be; 0: not now."""
        if self._on_line and self.on_line_bytes >= self.window_bytes:
            return 0
        return int(min(max(self.window_bytes / 2, PIECE_LEAST_BYTES), PIECE_MOST_BYTES))

    def sent(self, size_bytes: int) -> None:
        """Note that a piece went."""
        self._on_line.append(size_bytes)

    def got(self, took_ms: float, now: float) -> bool:
        """Take the answer to the oldest piece into account. False: nothing was on the line."""
        if not self._on_line:
            return False
        was_used = self.on_line_bytes * 2 >= self.window_bytes
        size_bytes = self._on_line.pop(0)
        self._learn(took_ms, now)
        late_ms = took_ms - self._best_ms
        if self._shrunk_for:
            # What was on the line before the window shrank still comes late.
            self._shrunk_for -= 1
        elif late_ms > TOO_LATE_MS:
            self.window_bytes = max(self.window_bytes * SHRINK, LEAST_WINDOW_BYTES)
            self._shrunk_for = len(self._on_line)
        elif late_ms < EARLY_MS and was_used:
            self.window_bytes = min(self.window_bytes + GROW * size_bytes, MOST_WINDOW_BYTES)
        return True

    def lose(self) -> None:
        """Forget what is on the line: it will not be answered. The next is as careful as the first.

        What was learnt of the line stays.
        """
        self._on_line.clear()
        self._shrunk_for = 0
        self.window_bytes = min(self.window_bytes, FIRST_WINDOW_BYTES)

    def _learn(self, took_ms: float, now: float) -> None:
        if now >= self._best_until:
            self._best_ms, self._next_best_ms = self._next_best_ms, inf
            self._best_until = now + BEST_FOR_S
        self._next_best_ms = min(self._next_best_ms, took_ms)
        self._best_ms = min(self._best_ms, took_ms)
