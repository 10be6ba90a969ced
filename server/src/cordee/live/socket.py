"""What both sockets share: a peer that vanishes is a leaving, never an error."""

from __future__ import annotations

import contextlib
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from cordee_wire.message import Message, encode

GONE = (RuntimeError, OSError)
"""What sending raises once the socket is closed: ASGI servers raise either (ASGI spec 2.4)."""


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A WebSocket whose `disconnect` runs exactly once, however the socket ends."""

    has_left = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve; after an unexpected error, leave as if the other end had closed, then raise."""
        try:
            await super().__call__(scope, receive, send)
        except Exception:
            await self._leave_once()
            raise

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - Channels' signature
        """Leave, unless that was done. Subclasses say in `leave` what leaving is."""
        await self._leave_once()

    async def leave(self) -> None:
        """Tell those who were with this end, and undo what `connect` did."""

    async def say(self, message: Message) -> None:
        """Send a message; a socket that closed meanwhile hears nothing."""
        with contextlib.suppress(*GONE):
            await self.send(text_data=encode(message).decode())

    async def end(self, code: int) -> None:
        """Close with this code; a socket that closed meanwhile stays so."""
        with contextlib.suppress(*GONE):
            await self.close(code)

    async def _leave_once(self) -> None:
        if not self.has_left:
            self.has_left = True
            await self.leave()
