"""The server's side of the link, as far as a kiosk can tell."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from cordee_kiosk.core.trust import is_signed
from cordee_wire import kiosk_link
from cordee_wire.message import decode, encode
from cordee_wire.signed import challenge_payload

NONCE = "n0nce"
WITHIN_S = 60
M = TypeVar("M")


@dataclass
class FakeServer:
    """Takes one kiosk in, applies every fact, answers the time; keeps what it heard."""

    public_key: str
    agenda: list[kiosk_link.AgendaEntry] = field(default_factory=list)
    applies_facts: bool = True
    unknown: str = ""
    """A visit that is not this kiosk's."""
    ahead_s: float = 0
    """How far its clock is ahead of this machine's."""
    tells_time: bool = True
    """Whether it answers the time when asked; it always greets with it."""
    heard: list[kiosk_link.FromKiosk] = field(default_factory=list)
    url: str = ""
    port: int = 0

    def __post_init__(self) -> None:
        self._server: Server | None = None
        self._kiosks: list[ServerConnection] = []
        self.refused: list[ServerConnection] = []
        self._news = asyncio.Condition()

    def now(self) -> float:
        """Return what its own clock shows, Unix seconds."""
        return time.time() + self.ahead_s

    async def start(self) -> None:
        self._server = await serve(self._serve, "127.0.0.1", self.port, compression=None)
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close(code=1012)
            await self._server.wait_closed()
            self._server = None

    async def say(self, message: kiosk_link.FromServer) -> None:
        await self._kiosks[-1].send(encode(message), text=True)

    async def say_text(self, text: str) -> None:
        await self._kiosks[-1].send(text)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S), self._news:
            await self._news.wait_for(holds)

    def of(self, kind: type[M]) -> list[M]:
        return [message for message in self.heard if isinstance(message, kind)]

    def facts(self, kind: str) -> list[kiosk_link.Fact]:
        return [fact for fact in self.of(kiosk_link.Fact) if fact.kind == kind]

    async def _serve(self, kiosk: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            await kiosk.send(encode(kiosk_link.Challenge(nonce=NONCE)), text=True)
            hello: kiosk_link.Hello = decode(await kiosk.recv(), kiosk_link.Hello)
            payload = challenge_payload(hello.kiosk, NONCE)
            if not is_signed(
                public_key=self.public_key, signature=hello.signature, payload=payload
            ):
                refused = kiosk_link.Refused(code="unknown_kiosk", message="Kiosque inconnu.")
                await kiosk.send(encode(refused), text=True)
                await kiosk.close(4403)
                self.refused.append(kiosk)
                return
            welcome = kiosk_link.Welcome(
                now=self.now(),
                site="Guillestre",
                phone="04 11 11 11 11",
                agenda=self.agenda,
            )
            await kiosk.send(encode(welcome), text=True)
            self._kiosks.append(kiosk)
            await self._note(hello)
            async for text in kiosk:
                await self._hear(kiosk, decode(text, kiosk_link.FromKiosk))

    async def _hear(self, kiosk: ServerConnection, message: kiosk_link.FromKiosk) -> None:
        match message:
            case kiosk_link.TimeAsked(sent=sent) if self.tells_time:
                told = kiosk_link.TimeTold(sent=sent, now=self.now())
                await kiosk.send(encode(told), text=True)
            case kiosk_link.Fact(visit=visit) if visit == self.unknown:
                no = kiosk_link.Refused(code="not_yours", message="Non.", about=visit)
                await kiosk.send(encode(no), text=True)
            case kiosk_link.Fact(boot=boot, seq=seq) if self.applies_facts:
                await kiosk.send(encode(kiosk_link.FactApplied(boot=boot, seq=seq)), text=True)
            case _:
                pass
        await self._note(message)

    async def _note(self, message: kiosk_link.FromKiosk) -> None:
        async with self._news:
            self.heard.append(message)
            self._news.notify_all()


@contextlib.asynccontextmanager
async def serving(server: FakeServer) -> AsyncIterator[FakeServer]:
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
