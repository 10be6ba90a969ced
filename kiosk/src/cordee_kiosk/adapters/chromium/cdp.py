"""The Chrome DevTools Protocol over a pipe: JSON messages, each ended by a NUL byte.

Sessions are flat: every message names its session. Events are handed to their handlers at once,
in order, on the loop; a handler that has to wait starts a task of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import FileIO
from typing import Any

import msgspec
import structlog

from cordee_kiosk.adapters.chromium.process import Pipes

CALL_WITHIN_S = 5.0
_WAITING_LIMIT_BYTES = 32_000_000
_MESSAGE_LIMIT_BYTES = 64_000_000
_READ_BYTES = 262_144

Params = dict[str, Any]
Handler = Callable[[Params], None]

_log = structlog.get_logger(__name__)


class CdpRefused(Exception):
    """Chromium answered with an error."""


class CdpTimedOut(Exception):
    """Chromium, or the page in it, did not answer in time."""


class CdpClosed(Exception):
    """The pipe is closed: Chromium has gone."""


class _Incoming(msgspec.Struct):
    id: int = 0
    method: str = ""
    session: str = msgspec.field(default="", name="sessionId")
    params: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"{}")
    error: dict[str, Any] | None = None


class Cdp:
    """A client. `when_closed` is called once, when the other end has gone."""

    def __init__(self, *, when_closed: Callable[[], None]) -> None:
        self._when_closed = when_closed
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._answers: dict[int, asyncio.Future[Params]] = {}
        self._last_id = 0
        self._is_closed = False
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(_Incoming)
        self._writer: asyncio.WriteTransport | None = None
        self._reader: asyncio.ReadTransport | None = None

    async def connect(self, pipes: Pipes) -> None:
        """Take the daemon's two ends over."""
        loop = asyncio.get_running_loop()
        # The transports close these.
        self._writer, _ = await loop.connect_write_pipe(
            asyncio.BaseProtocol, FileIO(pipes.write_fd, "w")
        )
        self._reader, _ = await loop.connect_read_pipe(
            lambda: _Splitter(self._arrived, self._lost), FileIO(pipes.read_fd, "r")
        )

    def on(self, method: str, handler: Handler, session: str = "") -> None:
        """Hand events of `method` in `session` to `handler`, instead of the one before."""
        self._handlers[session, method] = handler

    def forget(self, session: str) -> None:
        """Drop every handler of a session that has ended."""
        for key in [key for key in self._handlers if key[0] == session]:
            del self._handlers[key]

    async def call(
        self,
        method: str,
        params: Params | None = None,
        session: str = "",
        *,
        timeout_s: float = CALL_WITHIN_S,
    ) -> Params:
        """Return the answer. Raises CdpRefused, CdpTimedOut or CdpClosed."""
        answer = self.post(method, params, session)
        try:
            return await asyncio.wait_for(answer, timeout_s)
        except TimeoutError as error:
            raise CdpTimedOut(method) from error

    def post(
        self, method: str, params: Params | None = None, session: str = ""
    ) -> asyncio.Future[Params]:
        """Send now, in order; the future is the answer and need not be awaited."""
        answer: asyncio.Future[Params] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_retrieve)
        if self._is_closed or self._writer is None:
            answer.set_exception(CdpClosed(method))
            return answer
        if self._writer.get_write_buffer_size() > _WAITING_LIMIT_BYTES:
            answer.set_exception(CdpTimedOut(method))
            return answer
        self._last_id += 1
        call_id = self._last_id
        message = {"id": call_id, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        self._answers[call_id] = answer
        answer.add_done_callback(lambda _: self._answers.pop(call_id, None))
        self._writer.write(self._encoder.encode(message) + b"\0")
        return answer

    def close(self) -> None:
        """Close the pipe: Chromium ends. Open calls fail with CdpClosed."""
        if self._is_closed:
            return
        self._is_closed = True
        # asyncio stumbles over a pipe that Chromium's end has closed already.
        if self._writer is not None and not self._writer.is_closing():
            self._writer.abort()
        if self._reader is not None:
            self._reader.close()
        for answer in list(self._answers.values()):
            if not answer.done():
                answer.set_exception(CdpClosed("closed"))
        self._handlers.clear()

    def _arrived(self, data: bytes | bytearray) -> None:
        message = self._decoder.decode(data)
        if message.id:
            self._answered(message)
            return
        handler = self._handlers.get((message.session, message.method))
        if handler is None:
            return
        try:
            handler(msgspec.json.decode(message.params))
        except Exception:  # noqa: BLE001 - outermost loop: one bad handler must not stop the rest
            _log.exception("cdp_handler_failed", method=message.method)

    def _answered(self, message: _Incoming) -> None:
        answer = self._answers.get(message.id)
        if answer is None or answer.done():
            return
        if message.error is not None:
            answer.set_exception(CdpRefused(str(message.error.get("message", ""))))
        else:
            answer.set_result(msgspec.json.decode(message.result))

    def _lost(self) -> None:
        if self._is_closed:
            return
        self.close()
        self._when_closed()


class _Splitter(asyncio.Protocol):
    """Cuts the stream at NUL bytes."""

    def __init__(
        self, arrived: Callable[[bytes | bytearray], None], lost: Callable[[], None]
    ) -> None:
        self._arrived = arrived
        self._lost = lost
        self._rest = bytearray()
        self._is_skipping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Read larger pieces than the default: pictures and snapshots come this way."""
        if hasattr(transport, "max_size"):
            transport.max_size = _READ_BYTES

    def data_received(self, data: bytes) -> None:
        """Hand on every whole message."""
        begin = 0
        end = data.find(b"\0")
        while end != -1:
            self._rest += data[begin:end]
            whole, self._rest = self._rest, bytearray()
            if not self._is_skipping:
                self._arrived(whole)
            self._is_skipping = False
            begin = end + 1
            end = data.find(b"\0", begin)
        if not self._is_skipping:
            self._rest += data[begin:]
        if len(self._rest) > _MESSAGE_LIMIT_BYTES:
            # A page can make Chromium say this much; only this one message is lost.
            _log.error("cdp_message_too_large")
            self._rest, self._is_skipping = bytearray(), True

    def eof_received(self) -> None:
        """Chromium closed its end."""
        self._lost()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell of the end."""
        _ = exc
        self._lost()


def _retrieve(answer: asyncio.Future[Params]) -> None:
    """Mark the error of a call that nobody awaits as seen."""
    if not answer.cancelled():
        answer.exception()
