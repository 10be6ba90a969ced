"""The server's side of the upload, in memory, by the wire's rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import httpx

from cordee_kiosk.core.trust import is_signed
from cordee_wire.http import PageOffered, PageOffset
from cordee_wire.message import decode, encode
from cordee_wire.signed import http_payload


@dataclass
class FakePages:
    """`fails` answers are given first: a status, a refusal's code, a page, or an exception."""

    public_key: str
    fails: list[int | str | bytes | Exception] = field(default_factory=list)
    held: dict[str, bytearray] = field(default_factory=dict)
    offered: dict[str, PageOffered] = field(default_factory=dict)
    complete: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        self.requests.append(request.method)
        if self.fails:
            fail = self.fails.pop(0)
            return _failed(fail)
        headers = request.headers
        payload = http_payload(request.method, request.url.path, headers["Cordee-Time"], body)
        if not is_signed(
            public_key=self.public_key, signature=headers["Cordee-Signature"], payload=payload
        ):
            return httpx.Response(403, json={"code": "signature_wrong", "message": "Non."})
        if request.method == "POST":
            offered: PageOffered = decode(body, PageOffered)
            self.offered[offered.page] = offered
            self.held.setdefault(offered.page, bytearray())
            return self._answer(200, offered.page)
        page = request.url.path.rsplit("/", 1)[1]
        if int(headers["Upload-Offset"]) != len(self.held[page]):
            return self._answer(409, page)
        self.held[page] += body
        if len(self.held[page]) == self.offered[page].size_bytes:
            if hashlib.sha256(self.held[page]).hexdigest() != self.offered[page].sha256:
                self.held[page].clear()
                return httpx.Response(422, json={"code": "digest", "message": "Non."})
            self.complete.append(page)
        return self._answer(200, page)

    def _answer(self, status: int, page: str) -> httpx.Response:
        at = PageOffset(page=page, offset=len(self.held[page]), complete=page in self.complete)
        return httpx.Response(status, content=encode(at))


def _failed(fail: int | str | bytes | Exception) -> httpx.Response:
    match fail:
        case Exception():
            raise fail
        case bytes():
            return httpx.Response(200, content=fail)
        case int():
            return httpx.Response(fail, json={"code": "x", "message": "y"})
        case _:
            return httpx.Response(422, json={"code": fail, "message": "y"})
