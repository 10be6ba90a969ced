from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from authority import Authority
from fake_server import FakeServer, serving
from waiting import until

from cordee_kiosk import ports
from cordee_kiosk.adapters.link import ServerLink, link_url
from cordee_kiosk.config import is_loopback
from cordee_wire import kiosk_link

WITHIN_S = 60


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[FakeServer]:
    async with serving(FakeServer(public_key=authority.kiosk.public_key)) as served:
        yield served


class Ears:
    """Reads a link's events one by one."""

    def __init__(self, server: FakeServer, authority: Authority) -> None:
        self.link = ServerLink(
            server=server.url, kiosk="k1", boot="b1", version="0", signer=authority.kiosk
        )
        self._events = self.link.events()

    async def next(self) -> ports.LinkEvent:
        async with asyncio.timeout(WITHIN_S):
            return await anext(self._events)

    async def aclose(self) -> None:
        await self.link.close()
        async with asyncio.timeout(WITHIN_S):
            async for _ in self._events:
                pass


@pytest.fixture
async def ears(server: FakeServer, authority: Authority) -> AsyncIterator[Ears]:
    made = Ears(server, authority)
    yield made
    await made.aclose()


async def test_opens_with_a_signed_challenge(server: FakeServer, ears: Ears) -> None:
    up = await ears.next()
    assert isinstance(up, ports.LinkUp)
    assert up.welcome.site == "Guillestre"
    assert server.of(kiosk_link.Hello)[0].boot == "b1"


async def test_says_and_hears(server: FakeServer, ears: Ears) -> None:
    await ears.next()
    assert await ears.link.send(kiosk_link.TimeAsked(sent=12.5))
    said = await ears.next()
    assert isinstance(said, ports.LinkSaid)
    assert isinstance(said.message, kiosk_link.TimeTold)
    assert said.message.sent == 12.5


async def test_comes_back_by_itself(server: FakeServer, ears: Ears) -> None:
    await ears.next()
    await server.stop()
    assert isinstance(await ears.next(), ports.LinkDown)
    assert not await ears.link.send(kiosk_link.TimeAsked(sent=1))
    await server.start()
    assert isinstance(await ears.next(), ports.LinkUp)


async def test_message_that_is_none_does_not_end_the_link(server: FakeServer, ears: Ears) -> None:
    await ears.next()
    for text in ("{", '{"type":"launch"}'):
        await server.say_text(text)
    await server.say(kiosk_link.Refused(code="x", message="y"))
    said = await ears.next()
    assert isinstance(said, ports.LinkSaid)


async def test_message_larger_than_the_wire_allows_is_not_sent(ears: Ears) -> None:
    await ears.next()
    huge = kiosk_link.Relayed(visit="v", instance="i", to="t", signal={"sdp": "x" * 70_000})
    assert not await ears.link.send(huge)


async def test_kiosk_that_the_server_does_not_know_never_is_up(server: FakeServer) -> None:
    stranger = Ears(server, Authority())
    up = asyncio.create_task(stranger.next())
    await until(
        lambda: any(kiosk.close_code == 4403 for kiosk in server.refused), what="the door is shut"
    )
    assert not up.done()
    up.cancel()
    await asyncio.gather(up, return_exceptions=True)


@pytest.mark.parametrize(
    ("server_url", "url"),
    [
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000/ws/kiosk"),
        ("https://cordee.example.invalid/", "wss://cordee.example.invalid/ws/kiosk"),
    ],
)
def test_address_of_the_link(server_url: str, url: str) -> None:
    assert link_url(server_url) == url


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://127.0.0.1:1", True),
        ("http://localhost", True),
        ("http://[::1]:3", True),
        ("https://cordee.example.invalid", False),
        ("http://10.0.0.1", False),
    ],
)
def test_this_box_is_known_by_its_address(url: str, is_here: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_loopback(url) == is_here
