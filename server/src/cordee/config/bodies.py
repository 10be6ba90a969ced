"""The bodies of requests, counted as they come: no header has to be believed, none held for long.

Django reads a body whole before it asks any view; a chunked one has no length to look at.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from cordee.documents.rules import CHUNK_LIMIT_BYTES
from cordee_wire.message import LINK_LIMIT_BYTES

LIMITS_BYTES = (("/api/kiosk/pages/", CHUNK_LIMIT_BYTES),)
"""By the beginning of the path; the first that fits holds."""
LIMIT_BYTES = LINK_LIMIT_BYTES
"""Everywhere else."""
DROPPED_BYTES = 4 * 1024 * 1024
"""What more is read and dropped, so that a body a little too large still hears the answer."""
DROPPED_WITHIN_S = 5.0


class BoundedBodies:
    """ASGI: hands a request on with its body, or answers 413 when that is too large."""

    def __init__(self, app: Any) -> None:
        """Keep what comes next."""
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the body up to the path's limit, then pass on or refuse."""
        limit_bytes = limit_of(scope["path"])
        if _declared_bytes(scope) > max(limit_bytes, DROPPED_BYTES):
            await _refuse(scope, send, limit_bytes)
            return
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has gone
            body += message.get("body", b"")
            is_more = message.get("more_body", False)
            if len(body) > limit_bytes:
                if is_more:
                    await _drop(receive)
                await _refuse(scope, send, limit_bytes)
                return
            if not is_more:
                break
        await self.app(scope, _replaying(bytes(body), receive), send)


def limit_of(path: str) -> int:
    """Return the largest body, in bytes, of a request to `path`."""
    return next((limit for start, limit in LIMITS_BYTES if path.startswith(start)), LIMIT_BYTES)


def _declared_bytes(scope: Any) -> int:
    text = dict(scope["headers"]).get(b"content-length", b"0")
    return int(text) if text.isdigit() else 0


def _replaying(body: bytes, receive: Any) -> Any:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Any:
        return waiting.pop() if waiting else await receive()

    return replay


async def _drop(receive: Any) -> None:
    left_bytes = DROPPED_BYTES
    try:
        async with asyncio.timeout(DROPPED_WITHIN_S):
            while left_bytes > 0:
                message = await receive()
                if not message.get("more_body", False):
                    return
                left_bytes -= len(message.get("body", b""))
    except TimeoutError:
        return


async def _refuse(scope: Any, send: Any, limit_bytes: int) -> None:
    words = f"Demande trop grande : au plus {limit_bytes} octets."
    kind, body = b"text/plain; charset=utf-8", words.encode()
    if scope["path"].startswith("/api/"):
        kind = b"application/json"
        body = json.dumps({"code": "too_large", "message": words}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
