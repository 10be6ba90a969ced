"""Somebody between the kiosk and the server who reads and alters what they say to each other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from e2e.stand.own_loop import OnOwnLoop
from e2e.stand.processes import free_port

LARGEST_BYTES = 4 * 1024 * 1024

Signal = dict[str, Any]
Change = Callable[[Signal], Signal]


def unaltered(signal: Signal) -> Signal:
    """Return the signal as it is."""
    return signal


class Between(OnOwnLoop):
    """A WebSocket relay on 127.0.0.1 before a server. A context manager; the kiosk gets `url`.

    `from_kiosk` and `from_agent` change each description on its way; put others there at any
    time. `passed` counts the descriptions that came by, `altered` those that went on changed.
    Candidates and everything else go on as they are. It carries no HTTP: pages do not pass.
    """

    def __init__(self, server_port: int) -> None:
        """Remember the server's port on 127.0.0.1; nothing listens before entering."""
        self.server_port = server_port
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.from_kiosk: Change = unaltered
        self.from_agent: Change = unaltered
        self.passed = self.altered = 0
        super().__init__()

    async def _run(self) -> None:
        async with serve(
            self._carry,
            "127.0.0.1",
            self._port,
            max_size=LARGEST_BYTES,
            compression=None,
            close_timeout=1,
        ):
            self._is_ready.set()
            await self._may_end.wait()

    async def _carry(self, kiosk: ServerConnection) -> None:
        path = kiosk.request.path if kiosk.request else ""
        async with connect(
            f"ws://127.0.0.1:{self.server_port}{path}",
            max_size=LARGEST_BYTES,
            compression=None,
            proxy=None,
        ) as server:
            ways = [
                asyncio.create_task(self._pass_on(kiosk, server, lambda: self.from_kiosk)),
                asyncio.create_task(self._pass_on(server, kiosk, lambda: self.from_agent)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass_on(self, source: Any, target: Any, change: Callable[[], Change]) -> None:
        try:
            async for text in source:
                await target.send(self._changed(text, change()))
        except ConnectionClosed:
            return

    def _changed(self, text: str | bytes, change: Change) -> str | bytes:
        message = json.loads(text)
        if message.get("type") != "relayed" or message["signal"].get("type") != "description":
            return text
        self.passed += 1
        signal = change(dict(message["signal"]))
        if signal == message["signal"]:
            return text
        self.altered += 1
        return json.dumps({**message, "signal": signal})
