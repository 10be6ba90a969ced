"""What is bulky (pictures, fonts) on its way to the agent's screen, behind everything else.

    bulk = Bulk(send)                      # one a browser; `send` takes one message of the channel
    bulk.begin()                           # the mirror is on; what was half sent begins again
    bulk.put(Parcel(hash, type, data), rank=0)   # the lowest rank goes first, then the earliest
    bulk.drop(lambda parcel: ...)          # takes back what has become stale, the one going too
    bulk.hold()                            # something more urgent is on its way: wait a little
    bulk.got(ms)                           # the stage's BulkGot
    bulk.end()                             # `see` was taken back: nothing more leaves

A parcel with a place (`to`, such as `island/12`) puts the one that waits for the same place out of
the way. `when_sent` is called once the other end has the whole parcel.

Messages of the channel, each at most PIECE_MOST_BYTES:

    1, two bytes of head length (big endian), head, data    a parcel begins, an unfinished one ends
    2, data                                                 the parcel goes on
    3                                                       what was kept by hash is forgotten

The head is JSON: `{"hash": "sha-256 in hex of the data", "type": "image/webp", "size": 1234,
"to": ""}`. The agent's end: `frontend/src/browser/bulk.ts`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from cordee_kiosk.adapters.chromium.bulk_pace import PIECE_MOST_BYTES, BulkPace

PARCEL_LIMIT_BYTES = 4_000_000
WAITING_LIMIT_BYTES = 32_000_000
QUIET_S = 0.15
QUIET_MOST_S = 1.0
UNANSWERED_S = 15.0
TRIES_MOST = 3
"""Pieces without an answer, one after the other, until the other end is taken for deaf."""

_BEGIN, _GO_ON, _FORGET = b"\x01", b"\x02", b"\x03"


@dataclass(frozen=True)
class Parcel:
    """Bytes, what they are, and whom they are for (empty: whoever shows that hash)."""

    hash: str
    type: str
    data: bytes
    to: str = ""

    @classmethod
    def of(cls, data: bytes, kind: str, *, to: str = "") -> Parcel:
        """Return the parcel of these bytes with their hash."""
        return cls(hashlib.sha256(data).hexdigest(), kind, data, to)

    def head(self) -> bytes:
        """Return what stands before the first bytes."""
        told = {"hash": self.hash, "type": self.type, "size": len(self.data), "to": self.to}
        head = json.dumps(told, separators=(",", ":")).encode()
        return _BEGIN + len(head).to_bytes(2, "big") + head


class Bulk:
    """Sends parcels one after the other, in pieces that leave the line to what is more urgent."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        *,
        when_sent: Callable[[Parcel], None] = lambda _: None,
    ) -> None:
        self._send = send
        self._when_sent = when_sent
        self._pace = BulkPace()
        self._waiting: list[tuple[int, Parcel]] = []
        self._going: Parcel | None = None
        self._sent_bytes = 0
        # For each piece that was not answered: the parcel that it ends.
        self._on_line: deque[Parcel | None] = deque()
        self._is_on = False
        self._tries = 0
        self._hold_until = self._held_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Send what waits; a parcel that was under way begins anew."""
        self._is_on = True
        self._tries = 0
        self._restart()

    def end(self) -> None:
        """Send nothing more, and keep nothing."""
        self._is_on = False
        self._waiting.clear()
        self._on_line.clear()
        self._going = None
        self._pace.lose()
        self._stop_timer()

    def put(self, parcel: Parcel, *, rank: int = 0) -> bool:
        """Let a parcel wait for its turn. False: it is too large, or too much waits already."""
        if parcel.to:
            self.drop(lambda each: each.to == parcel.to and each is not self._going)
        room = WAITING_LIMIT_BYTES - sum(len(each.data) for _, each in self._waiting)
        if not self._is_on or not 0 < len(parcel.data) <= min(PARCEL_LIMIT_BYTES, room):
            return False
        self._waiting.append((rank, parcel))
        self._waiting.sort(key=lambda each: each[0])
        self._pump()
        return True

    def drop(self, is_stale: Callable[[Parcel], bool]) -> None:
        """Take stale parcels back, one half sent too."""
        self._waiting = [each for each in self._waiting if not is_stale(each[1])]
        if self._going is not None and is_stale(self._going):
            self._going = None

    def carries(self, to: str) -> bool:
        """Whether a parcel for this place waits, is going or was not answered."""
        parcels = [*(each for _, each in self._waiting), self._going, *self._on_line]
        return any(each is not None and each.to == to for each in parcels)

    def forget(self) -> None:
        """Let the other end forget all that it keeps by hash."""
        self._leave(_FORGET, None)

    def hold(self) -> None:
        """Keep the line free for a moment: someone has just written or clicked."""
        now = self._now()
        if not self._held_since or not (self._waiting or self._going):
            self._held_since = now
        self._hold_until = min(now + QUIET_S, self._held_since + QUIET_MOST_S)

    def got(self, took_ms: float) -> None:
        """Note that the other end has the oldest piece."""
        if not self._pace.got(took_ms, self._now()):
            return
        self._tries = 0
        ended = self._on_line.popleft()
        if ended is not None:
            self._when_sent(ended)
        self._pump()

    def _restart(self) -> None:
        """Let all that was not answered wait again, before the rest."""
        self._pace.lose()
        lost = [*self._on_line, self._going]
        again = [(-1, each) for each in lost if each is not None]
        self._on_line.clear()
        self._going = None
        self._waiting = again + self._waiting
        self._pump()

    def _pump(self) -> None:
        """Send as many pieces as the line has room for, and come back when there may be more."""
        self._stop_timer()
        if not self._is_on or self._tries >= TRIES_MOST:
            return
        now = self._now()
        while now >= self._hold_until:
            room_bytes = self._pace.piece_bytes()
            if room_bytes == 0 or not (self._waiting or self._going):
                break
            self._held_since = 0.0
            self._send_piece(room_bytes)
        if self._on_line:
            self._wake_in(UNANSWERED_S, self._unanswered)
        elif self._waiting or self._going is not None:
            self._wake_in(max(self._hold_until - now, 0) + 0.001, self._pump)

    def _send_piece(self, room_bytes: int) -> None:
        if self._going is None:
            going, self._sent_bytes = self._waiting.pop(0)[1], 0
            head = going.head()
        else:
            going, head = self._going, _GO_ON
        end = self._sent_bytes + max(min(room_bytes, PIECE_MOST_BYTES) - len(head), 1)
        data = going.data[self._sent_bytes : end]
        self._sent_bytes += len(data)
        is_whole = self._sent_bytes == len(going.data)
        self._going = None if is_whole else going
        self._leave(head + data, going if is_whole else None)

    def _leave(self, piece: bytes, ended: Parcel | None) -> None:
        self._pace.sent(len(piece))
        self._on_line.append(ended)
        self._send(piece)

    def _unanswered(self) -> None:
        self._tries += 1
        self._restart()

    def _wake_in(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, act)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
