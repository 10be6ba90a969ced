"""PDF files that the partner's page offers: read as they come, never as a download.

Downloads stay denied. A file that the site wants saved is read and its navigation aborted, so that
the page stays where it is; one that it wants shown is read and shown.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params

SIZE_MOST_BYTES = 20_000_000
_READ_WITHIN_S = 60.0
_MAGIC = b"%PDF-"
_HTTP_OK = 200
_LOOSE = ("application/octet-stream", "application/force-download", "application/x-download")


class Offered:
    """The PDF files of one guest; `offered` gets each whole."""

    def __init__(self, cdp: Cdp, *, offered: Callable[[bytes], None]) -> None:
        self._cdp = cdp
        self._offered = offered
        self._under_way: set[asyncio.Task[None]] = set()

    def judge(
        self, params: Params, session: str, *, is_top: bool, kept: Callable[[], None]
    ) -> None:
        """Let an answer go on, or read it first; `kept` is called if its navigation is aborted."""
        headers = {
            str(each["name"]).lower(): str(each["value"])
            for each in params.get("responseHeaders", [])
        }
        is_whole = params.get("responseStatusCode") == _HTTP_OK
        if not (is_top and is_whole and _is_pdf(headers)) or self._under_way:
            self._go_on(params, session)
            return
        is_saved = headers.get("content-disposition", "").lower().startswith("attachment")
        task = asyncio.get_running_loop().create_task(
            self._read(params, session, kept if is_saved else None)
        )
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def close(self) -> None:
        """Read no more."""
        for task in self._under_way:
            task.cancel()

    async def _read(self, params: Params, session: str, kept: Callable[[], None] | None) -> None:
        asked: Params = {"requestId": params["requestId"]}
        content = b""
        with contextlib.suppress(CdpRefused, CdpTimedOut, CdpClosed):
            answer = await self._cdp.call(
                "Fetch.getResponseBody", asked, session, timeout_s=_READ_WITHIN_S
            )
            body = str(answer["body"])
            is_coded = answer.get("base64Encoded", False)
            content = base64.b64decode(body) if is_coded else body.encode("latin-1", "replace")
        is_document = content.startswith(_MAGIC) and len(content) <= SIZE_MOST_BYTES
        if is_document and kept is not None:
            self._cdp.post("Fetch.failRequest", {**asked, "errorReason": "Aborted"}, session)
            kept()
        else:
            self._go_on(params, session)
        if is_document:
            self._offered(content)

    def _go_on(self, params: Params, session: str) -> None:
        self._cdp.post("Fetch.continueRequest", {"requestId": params["requestId"]}, session)


def _is_pdf(headers: dict[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    size = headers.get("content-length", "0")
    if size.isdecimal() and int(size) > SIZE_MOST_BYTES:
        return False
    is_named = ".pdf" in headers.get("content-disposition", "").lower()
    return kind == "application/pdf" or (kind in _LOOSE and is_named)
