"""Every new window of Chromium is held before its first line runs, until someone owns it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from cordee_kiosk.adapters.chromium.cdp import Cdp, Params

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Target:
    """A window and the session that speaks with it."""

    id: str
    session: str
    context: str
    is_held: bool


class Targets:
    """Hands each new page of Chromium to the owner of its browser context, or closes it."""

    def __init__(self, cdp: Cdp) -> None:
        self._cdp = cdp
        self._owners: dict[str, Callable[[Target], None]] = {}
        self._lost: dict[str, Callable[[], None]] = {}
        self._first: asyncio.Future[Target] = asyncio.get_running_loop().create_future()

    async def open(self) -> Target:
        """Begin to hold targets. Returns Chromium's first window: the stage's."""
        self._cdp.on("Target.attachedToTarget", self._attached)
        self._cdp.on("Target.detachedFromTarget", self._detached)
        pages = [{"type": "page"}, {"exclude": True}]
        await self._cdp.call(
            "Target.setAutoAttach",
            {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": pages},
            timeout_s=20,
        )
        return await asyncio.wait_for(asyncio.shield(self._first), 10)

    def own(self, context: str, owner: Callable[[Target], None]) -> None:
        """Hand pages of a browser context to `owner`, held until it lets them run."""
        self._owners[context] = owner

    def disown(self, context: str) -> None:
        """Close whatever opens in that context from now on."""
        self._owners.pop(context, None)

    def when_lost(self, session: str, lost: Callable[[], None]) -> None:
        """Call `lost` when the window of `session` is gone."""
        self._lost[session] = lost

    def _attached(self, params: Params) -> None:
        info = params["targetInfo"]
        target = Target(
            id=info["targetId"],
            session=params["sessionId"],
            context=info.get("browserContextId", ""),
            is_held=bool(params.get("waitingForDebugger")),
        )
        if not self._first.done():
            self._first.set_result(target)
            return
        owner = self._owners.get(target.context)
        if owner is None:
            _log.info("window_closed", reason="nobody owns its context")
            self._cdp.post("Target.closeTarget", {"targetId": target.id})
            return
        owner(target)

    def _detached(self, params: Params) -> None:
        session = params["sessionId"]
        self._cdp.forget(session)
        lost = self._lost.pop(session, None)
        if lost is not None:
            lost()
