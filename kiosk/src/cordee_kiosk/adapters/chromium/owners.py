"""Which element of its parent's document a frame stands in, by the ids of the parent's recorder."""

from __future__ import annotations

import contextlib

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpRefused, Params

_ANSWER_WITHIN_S = 1.0
_GROUP = "cordee"
_ID = "function () { return globalThis.cordeeRecorder.idOf(this); }"
_CLOSED = "globalThis.cordeeRecorder.closedFrames()"


class Owners:
    """Asks Chromium, never the page."""

    def __init__(self, cdp: Cdp) -> None:
        self._cdp = cdp

    async def find(self, frame: str, *, session: str, context: int) -> tuple[int, int]:
        """Return the element of `frame` for CDP, and its node id, 0 when it has not been told.

        `session` and `context` are those of the world that tells of the element. Raises
        CdpRefused, CdpTimedOut or CdpClosed.
        """
        found = await self._ask("DOM.getFrameOwner", {"frameId": frame}, session)
        element = int(found["backendNodeId"])
        try:
            handle = await self._resolve(element, frame, session, context)
            if not handle:
                return element, 0
            asked: Params = {"functionDeclaration": _ID, "objectId": handle, "returnByValue": True}
            answer = await self._ask("Runtime.callFunctionOn", asked, session)
            return element, int(answer["result"].get("value") or 0)
        finally:
            self._cdp.post("Runtime.releaseObjectGroup", {"objectGroup": _GROUP}, session)

    async def _resolve(self, element: int, frame: str, session: str, context: int) -> str:
        asked = {
            "backendNodeId": element,
            "executionContextId": context,
            "objectGroup": _GROUP,
        }
        with contextlib.suppress(CdpRefused):
            found = await self._ask("DOM.resolveNode", asked, session)
            return str(found["object"]["objectId"])
        # It stands in a frame that the recorder looks into: Chromium hands out elements to worlds
        # of their own document only, and the recorder's own list of them is gone through.
        return await self._among_closed(frame, session, context)

    async def _among_closed(self, frame: str, session: str, context: int) -> str:
        asked: Params = {"expression": _CLOSED, "contextId": context, "objectGroup": _GROUP}
        found = await self._ask("Runtime.evaluate", asked, session)
        listed = {"objectId": found["result"]["objectId"], "ownProperties": True}
        items = await self._ask("Runtime.getProperties", listed, session)
        for item in items["result"]:
            handle = str(item.get("value", {}).get("objectId", ""))
            if not handle or not item["name"].isdigit():
                continue
            about = await self._ask("DOM.describeNode", {"objectId": handle}, session)
            if about["node"].get("frameId") == frame:
                return handle
        return ""

    async def _ask(self, method: str, params: Params, session: str) -> Params:
        return await self._cdp.call(method, params, session, timeout_s=_ANSWER_WITHIN_S)
