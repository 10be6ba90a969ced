"""What a kiosk sends over HTTP, signed."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import msgspec
from django.http import HttpResponse
from django.test import Client
from factories import Box, World

from cordee.kernel.signing import sign
from cordee.visits.models import Visit
from cordee_wire.signed import http_payload

PAGES = "/api/kiosk/pages"
PAGE = "c" * 32


def ask(
    box: Box,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    offset: int | None = None,
    at: float | None = None,
    signed_body: bytes | None = None,
) -> HttpResponse:
    """Send a request that the box signs; `signed_body` signs another body than is sent."""
    sent_at = str(int(time.time() if at is None else at))
    payload = http_payload(method, path, sent_at, body if signed_body is None else signed_body)
    headers = {
        "Cordee-Kiosk": box.kiosk.public_id,
        "Cordee-Time": sent_at,
        "Cordee-Signature": sign(private_key=box.private_key, payload=payload),
    }
    if offset is not None:
        headers["Upload-Offset"] = str(offset)
    # The client checks CSRF tokens, as a browser's requests are: a kiosk has none.
    client: Any = Client(enforce_csrf_checks=True)
    answer: HttpResponse = client.generic(
        method, path, body, content_type="application/octet-stream", headers=headers
    )
    return answer


def offer(world: World, visit: Visit, data: bytes, *, box: Box | None = None) -> HttpResponse:
    body = {
        "type": "page_offered",
        "page": PAGE,
        "visit": visit.public_id,
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "recipients": [world.recipients[world.agent.pk]],
    }
    return ask(box or world.box, "POST", PAGES, msgspec.json.encode(body))


def patch(world: World, offset: int, chunk: bytes, *, box: Box | None = None) -> HttpResponse:
    return ask(box or world.box, "PATCH", f"{PAGES}/{PAGE}", chunk, offset=offset)


def json_of(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(answer.content)
    return found
