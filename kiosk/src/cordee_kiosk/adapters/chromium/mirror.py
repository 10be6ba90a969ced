"""The mirror's stream: recorded lines through one deflate context an epoch, cut into pieces."""

from __future__ import annotations

import zlib
from collections.abc import Callable

PIECE_LIMIT_BYTES = 16_000
TEXT_LIMIT_CHARS = 16_000_000


class MirrorStream:
    """Compresses what the recorder says. Each piece begins with the epoch's number mod 256."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._epoch = 0
        self._deflate: zlib._Compress | None = None

    @property
    def is_on(self) -> bool:
        """Whether anything is sent."""
        return self._deflate is not None

    def begin(self) -> None:
        """Begin a new epoch: a fresh context, understood without anything before."""
        self._epoch = (self._epoch + 1) % 256
        self._deflate = zlib.compressobj(level=6, wbits=-15, memLevel=9)

    def end(self) -> None:
        """Send nothing more."""
        self._deflate = None

    def put(self, lines: str) -> None:
        """Send whole lines, flushed, so that the other end can read them at once."""
        if self._deflate is None or len(lines) > TEXT_LIMIT_CHARS:
            return
        data = self._deflate.compress(lines.encode("utf-8", "replace"))
        data += self._deflate.flush(zlib.Z_SYNC_FLUSH)
        epoch = bytes([self._epoch])
        step = PIECE_LIMIT_BYTES - 1
        for begin in range(0, len(data), step):
            self._send(epoch + data[begin : begin + step])
