"""The mirror's stream: recorded lines through one deflate context an epoch, cut into pieces.

The answers to verbs that went well ride in it, behind what those verbs changed (decision 0015).
"""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections import deque
from collections.abc import Callable
from math import inf

from cordee_kiosk.adapters.chromium.mirror_gate import Gate
from cordee_kiosk.adapters.chromium.mirror_newest import newest

PIECE_LIMIT_BYTES = 16_000
TEXT_LIMIT_CHARS = 16_000_000
HOLD_MOST_S = 0.05
AGAIN_MOST = 64
"""More than the counter leaves unanswered (`SENT_MOST`): older answers were heard."""
SHORTEN_FROM_CHARS = 262_144
"""What waits for the line is looked through for what newer lines have overtaken from here on."""
BROKEN = b"\x07"
"""No deflate block begins so (RFC 1951 section 3.2.3): the reader asks for the mirror anew."""


class MirrorStream:
    """Compresses what the recorder says. Each piece begins with the epoch's number mod 256.

    While the line has enough to do, what is said waits here, and only the newest of it leaves.
    """

    def __init__(
        self, send: Callable[[bytes], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._send = send
        self._clock = clock
        self._gate = Gate()
        self._late = ""
        self._shorten_from = SHORTEN_FROM_CHARS
        self._look_again: asyncio.TimerHandle | None = None
        self._epoch = 0
        self._deflate: zlib._Compress | None = None
        self._answered: deque[int] = deque(maxlen=AGAIN_MOST)
        self._held = ""
        self._held_for: int | None = None
        self._release_at: asyncio.TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        """Whether anything is sent."""
        return self._deflate is not None

    def begin(self) -> None:
        """Begin a new epoch: a fresh context, understood without anything before.

        It says again what the last answers were, as the reader may have lost them with the old one.
        """
        self._release()
        self._forget_late()
        self._gate.begin()
        self._epoch = (self._epoch + 1) % 256
        self._deflate = zlib.compressobj(level=6, wbits=-15, memLevel=9)
        self._write("".join(_done_line(each) for each in self._answered))

    def end(self) -> None:
        """Send nothing more but the answers that still wait: nobody says those again."""
        waiting = (self._late + self._held).split("\n")
        if answers := "".join(f"{line}\n" for line in waiting if line.startswith(_DONE)):
            self._send_now(answers)
        self._deflate = None
        self._release()
        self._forget_late()
        self._answered.clear()

    def heard(self, epoch: int, total_bytes: int) -> None:
        """Note how much of an epoch the counter has read; of another than this one: nothing."""
        if epoch == self._epoch and self._deflate is not None:
            self._gate.heard(total_bytes, self._clock())
            self._write_late()

    def put(self, lines: str) -> None:
        """Send whole lines, flushed, so that the other end can read them at once."""
        if len(lines) + len(self._held) > TEXT_LIMIT_CHARS:
            self._release()
        if len(lines) > TEXT_LIMIT_CHARS:
            return
        if self._held_for is not None:
            self._held += lines
        else:
            self._write(lines)

    def hold(self, verb_id: int) -> None:
        """Keep what is put until this verb is answered, or HOLD_MOST_S: it leaves as one.

        A verb that follows while lines are held is waited for within the time of the first.
        """
        if self._deflate is None:
            return
        self._held_for = verb_id
        if self._release_at is None:
            loop = asyncio.get_running_loop()
            self._release_at = loop.call_later(HOLD_MOST_S, self._release)

    def let_go(self, verb_id: int) -> None:
        """Send what is held for this verb: its answer comes another way."""
        if verb_id == self._held_for:
            self._release()

    def answer(self, verb_id: int) -> bool:
        """Say that a verb is done, behind what was put before. False: the mirror is off."""
        if self._deflate is None:
            return False
        self._answered.append(verb_id)
        self.put(_done_line(verb_id))
        self.let_go(verb_id)
        return True

    def _release(self) -> None:
        if self._release_at is not None:
            self._release_at.cancel()
        held, self._held = self._held, ""
        self._held_for = self._release_at = None
        self._write(held)

    def _write(self, lines: str) -> None:
        if self._deflate is None or not lines:
            return
        self._late += lines
        if len(self._late) > self._shorten_from:
            self._late = newest(self._late)
            if len(self._late) > TEXT_LIMIT_CHARS:
                self._break()
                return
            self._shorten_from = max(2 * len(self._late), SHORTEN_FROM_CHARS)
        self._write_late()

    def _write_late(self) -> None:
        """Write what waits, if the line is free for it; else look again when it may be."""
        if self._deflate is None or not self._late:
            return
        now = self._clock()
        wait_s = self._gate.wait_s(now)
        if wait_s > 0:
            self._look_within(wait_s)
            return
        lines = newest(self._late)
        self._forget_late()
        if len(lines) > TEXT_LIMIT_CHARS:
            self._break()
            return
        self._send_now(lines)

    def _send_now(self, lines: str) -> None:
        if self._deflate is None:
            return
        data = self._deflate.compress(lines.encode("utf-8", "replace"))
        data += self._deflate.flush(zlib.Z_SYNC_FLUSH)
        epoch = bytes([self._epoch])
        step = PIECE_LIMIT_BYTES - 1
        pieces = [epoch + data[begin : begin + step] for begin in range(0, len(data), step)]
        self._gate.wrote(sum(map(len, pieces)), self._clock())
        for piece in pieces:
            self._send(piece)

    def _break(self) -> None:
        """More waits than anybody will read: the reader asks for a whole picture instead."""
        self._deflate = None
        self._forget_late()
        self._send(bytes([self._epoch]) + BROKEN)

    def _look_within(self, wait_s: float) -> None:
        if wait_s == inf or self._look_again is not None:
            return
        loop = asyncio.get_running_loop()
        self._look_again = loop.call_later(wait_s, self._looked)

    def _looked(self) -> None:
        self._look_again = None
        self._write_late()

    def _forget_late(self) -> None:
        self._late, self._shorten_from = "", SHORTEN_FROM_CHARS
        if self._look_again is not None:
            self._look_again.cancel()
            self._look_again = None


_DONE = '{"t":"done"'


def _done_line(verb_id: int) -> str:
    return json.dumps({"t": "done", "id": verb_id}, separators=(",", ":")) + "\n"
