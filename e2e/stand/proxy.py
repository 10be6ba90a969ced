"""An HTTP proxy as stands before a town hall's network (RFC 9110 sections 7.3.2 and 9.3.6)."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from e2e.stand.own_loop import OnOwnLoop
from e2e.stand.processes import free_port

READ_BYTES = 64 * 1024


class Proxy(OnOwnLoop):
    """An HTTP proxy on `host`. A context manager; `url` is what browsers are told.

    `asked` holds every `host:port` that it was asked for, in order.
    """

    def __init__(self, host: str) -> None:
        """Nothing listens before entering."""
        self.port = free_port()
        self.url = f"http://{host}:{self.port}"
        self.asked: list[str] = []
        self._host = host
        super().__init__()

    async def _run(self) -> None:
        async with await asyncio.start_server(self._serve, self._host, self.port) as listening:
            self._is_ready.set()
            await self._may_end.wait()
            listening.close()
            carriers = asyncio.all_tasks() - {asyncio.current_task()}
            for carrier in carriers:
                carrier.cancel()
            await asyncio.gather(*carriers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            first, rest = head.split(b"\r\n", 1)
            method, target, _ = first.decode("latin-1").split(" ")
            url = urlsplit(f"//{target}" if method == "CONNECT" else target)
            self.asked.append(url.netloc)
            there, onward = await asyncio.open_connection(url.hostname, url.port)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                # One request a connection: another may be for another host.
                asked = f"{method} {url.path} HTTP/1.1\r\nConnection: close\r\n"
                onward.write(asked.encode("latin-1") + rest)
            try:
                await asyncio.gather(_pass_on(reader, onward), _pass_on(there, writer))
            finally:
                onward.transport.abort()
        except (OSError, ValueError, asyncio.IncompleteReadError):
            return
        finally:
            writer.transport.abort()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(READ_BYTES):
        target.write(data)
        await target.drain()
    target.close()
