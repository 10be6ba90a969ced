"""Real TCP connections to a real uvicorn, aborted while the server has something to say."""

from __future__ import annotations

import asyncio
import socket as tcp
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
import uvicorn
from asgiref.sync import sync_to_async
from factories import World
from live.conftest import Lines
from live.sockets import WITHIN_S, cookie_of, hello
from serving import serving
from websockets.asyncio.client import ClientConnection, connect

from cordee.fleet.models import Kiosk
from cordee.live.counter_consumer import CounterConsumer
from cordee.live.kiosk_consumer import KioskConsumer
from cordee.live.watch import watch

pytestmark = pytest.mark.asyncio

ONE, BOX = "1" * 32, "b" * 32


async def _until(is_true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not await is_true():
            await asyncio.sleep(0.02)


def _abort(line: ClientConnection) -> None:
    """Reset the connection, as a box does that loses its power and comes back."""
    raw = line.transport.get_extra_info("socket")
    raw.setsockopt(tcp.SOL_SOCKET, tcp.SO_LINGER, struct.pack("ii", 1, 0))
    line.transport.abort()


class Held:
    """Keeps a consumer in its `relayed` until the test lets it go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, consumer: type[Any]) -> None:
        self.entered, self.go = asyncio.Event(), asyncio.Event()
        relayed = consumer.relayed

        async def wait(socket: Any, event: dict[str, Any]) -> None:
            if event["from"] != ("kiosk" if consumer is CounterConsumer else "agent"):
                return
            self.entered.set()
            await self.go.wait()
            await relayed(socket, event)

        monkeypatch.setattr(consumer, "relayed", wait)


async def _say(line: ClientConnection, message: dict[str, Any]) -> None:
    await line.send(msgspec.json.encode(message).decode())


async def _hear(line: ClientConnection, kind: str) -> dict[str, Any]:
    message: dict[str, Any] = msgspec.json.decode(await asyncio.wait_for(line.recv(), WITHIN_S))
    assert message["type"] == kind, message
    return message


def _signal(visit: str, sender: str, to: str) -> dict[str, Any]:
    said = {"type": "relayed", "visit": visit, "instance": sender, "to": to}
    return {**said, "signal": {"type": "candidate", "candidate": ""}}


async def test_a_kiosk_whose_link_is_torn_while_it_is_told_something_has_left(
    committed: World, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, KioskConsumer)
    visit = (await sync_to_async(committed.book_soon)()).public_id
    async with serving() as (server, port):
        link = await connect(f"ws://127.0.0.1:{port}/ws/kiosk", proxy=None)
        await _say(link, hello(committed.box, (await _hear(link, "challenge"))["nonce"]))
        await _hear(link, "welcome")
        await _say(link, {"type": "joined", "visit": visit, "instance": BOX})
        counter = await lines.counter(visit, ONE)
        await counter.hear("seat_taken")
        assert (await counter.hear("peer"))["instance"] == BOX
        await counter.say(_signal(visit, ONE, BOX))
        await asyncio.wait_for(held.entered.wait(), WITHIN_S)

        _abort(link)
        await _until(lambda: _none_left(server))
        held.go.set()

        assert (await counter.hear("peer"))["instance"] is None
        await _until(lambda: _is_absent(committed))
        # The counter alone still hears of this kiosk's changes.
        listeners = watch._listeners[committed.box.kiosk.public_id]
        assert [listener.__name__ for listener in listeners] == ["_stay_or_go"]


async def test_a_counter_whose_link_is_torn_while_it_is_told_something_has_left(
    committed: World, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, CounterConsumer)
    visit = (await sync_to_async(committed.book_soon)()).public_id
    cookie = (await sync_to_async(cookie_of)(committed.agent.user)).decode()
    kiosk = await lines.kiosk()
    await kiosk.say({"type": "joined", "visit": visit, "instance": BOX})
    async with serving() as (server, port):
        counter = await connect(
            f"ws://127.0.0.1:{port}/ws/counter/{visit}/?instance={ONE}",
            additional_headers={"Cookie": cookie},
            origin="http://localhost",  # type: ignore[arg-type]
            proxy=None,
        )
        await _hear(counter, "seat_taken")
        assert (await kiosk.hear("peer"))["instance"] == ONE
        await kiosk.say(_signal(visit, BOX, ONE))
        await asyncio.wait_for(held.entered.wait(), WITHIN_S)

        _abort(counter)
        await _until(lambda: _none_left(server))
        held.go.set()

        assert (await kiosk.hear("peer"))["instance"] is None


async def _none_left(server: uvicorn.Server) -> bool:
    return not server.server_state.connections


async def _is_absent(world: World) -> bool:
    kiosk = await Kiosk.objects.aget(pk=world.box.kiosk.pk)
    return not kiosk.link and kiosk.connected_at is None
