"""Brings sealed pages to the server, resuming where it stopped, whatever was restarted."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog

from cordee_kiosk.adapters.files import read_json, sync_folder, write_whole
from cordee_kiosk.adapters.pace import Pace
from cordee_kiosk.config import is_loopback
from cordee_kiosk.core.trust import Signer
from cordee_kiosk.ports import Delivered, Sealed
from cordee_wire.http import PageOffered, PageOffset
from cordee_wire.message import encode
from cordee_wire.signed import http_payload
from cordee_wire.stage import LineMeasured

CHUNK_BYTES = 128 * 1024
PIECE_BYTES = 4096
"""What goes at once; between two of them the line belongs to the call."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
REFUSED_WAIT_S = 60.0
FINAL = frozenset(
    {
        "not_yours",
        "not_found",
        "page_malformed",
        "page_too_large",
        "not_sealed",
        "wrong_recipient",
        "visit_full",
        "visit_over",
        "malformed",
    }
)
"""The server's codes after which asking again changes nothing: the page leaves the spool."""
_REQUEST_WITHIN_S = 60.0
_PATH = "/api/kiosk/pages"
_log = structlog.get_logger()


class SpoolPost:
    """`folder` holds `<page>.age` and, once that is whole, `<page>.json` (what to offer).

    `proxy` is the place's, if any. `upload_bps` is the most that may go; 0: what the call leaves.
    `monotonic` and `pause` are the clock that paces, in seconds.
    """

    def __init__(
        self,
        *,
        server: str,
        kiosk: str,
        signer: Signer,
        folder: Path,
        now: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
        proxy: str = "",
        upload_bps: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._server = server.rstrip("/")
        self._kiosk, self._signer, self._now = kiosk, signer, now
        self._pace = Pace(most_bps=upload_bps)
        self._monotonic, self._pause = monotonic, pause
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._woken = asyncio.Event()
        self._is_closed = False
        self._not_before: dict[str, float] = {}
        self._client = httpx.AsyncClient(
            timeout=_REQUEST_WITHIN_S,
            transport=transport,
            proxy=proxy or None,
            trust_env=not is_loopback(server),
        )

    def put(self, *, page: str, visit: str, sealed: Sealed) -> None:
        """Write the ciphertext to the spool; on the disk when this returns."""
        offered = PageOffered(
            page=page,
            visit=visit,
            size_bytes=len(sealed.ciphertext),
            sha256=hashlib.sha256(sealed.ciphertext).hexdigest(),
            recipients=sealed.recipients,
        )
        write_whole(self._folder / f"{page}.age", sealed.ciphertext)
        write_whole(self._folder / f"{page}.json", encode(offered))
        self._woken.set()

    def wake(self) -> None:
        """Try again now: the server is there."""
        self._not_before.clear()
        self._woken.set()

    def line_is(self, line: LineMeasured) -> None:
        """Spare the line of the call that is going on."""
        self._pace.measured(line, self._monotonic())

    async def close(self) -> None:
        """Stop sending; what is spooled stays."""
        self._is_closed = True
        self._woken.set()
        await self._client.aclose()

    async def delivered(self) -> AsyncIterator[Delivered]:
        """Yield each page that the server holds whole, or will never have."""
        wait_s = FIRST_WAIT_S
        while not self._is_closed:
            self._woken.clear()
            is_stuck = False
            for offered in self._spooled():
                try:
                    arrived = await self._send(offered)
                except (httpx.TransportError, _ServerTrouble) as error:
                    _log.info("page_waits", page=offered.page, reason=type(error).__name__)
                    is_stuck = True
                    if isinstance(error, _ServerTrouble):
                        # It may be this page's alone: those of other visits have their turn.
                        continue
                    break
                if arrived is not None:
                    self._drop(offered.page)
                    yield arrived
                else:
                    is_stuck = True
            wait_s = min(wait_s * 2, LONGEST_WAIT_S) if is_stuck else FIRST_WAIT_S
            if is_stuck or not self._spooled():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s if is_stuck else None):
                        await self._woken.wait()

    async def _send(self, offered: PageOffered) -> Delivered | None:
        """Send what the server lacks; None when it has to wait."""
        if self._now() < self._not_before.get(offered.page, 0):
            return None
        data = (self._folder / f"{offered.page}.age").read_bytes()
        asked: set[int] = set()
        answer = await self._ask("POST", _PATH, encode(offered))
        while answer.status_code in (200, 201, 204, 409):
            at = _offset_of(answer)
            if at.complete:
                return Delivered(page=offered.page, visit=offered.visit)
            if at.offset and not asked:
                _log.info("page_resumed", page=offered.page, offset=at.offset, of=len(data))
            size_bytes = self._pace.request_bytes(CHUNK_BYTES, self._monotonic())
            chunk = data[at.offset : at.offset + size_bytes]
            if not chunk:
                break
            if at.offset in asked:
                # What was just sent did not count: whoever answers keeps nothing.
                raise _ServerTrouble
            asked.add(at.offset)
            answer = await self._ask(
                "PATCH", f"{_PATH}/{offered.page}", chunk, {"Upload-Offset": str(at.offset)}
            )
        code = _code_of(answer)
        _log.warning("page_refused", page=offered.page, status=answer.status_code, code=code)
        if code in FINAL:
            return Delivered(page=offered.page, visit=offered.visit, trouble=code)
        # A wrong digest: the server begins again; a wrong signature: the clock may be set.
        self._not_before[offered.page] = self._now() + REFUSED_WAIT_S
        return None

    async def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        at = str(int(self._now()))
        signed_path = urlsplit(self._server).path + path
        signature = self._signer.sign(http_payload(method, signed_path, at, body))
        answer = await self._client.request(
            method,
            self._server + path,
            content=self._paced(body),
            headers={
                "Content-Length": str(len(body)),
                "Cordee-Kiosk": self._kiosk,
                "Cordee-Time": at,
                "Cordee-Signature": signature,
                "Content-Type": "application/json" if method == "POST" else "application/age",
                **(headers or {}),
            },
        )
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _ServerTrouble
        return answer

    async def _paced(self, body: bytes) -> AsyncIterator[bytes]:
        for begin in range(0, len(body), PIECE_BYTES):
            piece = body[begin : begin + PIECE_BYTES]
            if wait_s := self._pace.take(len(piece), self._monotonic()):
                await self._pause(wait_s)
            yield piece

    def _spooled(self) -> list[PageOffered]:
        paths = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        found = (read_json(path, PageOffered) for path in paths)
        return [offered for offered in found if offered is not None]

    def _drop(self, page: str) -> None:
        (self._folder / f"{page}.json").unlink()
        (self._folder / f"{page}.age").unlink()
        sync_folder(self._folder)


def _offset_of(answer: httpx.Response) -> PageOffset:
    try:
        return msgspec.json.decode(answer.content, type=PageOffset)
    except msgspec.MsgspecError as error:
        # A portal or a proxy answers in the server's place.
        raise _ServerTrouble from error


def _code_of(answer: httpx.Response) -> str:
    try:
        return msgspec.json.decode(answer.content, type=_Refusal).code
    except msgspec.MsgspecError:
        return ""


class _Refusal(msgspec.Struct):
    """How the server says no."""

    code: str


class _ServerTrouble(Exception):
    """The server cannot now."""
