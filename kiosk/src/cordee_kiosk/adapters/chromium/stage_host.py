"""The stage: the kiosk's own page, served from the package by interception, and its two-way pipe.

Nothing of it comes from the network: requests to the reserved origin are answered from memory,
requests anywhere else fail.
"""

from __future__ import annotations

import asyncio
import base64
import mimetypes
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpRefused, Params
from cordee_wire import message, stage

ORIGIN = "https://stage.cordee.invalid"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; media-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MESSAGE_LIMIT_BYTES = 262_144
TOLD_AT_ONCE = 256
_READY_WITHIN_S = 20.0
_STUCK_AFTER_S = 10.0
_RECEIVE = "function (text) { globalThis.cordee.receive(text); }"

_log = structlog.get_logger(__name__)


class StageHost:
    """Serves the stage in one session and carries messages both ways, in order."""

    def __init__(
        self,
        cdp: Cdp,
        *,
        folder: Path,
        said: Callable[[stage.FromStage], None],
        broken: Callable[[str], None],
    ) -> None:
        self._cdp = cdp
        self._said = said
        self._broken = broken
        self._assets = read_assets(folder)
        self._session = ""
        self._context = 0
        self._room = asyncio.Semaphore(TOLD_AT_ONCE)
        self._ready = asyncio.Event()

    async def open(self, session: str) -> None:
        """Load the stage in `session`. Returns once it has said StageReady."""
        self._session = session
        on = self._cdp.on
        on("Fetch.requestPaused", self._serve, session)
        on("Runtime.bindingCalled", self._hear, session)
        on("Runtime.executionContextCreated", self._note_context, session)
        on("Inspector.targetCrashed", lambda _: self._broken("the stage crashed"), session)
        for method, params in (
            ("Page.enable", {}),
            ("Inspector.enable", {}),
            ("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
            ("Runtime.enable", {}),
            ("Runtime.addBinding", {"name": "cordeeSend"}),
        ):
            await self._cdp.call(method, params, session)
        await self._cdp.call(
            "Browser.grantPermissions",
            {"origin": ORIGIN, "permissions": ["audioCapture", "videoCapture"]},
        )
        await self._cdp.call("Page.navigate", {"url": f"{ORIGIN}/"}, session, timeout_s=15)
        await asyncio.wait_for(self._ready.wait(), _READY_WITHIN_S)

    async def tell(self, what: stage.ToStage) -> None:
        """Hand a message over. Waits only while very many are under way."""
        try:
            await asyncio.wait_for(self._room.acquire(), _STUCK_AFTER_S)
        except TimeoutError:
            self._broken("the stage does not answer")
            return
        answer = self._cdp.post(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": _RECEIVE,
                "executionContextId": self._context,
                "arguments": [{"value": message.encode(what).decode()}],
                "returnByValue": True,
            },
            self._session,
        )
        answer.add_done_callback(self._told)

    def _told(self, answer: asyncio.Future[Params]) -> None:
        self._room.release()
        if answer.cancelled():
            return
        error = answer.exception()
        if isinstance(error, CdpRefused):
            _log.error("stage_did_not_receive", reason=str(error))
        elif error is None and "exceptionDetails" in answer.result():
            details = answer.result()["exceptionDetails"]
            _log.error("stage_refused_message", reason=str(details.get("text", "")))

    def _note_context(self, params: Params) -> None:
        context = params["context"]
        data = context.get("auxData", {})
        if data.get("isDefault") and context.get("origin", "").startswith(ORIGIN):
            self._context = int(context["id"])

    def _hear(self, params: Params) -> None:
        if params.get("name") != "cordeeSend":
            return
        try:
            said: stage.FromStage = message.decode(
                params.get("payload", ""), stage.FromStage, limit_bytes=MESSAGE_LIMIT_BYTES
            )
        except message.MessageRefused as error:
            _log.warning("stage_message_dropped", code=error.code)
            return
        if isinstance(said, stage.StageReady):
            self._context = int(params.get("executionContextId", self._context))
            self._ready.set()
        self._said(said)

    def _serve(self, params: Params) -> None:
        request_id = params["requestId"]
        url = str(params["request"]["url"])
        if not url.startswith(f"{ORIGIN}/"):
            self._cdp.post(
                "Fetch.failRequest",
                {"requestId": request_id, "errorReason": "BlockedByClient"},
                self._session,
            )
            return
        path = urlsplit(url).path
        asset = self._assets.get("/index.html" if path == "/" else path)
        body, kind = asset if asset is not None else (b"", "text/plain")
        headers = {
            "Content-Type": kind,
            "Content-Security-Policy": CSP,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }
        self._cdp.post(
            "Fetch.fulfillRequest",
            {
                "requestId": request_id,
                "responseCode": 404 if asset is None else 200,
                "responseHeaders": [{"name": n, "value": v} for n, v in headers.items()],
                "body": base64.b64encode(body).decode(),
            },
            self._session,
        )


def read_assets(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Return every file of the stage by its path in the address, with its media type."""
    assets = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            kind = _KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0]
            name = "/" + file.relative_to(folder).as_posix()
            assets[name] = (file.read_bytes(), kind or "application/octet-stream")
    return assets


_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".wav": "audio/wav",
    ".wasm": "application/wasm",
}
