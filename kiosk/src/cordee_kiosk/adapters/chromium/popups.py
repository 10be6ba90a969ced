"""Windows that a partner's page opens: their address is opened in the guest itself, or nowhere.

A popup never shows anything: it is held from its first instant, its first request says where it
wanted to go, and it is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from cordee_kiosk.adapters.chromium.cdp import Cdp, Params
from cordee_kiosk.adapters.chromium.targets import Target

_EMPTY_FOR_S = 3.0

_log = structlog.get_logger(__name__)


class Popups:
    """Adopts by `admitted(url, referrer)`; what asks for no address within 3 s is closed."""

    def __init__(
        self, cdp: Cdp, *, admitted: Callable[[str, str], None], refused: Callable[[], None]
    ) -> None:
        self._cdp = cdp
        self._admitted = admitted
        self._refused = refused
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def take(self, target: Target) -> None:
        """Let a held popup run just far enough to say where it goes."""
        session = target.session
        self._cdp.on("Fetch.requestPaused", lambda params: self._asked(target, params), session)
        self._cdp.on("Page.javascriptDialogOpening", lambda _: self._close(target), session)
        self._cdp.post("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}, session)
        self._cdp.post("Page.enable", {}, session)
        self._cdp.post("Runtime.runIfWaitingForDebugger", {}, session)
        loop = asyncio.get_running_loop()
        self._timers[target.id] = loop.call_later(_EMPTY_FOR_S, self._give_up, target)

    def close(self) -> None:
        """Forget what was waited for: the context goes with all its windows."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _asked(self, target: Target, params: Params) -> None:
        if target.id not in self._timers:
            return
        request = params["request"]
        self._close(target)
        if request.get("method", "GET") != "GET":
            _log.info("popup_refused", reason="it sends a form")
            self._refused()
            return
        self._admitted(str(request["url"]), str(request.get("headers", {}).get("Referer", "")))

    def _give_up(self, target: Target) -> None:
        _log.info("popup_closed", reason="it went nowhere")
        self._close(target)

    def _close(self, target: Target) -> None:
        timer = self._timers.pop(target.id, None)
        if timer is not None:
            timer.cancel()
        self._cdp.post("Target.closeTarget", {"targetId": target.id})
