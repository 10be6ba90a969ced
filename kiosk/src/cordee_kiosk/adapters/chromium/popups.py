"""Windows that a partner's page opens: their address is opened in the guest itself, or nowhere.

A popup shows no address of its own: it is held from its first instant, its first request says
where it wanted to go, and it is closed. One that goes nowhere is closed after three seconds; until
then it shows what the page's own script writes into it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

import structlog

from cordee_kiosk.adapters.chromium.cdp import Cdp, Params
from cordee_kiosk.adapters.chromium.targets import Target

Refusal = Literal["outside", "form_elsewhere", "empty_window", "alert", "question", "prompt"]
"""Why what a page wanted did not happen as it wanted: an address that is not allowed, a form in a
new window, a window without address; a dialog of its script, which the kiosk answers by itself."""
EMPTY_FOR_S = 3.0

_log = structlog.get_logger(__name__)


class Popups:
    """Adopts by `admitted(url, referrer)`; what asks for no address within 3 s is closed.

    Each window ends in one call of `admitted`, `refused` or `settled` (a window that was announced
    and never came).
    """

    def __init__(
        self,
        cdp: Cdp,
        *,
        admitted: Callable[[str, str], None],
        refused: Callable[[Refusal], None],
        settled: Callable[[], None],
    ) -> None:
        self._cdp = cdp
        self._admitted = admitted
        self._refused = refused
        self._settled = settled
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._expected: list[asyncio.TimerHandle] = []

    @property
    def are_open(self) -> bool:
        """Whether a window has been announced or held and has not said where it goes."""
        return bool(self._timers or self._expected)

    def expect(self) -> None:
        """Hear that the page opens a window, before the window is there."""
        loop = asyncio.get_running_loop()
        self._expected.append(loop.call_later(EMPTY_FOR_S, self._expect_no_more))

    def take(self, target: Target) -> None:
        """Let a held popup run just far enough to say where it goes."""
        if self._expected:
            self._expected.pop(0).cancel()
        session = target.session
        self._cdp.on("Fetch.requestPaused", lambda params: self._asked(target, params), session)
        self._cdp.on("Page.javascriptDialogOpening", lambda _: self._give_up(target), session)
        self._cdp.post("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}, session)
        self._cdp.post("Page.enable", {}, session)
        self._cdp.post("Runtime.runIfWaitingForDebugger", {}, session)
        loop = asyncio.get_running_loop()
        self._timers[target.id] = loop.call_later(EMPTY_FOR_S, self._give_up, target)

    def close(self) -> None:
        """Forget what was waited for: the context goes with all its windows."""
        for timer in (*self._timers.values(), *self._expected):
            timer.cancel()
        self._timers.clear()
        self._expected.clear()

    def _asked(self, target: Target, params: Params) -> None:
        if target.id not in self._timers:
            return
        request = params["request"]
        self._close(target)
        if request.get("method", "GET") != "GET":
            _log.info("popup_refused", reason="it sends a form")
            self._refused("form_elsewhere")
            return
        self._admitted(str(request["url"]), str(request.get("headers", {}).get("Referer", "")))

    def _give_up(self, target: Target) -> None:
        _log.info("popup_closed", reason="it went nowhere")
        self._close(target)
        self._refused("empty_window")

    def _expect_no_more(self) -> None:
        self._expected.pop(0)
        self._settled()

    def _close(self, target: Target) -> None:
        timer = self._timers.pop(target.id, None)
        if timer is not None:
            timer.cancel()
        self._cdp.post("Target.closeTarget", {"targetId": target.id})
