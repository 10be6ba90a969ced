"""The partner's page: one window in a fresh incognito context, held to the allow-list."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from cordee_kiosk.adapters.chromium import permissions
from cordee_kiosk.adapters.chromium.allow_list import NEAR, OUTSIDE, AllowList, is_near
from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.dialogs import Dialogs
from cordee_kiosk.adapters.chromium.guest_scripts import GuestScripts
from cordee_kiosk.adapters.chromium.history import History, cleaned
from cordee_kiosk.adapters.chromium.leaving import Leaving
from cordee_kiosk.adapters.chromium.popups import Popups
from cordee_kiosk.adapters.chromium.targets import Target, Targets
from cordee_kiosk.ports import GuestMoved, Unavailable

WORLD = "cordee"
MIRROR_BINDING = "cordeeMirror"
_OPEN_WITHIN_S = 20.0
_STUCK_AFTER_S = 1.0
_REFUSED_BY_CHROMIUM = ("Not allowed to load local resource", "Not allowed to navigate top frame")
_JUDGED = {
    "patterns": [
        {"urlPattern": "*", "resourceType": "Document"},
        *({"urlPattern": pattern} for pattern in NEAR),
    ]
}
_HIDE = "function (...given) { return globalThis.cordeeRecorder.hide(given); }"
_FRAMES = {
    "autoAttach": True,
    "waitForDebuggerOnStart": True,
    "flatten": True,
    "filter": [{"type": "iframe"}, {"exclude": True}],
}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class GuestHandlers:
    """What the guest tells; `loading`: a session whose documents are about to load."""

    moved: Callable[[GuestMoved], None]
    world_made: Callable[[], None]
    recorded: Callable[[str], None]
    loading: Callable[[str], None]
    resized: Callable[[], None]
    lost: Callable[[], None]


class Guest:
    """One visit's page. `world` is the isolated world of its top document, 0 while there is none.

    Camera and microphone are refused to every page but those of the origin `camera_for`.
    `documents` counts the documents it has shown; `leaving` tells where the page wants to go.
    """

    def __init__(
        self,
        cdp: Cdp,
        targets: Targets,
        *,
        scripts: GuestScripts,
        allow_list: AllowList,
        handlers: GuestHandlers,
        camera_for: str = "",
    ) -> None:
        self._cdp = cdp
        self._targets = targets
        self._scripts = scripts
        self._allow_list = allow_list
        self._handlers = handlers
        self._camera_for = camera_for
        self._context = ""
        self._target_id = ""
        self._is_closed = False
        self._told: GuestMoved | None = None
        self._moves: asyncio.Task[None] | None = None
        self._moved_again = False
        self._history: History | None = None
        self._arrived: asyncio.Future[Target] = asyncio.get_running_loop().create_future()
        self.leaving = Leaving(lambda: self._popups.are_open or self._dialogs.are_open)
        self._popups = Popups(
            cdp,
            admitted=self._adopt,
            refused=self.leaving.refuse,
            settled=self.leaving.stir,
        )
        self._dialogs = Dialogs(cdp, hidden=self._hidden_text, told=self.leaving.refuse)
        self._frames: set[str] = set()
        self.session = ""
        self.world = 0
        self.documents = 0
        self._wished = ""

    @property
    def said(self) -> str:
        """The text of the page's last dialog, without secrets."""
        return self._dialogs.said

    @property
    def target_id(self) -> str:
        """The window's target."""
        return self._target_id

    async def open(self, bounds: tuple[int, int, int, int]) -> None:
        """Make the context and its window, empty, at (left, top, width, height)."""
        made = await self._cdp.call("Target.createBrowserContext", {"disposeOnDetach": True})
        self._context = made["browserContextId"]
        await self._leave_if_closed()
        self._targets.own(self._context, self._take)
        await permissions.settle(self._cdp, self._context, camera_for=self._camera_for)
        left, top, width, height = bounds
        window = {"left": left, "top": max(top, 0), "width": width, "height": height}
        await self._cdp.call(
            "Target.createTarget",
            {"url": "about:blank", "newWindow": True, "browserContextId": self._context, **window},
            timeout_s=15,
        )
        await self._leave_if_closed()
        target = await asyncio.wait_for(asyncio.shield(self._arrived), 10)
        self._target_id, self.session = target.id, target.session
        await self._prepare()
        await self._leave_if_closed()

    async def navigate(self, url: str, *, referrer: str = "") -> None:
        """Go to `url`. Raises Unavailable: `outside`, or `failed` when it does not open."""
        self._allow_list.require(url)
        await self.free()
        outside = self.leaving.outside
        params = {"url": url, **({"referrer": referrer} if referrer else {})}
        try:
            answer = await self._cdp.call(
                "Page.navigate", params, self.session, timeout_s=_OPEN_WITHIN_S
            )
        except (CdpTimedOut, CdpRefused, CdpClosed) as error:
            raise Unavailable(
                "failed", "La page ne répond pas. Attendez un instant, ou rechargez-la."
            ) from error
        if self.leaving.outside != outside:
            raise Unavailable("outside", OUTSIDE)
        error_text = str(answer.get("errorText", ""))
        if error_text and error_text != "net::ERR_ABORTED":
            raise Unavailable(
                "failed",
                "La page ne s’ouvre pas : le site ne répond pas. Réessayez dans un instant.",
            )

    async def free(self) -> None:
        """Interrupt a script that does not end: a page in an endless loop could never be left."""
        params = {"expression": "0"}
        with contextlib.suppress(CdpRefused, CdpClosed):
            try:
                await self._cdp.call(
                    "Runtime.evaluate", params, self.session, timeout_s=_STUCK_AFTER_S
                )
            except CdpTimedOut:
                _log.warning("guest_stuck")
                # Chromium takes this one on another thread than the page's own.
                self._cdp.post("Runtime.terminateExecution", {}, self.session)

    async def close(self) -> None:
        """Destroy the context, whatever its pages are doing. Twice does no harm.

        Raises CdpTimedOut when Chromium does not say that it is gone.
        """
        self._is_closed = True
        if self._moves is not None:
            self._moves.cancel()
        if self._history is not None:
            self._history.close()
        self._dialogs.close()
        self._popups.close()
        if not self._context:
            return
        self._targets.disown(self._context)
        # Refused: it is gone already. Closed: Chromium is gone and everything in it.
        with contextlib.suppress(CdpRefused, CdpClosed):
            await self._cdp.call(
                "Target.disposeBrowserContext", {"browserContextId": self._context}
            )
        for session in (self.session, *self._frames):
            self._cdp.forget(session)
        self._frames.clear()

    async def _leave_if_closed(self) -> None:
        """Undo what was made after the visit had ended. Raises CdpClosed."""
        if self._is_closed:
            await self.close()
            raise CdpClosed("the guest was closed while it opened")

    def _take(self, target: Target) -> None:
        if not self._arrived.done():
            self._arrived.set_result(target)
            return
        self._popups.take(target)

    async def _prepare(self) -> None:
        on, session = self._cdp.on, self.session
        on("Fetch.requestPaused", lambda p: self._judge(p, session), session)
        on("Page.frameRequestedNavigation", self._note_wish, session)
        on("Page.javascriptDialogOpening", lambda p: self._dialogs.answer(p, session), session)
        on("Page.windowOpen", lambda _: self._popups.expect(), session)
        on("Page.frameNavigated", self._note_arrival, session)
        on("Page.navigatedWithinDocument", self._note_arrival, session)
        on("Page.frameStoppedLoading", self._note_rest, session)
        on("Page.loadEventFired", self._note_content, session)
        on("Page.domContentEventFired", self._note_content, session)
        on("Page.frameResized", lambda _: self._handlers.resized(), session)
        on("Runtime.executionContextCreated", self._note_world, session)
        on("Runtime.executionContextsCleared", self._drop_world, session)
        on("Runtime.bindingCalled", self._hear, session)
        on("Target.attachedToTarget", self._take_frame, session)
        on("Target.detachedFromTarget", self._drop_frame, session)
        on("Inspector.targetCrashed", self._revive, session)
        on("Log.entryAdded", self._read_log, session)
        self._targets.when_lost(session, self._note_loss)
        self._history = History(self._cdp, session, changed=self._note_move)
        self._handlers.loading(session)
        new_document = "Page.addScriptToEvaluateOnNewDocument"
        posted = [
            self._cdp.post(method, params, session)
            for method, params in (
                ("Page.enable", {}),
                ("Inspector.enable", {}),
                ("Log.enable", {}),
                ("Fetch.enable", _JUDGED),
                ("Runtime.addBinding", {"name": MIRROR_BINDING, "executionContextName": WORLD}),
                (new_document, {"source": self._scripts.hook}),
                (new_document, {"source": self._scripts.recorder, "worldName": WORLD}),
                ("Runtime.enable", {}),
                ("Page.setInterceptFileChooserDialog", {"enabled": True}),
                ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
                ("Target.setAutoAttach", _FRAMES),
                ("Runtime.runIfWaitingForDebugger", {}),
            )
        ]
        await asyncio.wait_for(asyncio.gather(*posted), 10)

    def _judge(self, params: Params, session: str) -> None:
        request_id, url = params["requestId"], str(params["request"]["url"])
        # What a page loads may come from anywhere but from this machine and its own network.
        is_page = params.get("resourceType") == "Document"
        if self._allow_list.admits(url) or not (is_page or is_near(url)):
            self._cdp.post("Fetch.continueRequest", {"requestId": request_id}, session)
            return
        is_top = is_page and params.get("frameId") == self._target_id
        # Aborted, a navigation leaves the page where it is; other errors show a page of their own.
        reason = "Aborted" if is_top else "BlockedByClient"
        failed = {"requestId": request_id, "errorReason": reason}
        self._cdp.post("Fetch.failRequest", failed, session)
        if is_top:
            self.leaving.is_going = False
            if url != self._wished:
                self.leaving.refuse("outside")
            self._wished = ""

    def _note_wish(self, params: Params) -> None:
        """Hear where the page wants to go before its request comes, so that the answer is early."""
        is_here = params.get("disposition") == "currentTab"
        if is_here and params.get("frameId") == self._target_id:
            url = str(params["url"]).partition("#")[0]
            if not url.startswith(("http:", "https:")):
                return
            self.leaving.is_going = self._allow_list.admits(url)
            if not self.leaving.is_going:
                self._wished = url
                self.leaving.refuse("outside")

    def _note_arrival(self, params: Params) -> None:
        """Hear that a document, or a place in it, is shown."""
        frame = params.get("frame", {}).get("id") or params.get("frameId")
        if frame == self._target_id:
            self.leaving.arrived()
        self._note_move()

    def _note_content(self, _: Params) -> None:
        """Hear that a document has come: only now is its room in the window what it will be."""
        self._handlers.resized()
        self._note_move()

    def _note_rest(self, params: Params) -> None:
        """Hear that the page loads no more: what it asked for may have been no page at all."""
        if params.get("frameId") == self._target_id:
            self.leaving.arrived()

    def _read_log(self, params: Params) -> None:
        """Hear of what Chromium refuses by itself: file:, data: and chrome: make no request."""
        if str(params["entry"].get("text", "")).startswith(_REFUSED_BY_CHROMIUM):
            self.leaving.is_going = False
            self.leaving.refuse("outside")

    def _adopt(self, url: str, referrer: str) -> None:
        if not self._allow_list.admits(url):
            self.leaving.refuse("outside")
            return
        also = {"referrer": referrer} if referrer else {}
        self._cdp.post("Page.navigate", {"url": url, **also}, self.session)

    def _revive(self, _: Params) -> None:
        self._cdp.post("Page.reload", {}, self.session)

    def _take_frame(self, params: Params) -> None:
        """Hold the frames of other sites to the allow-list too."""
        session = params["sessionId"]
        self._frames.add(session)
        self._cdp.on("Fetch.requestPaused", lambda p: self._judge(p, session), session)
        self._cdp.on("Target.attachedToTarget", self._take_frame, session)
        self._cdp.on("Target.detachedFromTarget", self._drop_frame, session)
        self._handlers.loading(session)
        self._cdp.post("Fetch.enable", _JUDGED, session)
        self._cdp.post("Target.setAutoAttach", _FRAMES, session)
        self._cdp.post("Runtime.runIfWaitingForDebugger", {}, session)

    def _drop_frame(self, params: Params) -> None:
        """Forget a frame of another site that is gone: nothing of it stays in memory."""
        session = str(params["sessionId"])
        self._frames.discard(session)
        self._cdp.forget(session)

    def _note_world(self, params: Params) -> None:
        context = params["context"]
        frame = context.get("auxData", {}).get("frameId")
        if context.get("name") != WORLD or frame != self._target_id:
            return
        self.world = int(context["id"])
        self.documents += 1
        self._handlers.world_made()

    def _drop_world(self, _: Params) -> None:
        self.world = 0

    def _hear(self, params: Params) -> None:
        is_ours = params.get("executionContextId") == self.world
        if params.get("name") == MIRROR_BINDING and is_ours:
            self._handlers.recorded(str(params.get("payload", "")))

    def _note_loss(self) -> None:
        self.world = 0
        if not self._is_closed:
            self._handlers.lost()

    def _note_move(self) -> None:
        self._moved_again = True
        if self._moves is None or self._moves.done():
            self._moves = asyncio.get_running_loop().create_task(self._tell_moves())

    async def _tell_moves(self) -> None:
        while self._moved_again and self._history is not None:
            self._moved_again = False
            document = self.documents
            try:
                moved = await self._history.read()
            except (CdpRefused, CdpTimedOut, CdpClosed):
                return
            if moved is None:
                continue
            hidden = await self._hidden(moved.url, moved.title)
            if document != self.documents:
                # What was read may be of the document before: only that one knew its secrets.
                self._moved_again = True
                continue
            shown = cleaned(moved, hidden)
            if hidden is None:
                # The page does not say what is secret. It is asked again when it is looked at next.
                self._history.forget()
                if self._told is not None and cleaned(self._told, None) == shown:
                    continue
            if shown != self._told:
                self._told = shown
                self._handlers.moved(shown)

    async def _hidden_text(self, text: str) -> str:
        hidden = await self._hidden(text, "")
        return hidden[0] if hidden else ""

    async def _hidden(self, first: str, second: str) -> tuple[str, str] | None:
        """Return two texts without what secret fields hold; None when the page does not say."""
        if not self.world:
            return None
        asked: Params = {
            "functionDeclaration": _HIDE,
            "executionContextId": self.world,
            "arguments": [{"value": first}, {"value": second}],
            "returnByValue": True,
        }
        try:
            answer = await self._cdp.call(
                "Runtime.callFunctionOn", asked, self.session, timeout_s=_STUCK_AFTER_S
            )
            first, second = answer["result"]["value"]
        except (CdpRefused, CdpTimedOut, CdpClosed, KeyError, TypeError, ValueError):
            return None
        return first, second
