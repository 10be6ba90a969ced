"""When the mirror may speak: little is on the line at once, so that nothing stale waits there.

The counter tells how much of an epoch it has read. What a piece took beyond the line's best was
time spent in a queue, where voice would wait too: the window shrinks then, and grows while pieces
are quick (after LEDBAT, RFC 6817). Beside that only so many messages a second leave: each costs its
headers, and a page that changes sixty times a second is looked at by a person.
"""

from __future__ import annotations

from collections import deque
from math import inf

FIRST_WINDOW_BYTES = 98_304
"""A first page leaves at once: nobody waits behind it yet."""
LEAST_WINDOW_BYTES = 8_192
MOST_WINDOW_BYTES = 524_288
GROWS_BYTES, SHRINKS = 4_096, 0.7
EARLY_S, LATE_S = 0.1, 0.25
"""Beyond the least that a piece took."""
BURST, WRITES_A_SECOND = 12, 30.0
DEAF_AFTER_S = 5.0
"""A counter that never told what it read is one of before: it is not waited for."""


class Gate:
    """One epoch's window. Instants are steady seconds."""

    def __init__(self) -> None:
        """Everything may leave."""
        self.begin()

    def begin(self) -> None:
        """Begin a new epoch: nothing of it is on the line."""
        self.window_bytes = float(FIRST_WINDOW_BYTES)
        self._sent = self._heard = 0
        self._on_line: deque[tuple[int, float]] = deque()
        self._best_s = inf
        self._tells = False
        self._writes = float(BURST)
        self._filled_at = -inf

    @property
    def on_line_bytes(self) -> int:
        """What was sent and is not known to be read."""
        return self._sent - self._heard

    def wait_s(self, now: float) -> float:
        """Return how long to wait before the next write; 0: none, infinity: for the counter."""
        if self.on_line_bytes >= self.window_bytes:
            if self._tells:
                return inf
            wait_s = self._on_line[0][1] + DEAF_AFTER_S - now
            if wait_s > 0:
                return wait_s
            self._heard = self._sent
            self._on_line.clear()
        self._fill(now)
        return max(0.0, (1 - self._writes) / WRITES_A_SECOND)

    def wrote(self, size_bytes: int, now: float) -> None:
        """Note a write of so many bytes, in one piece or several."""
        self._fill(now)
        self._writes -= 1
        self._sent += size_bytes
        self._on_line.append((self._sent, now))

    def heard(self, total_bytes: int, now: float) -> None:
        """Note that the counter has read so many bytes of this epoch. More than was sent: nothing.

        A write counts as read when the whole of it is.
        """
        if not self._heard < total_bytes <= self._sent:
            return
        self._heard, self._tells = total_bytes, True
        took_s = None
        while self._on_line and self._on_line[0][0] <= total_bytes:
            took_s = now - self._on_line.popleft()[1]
        if took_s is None:
            return
        self._best_s = min(self._best_s, took_s)
        late_s = took_s - self._best_s
        if late_s > LATE_S:
            self.window_bytes = max(self.window_bytes * SHRINKS, LEAST_WINDOW_BYTES)
        elif late_s < EARLY_S:
            self.window_bytes = min(self.window_bytes + GROWS_BYTES, MOST_WINDOW_BYTES)

    def _fill(self, now: float) -> None:
        gained = (now - self._filled_at) * WRITES_A_SECOND if self._filled_at > -inf else 0.0
        self._writes = min(self._writes + gained, BURST)
        self._filled_at = now
