"""Both ends of the server's sockets, as its clients hold them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from asgiref.testing import ApplicationCommunicator
from factories import Box, signed_in

from cordee.accounts.models import User
from cordee.config.asgi import application
from cordee.kernel.signing import sign
from cordee_wire.message import Message
from cordee_wire.signed import challenge_payload

# A message comes within milliseconds; this only bounds a test that fails.
WITHIN_S = 10
QUIET_S = 0.05


class Socket:
    """One connection; `say` takes a message, a dict or raw text."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        # Channels' own communicator comes with Daphne, which we do not use.
        parts = urlsplit(path)
        scope = {
            "type": "websocket",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": headers or [],
            "subprotocols": [],
        }
        # asgiref has no types here.
        self._asgi: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]

    async def open(self) -> bool:
        await self._asgi.send_input({"type": "websocket.connect"})
        event = await self._asgi.receive_output(WITHIN_S)
        return bool(event["type"] == "websocket.accept")

    async def say(self, message: Message | dict[str, Any] | str) -> None:
        text = message if isinstance(message, str) else msgspec.json.encode(message).decode()
        await self._asgi.send_input({"type": "websocket.receive", "text": text})

    async def hear(self, kind: str = "") -> dict[str, Any]:
        """Return the next message; it must be of this type."""
        event = await self._asgi.receive_output(WITHIN_S)
        assert event["type"] == "websocket.send", event
        message: dict[str, Any] = msgspec.json.decode(event["text"])
        assert not kind or message["type"] == kind, message
        return message

    async def hear_close(self) -> int:
        event = await self._asgi.receive_output(WITHIN_S)
        assert event["type"] == "websocket.close", event
        return int(event["code"])

    async def is_quiet(self) -> bool:
        return bool(await self._asgi.receive_nothing(timeout=QUIET_S))

    async def close(self) -> None:
        await self._asgi.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._asgi.wait(WITHIN_S)


async def kiosk_link(box: Box, *, boot: str = "boot") -> tuple[Socket, dict[str, Any]]:
    """Open the kiosk's link; return it with the welcome."""
    socket = Socket("/ws/kiosk")
    assert await socket.open()
    challenge = await socket.hear("challenge")
    await socket.say(hello(box, challenge["nonce"], boot=boot))
    return socket, await socket.hear("welcome")


def hello(box: Box, nonce: str, *, boot: str = "boot") -> dict[str, Any]:
    payload = challenge_payload(box.kiosk.public_id, nonce)
    return {
        "type": "hello",
        "kiosk": box.kiosk.public_id,
        "signature": sign(private_key=box.private_key, payload=payload),
        "boot": boot,
        "version": "1",
    }


def cookie_of(user: User) -> bytes:
    morsel = signed_in(user).cookies["sessionid"]
    return f"sessionid={morsel.value}".encode()


def counter_socket(
    cookie: bytes, visit: str, instance: str, *, origin: bytes = b"http://localhost"
) -> Socket:
    headers = [(b"cookie", cookie), (b"origin", origin), (b"host", b"localhost")]
    return Socket(f"/ws/counter/{visit}/?instance={instance}", headers)
