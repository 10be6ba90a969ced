from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from serving import serving

from cordee.config.bodies import DROPPED_BYTES, limit_of
from cordee.documents.rules import CHUNK_LIMIT_BYTES
from cordee_wire.message import LINK_LIMIT_BYTES

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]

PAGE = f"/api/kiosk/pages/{'c' * 32}"
PIECE = bytes(16_384)


class Pieces:
    """A chunked body, without a length; counts what was taken of it."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self.taken_bytes = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken_bytes < self.size_bytes:
            piece = PIECE[: self.size_bytes - self.taken_bytes]
            self.taken_bytes += len(piece)
            yield piece


async def _ask(method: str, path: str, body: Pieces | bytes) -> httpx.Response:
    async with serving() as (_, port):
        url = f"http://127.0.0.1:{port}{path}"
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
                return await client.request(method, url, content=body)
        finally:
            await sync_to_async(connections.close_all)()


@pytest.mark.parametrize(
    ("method", "path", "limit_bytes"),
    [
        ("POST", "/api/kiosk/enrol", LINK_LIMIT_BYTES),
        ("POST", "/api/kiosk/pages", LINK_LIMIT_BYTES),
        ("POST", "/connexion/", LINK_LIMIT_BYTES),
        ("PATCH", PAGE, CHUNK_LIMIT_BYTES),
    ],
)
@pytest.mark.parametrize("is_chunked", [True, False], ids=["chunked", "with a length"])
async def test_a_body_too_large_is_refused_in_plain_words(
    method: str, path: str, limit_bytes: int, *, is_chunked: bool
) -> None:
    body = Pieces(limit_bytes + 1) if is_chunked else bytes(limit_bytes + 1)

    answer = await _ask(method, path, body)

    assert answer.status_code == 413
    assert f"au plus {limit_bytes} octets" in answer.text
    if path.startswith("/api/"):
        assert answer.json()["code"] == "too_large"


async def test_a_body_without_end_is_cut_off() -> None:
    body = Pieces(1 << 40)

    try:
        answer = await _ask("POST", "/api/kiosk/enrol", body)
    except httpx.TransportError:
        pass  # the answer came while the client was still sending
    else:
        assert answer.status_code == 413
    # What was taken beyond lies in the kernel's buffers.
    assert body.taken_bytes < 8 * DROPPED_BYTES


async def test_a_body_up_to_the_limit_reaches_its_view() -> None:
    answer = await _ask("PATCH", PAGE, Pieces(CHUNK_LIMIT_BYTES))

    assert answer.json()["code"] == "signature_wrong"


async def test_only_pages_that_arrive_may_be_large() -> None:
    assert limit_of(PAGE) == CHUNK_LIMIT_BYTES
    assert limit_of("/api/kiosk/pages") == limit_of("/") == LINK_LIMIT_BYTES
