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
from cordee_kiosk.adapters.chromium.leaving import Leaving
from cordee_kiosk.adapters.chromium.moves import Moves
from cordee_kiosk.adapters.chromium.offered import Offered
from cordee_kiosk.adapters.chromium.popups import Popups
from cordee_kiosk.adapters.chromium.targets import Target, Targets
from cordee_kiosk.adapters.chromium.worlds import MIRROR_BINDING, WORLD, World, Worlds
from cordee_kiosk.browsing import GuestMoved
from cordee_kiosk.ports import Unavailable

_OPEN_WITHIN_S = 20.0
_STUCK_AFTER_S = 1.0
_REFUSED_BY_CHROMIUM = ("Not allowed to load local resource", "Not allowed to navigate top frame")
_JUDGED = {
    "patterns": [
        {"urlPattern": "*", "resourceType": "Document"},
        {"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"},
        *({"urlPattern": pattern} for pattern in NEAR),
    ]
}
_FRAMES = {
    "autoAttach": True,
    "waitForDebuggerOnStart": True,
    "flatten": True,
    "filter": [{"type": "iframe"}, {"exclude": True}],
}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class GuestHandlers:
    """What the guest tells: where it is, a new document's world, its words, its end.

    `loading` is told of a session whose documents are about to load.
    """

    moved: Callable[[GuestMoved], None]
    world_made: Callable[[World], None]
    recorded: Callable[[str], None]
    private: Callable[[World, str], None]
    loading: Callable[[str], None]
    resized: Callable[[], None]
    lost: Callable[[], None]
    offered: Callable[[bytes], None]


class Guest:
    """One visit's page. `world` is the isolated world of its top document, 0 while there is none.

    Camera and microphone are refused to every page but those of the origin `camera_for`.
    `worlds` are all that are recorded; `leaving` tells where the page wants to go.
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
        self._moves: Moves | None = None
        self._arrived: asyncio.Future[Target] = asyncio.get_running_loop().create_future()
        self.leaving = Leaving(lambda: self._popups.are_open or self._dialogs.are_open)
        self._popups = Popups(
            cdp,
            admitted=self._adopt,
            refused=self.leaving.refuse,
            settled=self.leaving.stir,
        )
        self._dialogs = Dialogs(cdp, hidden=self._hidden_text, told=self.leaving.refuse)
        self._offered = Offered(cdp, offered=handlers.offered)
        self._frames: set[str] = set()
        self.worlds = Worlds(
            cdp,
            made=handlers.world_made,
            recorded=handlers.recorded,
            private=handlers.private,
        )
        self.session = ""
        self._wished = ""

    @property
    def world(self) -> int:
        """The execution context in which the top document is recorded."""
        return self.worlds.top.context if self.worlds.top else 0

    @property
    def dialogs(self) -> Dialogs:
        """What the page's script says and asks."""
        return self._dialogs

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
            self._moves.close()
        self.worlds.close()
        self._dialogs.close()
        self._popups.close()
        self._offered.close()
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
        self.worlds.open(self._target_id)
        on("Page.frameRequestedNavigation", self._note_wish, session)
        on("Page.javascriptDialogOpening", lambda p: self._dialogs.answer(p, session), session)
        on("Page.windowOpen", lambda _: self._popups.expect(), session)
        on("Page.frameNavigated", self._note_arrival, session)
        on("Page.navigatedWithinDocument", self._note_arrival, session)
        on("Page.frameStoppedLoading", self._note_rest, session)
        on("Page.loadEventFired", self._note_content, session)
        on("Page.domContentEventFired", self._note_content, session)
        on("Page.frameResized", lambda _: self._handlers.resized(), session)
        on("Inspector.targetCrashed", self._revive, session)
        on("Log.entryAdded", self._read_log, session)
        self._targets.when_lost(session, self._note_loss)
        self._moves = Moves(
            self._cdp,
            session,
            document=lambda: self.worlds.documents,
            hidden=self.worlds.hidden,
            moved=self._handlers.moved,
        )
        posted = self._dress(
            session,
            ("Inspector.enable", {}),
            ("Log.enable", {}),
        )
        await asyncio.wait_for(asyncio.gather(*posted), 10)

    def _dress(
        self, session: str, *also: tuple[str, Params], is_running: bool = False
    ) -> list[asyncio.Future[Params]]:
        """Have the documents of a session judged and recorded, and then let them run."""
        on = self._cdp.on
        on("Fetch.requestPaused", lambda p: self._judge(p, session), session)
        on("Target.attachedToTarget", self._take_frame, session)
        on("Target.detachedFromTarget", self._drop_frame, session)
        self.worlds.listen(session)
        self._handlers.loading(session)
        new_document = "Page.addScriptToEvaluateOnNewDocument"
        now = {"runImmediately": is_running}
        told: tuple[tuple[str, Params], ...] = (
            ("Page.enable", {}),
            ("Fetch.enable", _JUDGED),
            ("Runtime.addBinding", {"name": MIRROR_BINDING, "executionContextName": WORLD}),
            # Before the scripts: what one that runs at once says would be heard by nobody.
            ("Runtime.enable", {}),
            (new_document, {"source": self._scripts.hook, **now}),
            (new_document, {"source": self._scripts.recorder, "worldName": WORLD, **now}),
            ("Page.setInterceptFileChooserDialog", {"enabled": True}),
            ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
            *also,
            ("Target.setAutoAttach", _FRAMES),
            ("Runtime.runIfWaitingForDebugger", {}),
        )
        return [self._cdp.post(method, params, session) for method, params in told]

    def _judge(self, params: Params, session: str) -> None:
        if "responseStatusCode" in params or "responseErrorReason" in params:
            is_top = session == self.session and params.get("frameId") == self._target_id
            self._offered.judge(params, session, is_top=is_top, kept=self.leaving.arrived)
            return
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
        """Hold the frames of other sites to the allow-list too, and have them recorded."""
        session, target = str(params["sessionId"]), params["targetInfo"]
        self._frames.add(session)
        self.worlds.note_parent(str(target["targetId"]), str(target.get("parentFrameId", "")))
        # Chromium holds no frame whose document came with its parent's (`srcdoc`).
        self._dress(session, is_running=not params.get("waitingForDebugger"))

    def _drop_frame(self, params: Params) -> None:
        """Forget a frame of another site that is gone: nothing of it stays in memory."""
        session = str(params["sessionId"])
        self._frames.discard(session)
        self.worlds.drop(session)
        self._cdp.forget(session)

    def _note_loss(self) -> None:
        self.worlds.close()
        if not self._is_closed:
            self._handlers.lost()

    def _note_move(self) -> None:
        if self._moves is not None:
            self._moves.note()

    async def _hidden_text(self, text: str) -> str:
        hidden = await self.worlds.hidden(text, "")
        return hidden[0] if hidden else ""
