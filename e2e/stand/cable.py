"""The TCP line between a kiosk and its server: cut in the middle of an upload, and mended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from e2e.stand.own_loop import OnOwnLoop
from e2e.stand.processes import free_port

READ_BYTES = 64 * 1024
HEAD_END = b"\r\n\r\n"


@dataclass
class Upload:
    """One PATCH as it went by: where in the page it begins, its length, and what has passed."""

    offset: int
    announced_bytes: int
    passed_bytes: int = 0


class Cable(OnOwnLoop):
    """A TCP relay on 127.0.0.1 before a server. A context manager; the kiosk gets `url`.

    `uploads` holds what has gone by, oldest first. `cut_when` is asked after each piece of one;
    once it says yes every connection breaks and none comes up until `mend`.
    """

    def __init__(self, server_port: int) -> None:
        """Remember the server's port on 127.0.0.1; nothing listens before entering."""
        self.server_port = server_port
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.uploads: list[Upload] = []
        self.cut_when: Callable[[list[Upload]], bool] = lambda _: False
        self.is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        super().__init__()

    def mend(self) -> None:
        """Let connections through again, and cut no more."""
        self.cut_when = lambda _: False
        self.is_cut = False

    async def _run(self) -> None:
        async with await asyncio.start_server(self._carry, "127.0.0.1", self._port) as listening:
            self._is_ready.set()
            await self._may_end.wait()
            listening.close()
            self._break()
            carriers = asyncio.all_tasks() - {asyncio.current_task()}
            await asyncio.gather(*carriers, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self.is_cut:
                return
            there, onward = await asyncio.open_connection("127.0.0.1", self.server_port)
            self._writers.add(onward)
            try:
                await asyncio.gather(
                    self._pass_on(reader, onward, _Requests(self.uploads)),
                    self._pass_on(there, writer, None),
                )
            finally:
                self._writers.discard(onward)
                onward.transport.abort()
        except OSError:
            return
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, seen: _Requests | None
    ) -> None:
        while data := await source.read(READ_BYTES):
            target.write(data)
            await target.drain()
            if seen is not None and seen.take(data) and self.cut_when(self.uploads):
                self.is_cut = True
                self._break()
        # Either end's close is the other's: HTTP and WebSockets here never close one way only.
        target.close()

    def _break(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


class _Requests:
    """Reads one connection's requests (RFC 9112) as far as to tell uploads apart."""

    def __init__(self, uploads: list[Upload]) -> None:
        self._uploads = uploads
        self._head = b""
        self._body_left = 0
        self._upload: Upload | None = None
        self._is_socket = False

    def take(self, data: bytes) -> bool:
        """Read on; return whether a piece of an upload was in it."""
        has_upload = False
        while data and not self._is_socket:
            if self._body_left:
                body, data = data[: self._body_left], data[self._body_left :]
                self._body_left -= len(body)
                if self._upload:
                    self._upload.passed_bytes += len(body)
                    has_upload = True
            else:
                head, end, rest = (self._head + data).partition(HEAD_END)
                self._head, data = (b"", rest) if end else (head, b"")
                if end:
                    self._begin(head.decode("latin-1"))
        return has_upload

    def _begin(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        fields = {name.lower(): value.strip() for name, _, value in pairs}
        self._is_socket = "upgrade" in fields
        self._body_left = int(fields.get("content-length", "0"))
        self._upload = None
        if first.startswith("PATCH "):
            self._upload = Upload(int(fields["upload-offset"]), self._body_left)
            self._uploads.append(self._upload)
