"""A place whose network lets nothing out but through its HTTP proxy."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from authority import Authority
from fake_server import FakeServer, serving

from cordee_kiosk import ports, wiring
from cordee_kiosk.adapters.link import ServerLink
from cordee_kiosk.adapters.post import SpoolPost
from cordee_kiosk.config import Config
from cordee_kiosk.ports import Sealed

WITHIN_S = 60


@dataclass
class FakeProxy:
    """Leads CONNECT on, and notes what it was asked for; refuses everything else, noted too."""

    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.decode().split(" ", 2)
            self.asked.append(f"{method} {target}")
            if method == "CONNECT":
                host, _, port = target.rpartition(":")
                there, onward = await asyncio.open_connection(host, int(port))
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await asyncio.gather(_carry(reader, onward), _carry(there, writer))
            else:
                writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
    target.close()


@pytest.fixture
async def proxy() -> AsyncIterator[FakeProxy]:
    made = FakeProxy()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as listening:
        made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield made


async def test_link_to_the_server_goes_through_the_proxy(proxy: FakeProxy) -> None:
    authority = Authority()
    async with serving(FakeServer(public_key=authority.kiosk.public_key)) as server:
        link = ServerLink(
            server=server.url,
            kiosk="k1",
            boot="b1",
            version="0",
            signer=authority.kiosk,
            proxy=proxy.url,
        )
        events = link.events()
        async with asyncio.timeout(WITHIN_S):
            assert isinstance(await anext(events), ports.LinkUp)
        assert proxy.asked == [f"CONNECT 127.0.0.1:{server.port}"]
        await link.close()
        async with asyncio.timeout(WITHIN_S):
            async for _ in events:
                pass


async def test_scanned_pages_go_through_the_proxy(proxy: FakeProxy, tmp_path: Path) -> None:
    post = SpoolPost(
        server="http://127.0.0.1:1",
        kiosk="k1",
        signer=Authority().kiosk,
        folder=tmp_path / "spool",
        proxy=proxy.url,
    )
    post.put(page="9" * 32, visit="a" * 32, sealed=Sealed(ciphertext=b"x", recipients=["age1"]))

    async def deliver() -> None:
        async for _ in post.delivered():
            pass

    delivering = asyncio.create_task(deliver())
    async with asyncio.timeout(WITHIN_S):
        while not proxy.asked:
            await asyncio.sleep(0.01)
    delivering.cancel()
    with contextlib.suppress(asyncio.CancelledError, httpx.TransportError):
        await delivering
    await post.close()
    assert proxy.asked[0] == "POST http://127.0.0.1:1/api/kiosk/pages"


def test_chromium_is_told_of_the_proxy_and_of_none_without() -> None:
    with_one = Config(proxy="http://proxy.example:3128", chromium_flags=["--own"])
    assert wiring.browser_flags(with_one) == ["--own", "--proxy-server=http://proxy.example:3128"]
    assert wiring.browser_flags(Config()) == []
