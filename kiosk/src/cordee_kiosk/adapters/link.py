"""The one connection to the server: a WebSocket opened by a signed challenge, kept up for ever."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from cordee_kiosk import ports
from cordee_kiosk.config import is_loopback
from cordee_kiosk.core.trust import Signer
from cordee_wire import kiosk_link
from cordee_wire.message import LINK_LIMIT_BYTES, MessageRefused, decode, encode
from cordee_wire.signed import challenge_payload

FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 1.0
UNKNOWN_WAIT_S = 30.0
"""A kiosk that the server does not know asks less often."""
HELLO_WITHIN_S = 5.0
PING_EVERY_S = 10.0
_AGENDA_LIMIT_BYTES = 16 * LINK_LIMIT_BYTES
"""A week's agenda with certificates may be larger than what the kiosk itself may say."""
_log = structlog.get_logger()


class ServerLink:
    """Starts dialling when `events` is read, through `proxy` where one is named."""

    def __init__(
        self,
        *,
        server: str,
        kiosk: str,
        boot: str,
        version: str,
        signer: Signer,
        proxy: str = "",
    ) -> None:
        self._url = link_url(server)
        self._kiosk, self._boot, self._version, self._signer = kiosk, boot, version, signer
        of_environment: Literal[True] | None = None if is_loopback(self._url) else True
        self._proxy = proxy or of_environment
        self._socket: ClientConnection | None = None
        self._is_closed = asyncio.Event()

    async def events(self) -> AsyncIterator[ports.LinkEvent]:
        """Yield what happens until closed."""
        wait_s = FIRST_WAIT_S
        while not self._is_closed.is_set():
            reason, was_up = "closed", False
            try:
                async with self._dial() as socket:
                    async with asyncio.timeout(HELLO_WITHIN_S):
                        welcome = await self._greet(socket)
                    self._socket, was_up, wait_s = socket, True, FIRST_WAIT_S
                    yield ports.LinkUp(welcome)
                    async for text in socket:
                        message = self._read(text)
                        if message is not None:
                            yield ports.LinkSaid(message)
            except _Unknown as error:
                reason, wait_s = str(error), UNKNOWN_WAIT_S
                _log.warning("kiosk_refused", reason=reason)
            except (OSError, TimeoutError, WebSocketException, MessageRefused) as error:
                reason = type(error).__name__
            finally:
                self._socket = None
            if was_up:
                yield ports.LinkDown(reason)
            # Spread out, so that a fleet does not come back as one.
            pause_s = wait_s * random.uniform(0.5, 1)  # noqa: S311 - no secret depends on it
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._is_closed.wait()
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def send(self, message: kiosk_link.FromKiosk) -> bool:
        """Send if the link is up."""
        socket = self._socket
        if socket is None:
            return False
        data = encode(message)
        if len(data) > LINK_LIMIT_BYTES:
            _log.error("message_too_large", kind=type(message).__name__, size_bytes=len(data))
            return False
        try:
            await socket.send(data, text=True)
        except WebSocketException:
            return False
        return True

    async def close(self) -> None:
        """Close for good."""
        self._is_closed.set()
        if self._socket is not None:
            await self._socket.close()

    def _dial(self) -> connect:
        return connect(
            self._url,
            compression=None,
            proxy=self._proxy,
            open_timeout=HELLO_WITHIN_S,
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_EVERY_S,
            close_timeout=1,
            max_size=_AGENDA_LIMIT_BYTES,
        )

    async def _greet(self, socket: ClientConnection) -> kiosk_link.Welcome:
        challenge = _first(await socket.recv())
        if not isinstance(challenge, kiosk_link.Challenge):
            raise _Unknown("Le serveur n’a pas envoyé de défi.")
        signature = self._signer.sign(challenge_payload(self._kiosk, challenge.nonce))
        hello = kiosk_link.Hello(
            kiosk=self._kiosk, signature=signature, boot=self._boot, version=self._version
        )
        await socket.send(encode(hello), text=True)
        welcome = _first(await socket.recv())
        if isinstance(welcome, kiosk_link.Refused):
            raise _Unknown(welcome.message)
        if not isinstance(welcome, kiosk_link.Welcome):
            raise _Unknown("Le serveur n’a pas répondu comme prévu.")
        return welcome

    def _read(self, text: str | bytes) -> kiosk_link.FromServer | None:
        try:
            return _first(text)
        except MessageRefused as error:
            _log.warning("message_refused", code=error.code)
            return None


class _Unknown(Exception):
    """The server does not take us in."""


def _first(text: str | bytes) -> kiosk_link.FromServer:
    message: kiosk_link.FromServer = decode(
        text, kiosk_link.FromServer, limit_bytes=_AGENDA_LIMIT_BYTES
    )
    return message


def link_url(server: str) -> str:
    """Return the WebSocket's address of a server given as http(s)://host[:port]."""
    parts = urlsplit(server)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/ws/kiosk", "", ""))
