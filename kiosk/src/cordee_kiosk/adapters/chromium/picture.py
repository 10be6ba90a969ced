"""Picture mode: the guest's page as a row of pictures, for a page that the mirror cannot follow.

The pictures come over the pipe (`Page.startScreencast`), the stage sends them as video (decision
0018). Each one leaves only after the page's own world, asked once it was taken, has said that no
secret stands in the page. After a secret, or in another document, the row begins anew: a picture
that was under way until then is never shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import structlog

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.guest import Guest

APART_S = 0.08
"""No more than twelve pictures a second: the encoder takes less on a thin line."""
_LOOK_EVERY_S = 0.25
_ANSWER_WITHIN_S = 1.0
_SETTLED_WITHIN_S = 3.0
_FIRST_WITHIN_S = 8.0
_ROW = {"format": "jpeg", "quality": 85, "maxWidth": 2560, "maxHeight": 2560}
# A frame that the one around it may look into has no recorder of its own.
_COVERED = "function () { return globalThis.cordeeRecorder?.cover.isUp() ?? false; }"
_SETTLED = "function () { return globalThis.cordeeRecorder?.cover.isUpOnceShown() ?? false; }"

_log = structlog.get_logger(__name__)


class PagePicture:
    """The pictures of one guest, from `start` to `end`.

    `draw` is given each picture (JPEG as base64), or "" for none: cover what was drawn before.
    `told` is given `shown` or `covered` when that changes, `failed` when the page says nothing.
    """

    def __init__(
        self,
        cdp: Cdp,
        guest: Guest,
        *,
        draw: Callable[[str], Awaitable[None]],
        told: Callable[[str], None],
    ) -> None:
        self._cdp = cdp
        self._guest = guest
        self._draw = draw
        self._tell = told
        self._told = ""
        self._newest = ""
        self._unanswered: list[int] = []
        self._since_s = 0.0
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failing: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin. Nothing is drawn before the page has said what stands in it."""
        self._cdp.on("Page.screencastFrame", self._take, self._guest.session)
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._run())
        self._failing = loop.call_later(_FIRST_WITHIN_S, self._note, "failed")

    def end(self) -> None:
        """Take no more pictures, at once. Twice does no harm."""
        task, self._task = self._task, None
        self._wait_no_more()
        if task is None:
            return
        task.cancel()
        self._stop()

    async def _run(self) -> None:
        while True:
            try:
                if await self._is_clear():
                    await self._follow()
            except (CdpTimedOut, CdpRefused) as error:
                # A page in an endless loop, or one that leaves: its last picture stays.
                _log.info("picture_waits", reason=type(error).__name__)
                await asyncio.sleep(_LOOK_EVERY_S)
            except CdpClosed:
                return
            finally:
                self._stop()

    async def _is_clear(self) -> bool:
        """Wait until what the screen shows is what the page's world speaks of, and ask it."""
        is_covered = await self._ask(_SETTLED, within_s=_SETTLED_WITHIN_S)
        if is_covered:
            await self._cover()
        if is_covered is not False:
            await asyncio.sleep(_LOOK_EVERY_S)
        return is_covered is False

    async def _follow(self) -> None:
        """Draw one row of pictures, until a secret stands in it or another document is there."""
        worlds = self._guest.worlds.everywhere
        self._newest = ""
        self._unanswered.clear()
        self._came.clear()
        # What was taken earlier may show a secret that is gone, or the page before.
        self._since_s = time.monotonic()
        await self._cdp.call("Page.startScreencast", _ROW, self._guest.session)
        while True:
            # Asked without a picture too: what is covered is covered soon.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), _LOOK_EVERY_S)
            picture, self._newest = self._newest, ""
            self._came.clear()
            is_covered = await self._ask(_COVERED, within_s=_ANSWER_WITHIN_S)
            if is_covered:
                await self._cover()
            if is_covered is not False or self._guest.worlds.everywhere != worlds:
                return
            if picture:
                await self._draw(picture)
                self._note("shown")
                await asyncio.sleep(APART_S)
            self._answer()

    def _take(self, params: Params) -> None:
        """Keep the newest picture. Chromium sends two, then waits for an answer to take more."""
        self._unanswered.append(int(params["sessionId"]))
        taken_s = params["metadata"].get("monotonicTimestamp", 0.0)
        if self._task is not None and taken_s > self._since_s:
            self._newest = str(params["data"])
            self._came.set()

    def _answer(self) -> None:
        for each in self._unanswered:
            self._cdp.post("Page.screencastFrameAck", {"sessionId": each}, self._guest.session)
        self._unanswered.clear()

    async def _ask(self, function: str, *, within_s: float) -> bool | None:
        """Return whether a secret stands in the page or a frame; None: between two documents."""
        worlds = self._guest.worlds.everywhere
        if self._guest.worlds.top is None:
            return None
        answers = await asyncio.gather(
            *(self._ask_one(each, function, within_s) for each in worlds)
        )
        if self._guest.worlds.everywhere != worlds or None in answers:
            return True if True in answers else None
        return True in answers

    async def _ask_one(self, world: tuple[str, int], function: str, within_s: float) -> bool | None:
        session, context = world
        asked: Params = {
            "functionDeclaration": function,
            "executionContextId": context,
            "awaitPromise": True,
            "returnByValue": True,
        }
        answer = await self._cdp.call("Runtime.callFunctionOn", asked, session, timeout_s=within_s)
        if "exceptionDetails" in answer:
            return None
        # Whatever it says but a plain no is a yes.
        return answer["result"].get("value") is not False

    async def _cover(self) -> None:
        self._newest = ""
        if self._told != "covered":
            await self._draw("")
        self._note("covered")

    def _note(self, state: str) -> None:
        self._wait_no_more()
        if state != self._told:
            self._told = state
            self._tell(state)

    def _wait_no_more(self) -> None:
        if self._failing is not None:
            self._failing.cancel()
            self._failing = None

    def _stop(self) -> None:
        self._cdp.post("Page.stopScreencast", {}, self._guest.session)
