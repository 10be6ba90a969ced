"""What a page's script shows and asks in dialogs: answered at once, and told without secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cordee_kiosk.adapters.chromium.cdp import Cdp, Params
from cordee_kiosk.adapters.chromium.popups import Refusal

_SAID_LIMIT = 300
"""Characters of a dialog's text that the agent is told."""


class Dialogs:
    """The dialogs of one page. `said` is the text of the last one.

    `hidden(text)` takes out what secret fields hold (empty: the page does not say); `told(why)` is
    called once for each dialog, `said` being set.
    """

    def __init__(
        self,
        cdp: Cdp,
        *,
        hidden: Callable[[str], Awaitable[str]],
        told: Callable[[Refusal], None],
    ) -> None:
        self._cdp = cdp
        self._hidden = hidden
        self._told = told
        self._under_way: set[asyncio.Task[None]] = set()
        self.said = ""

    @property
    def are_open(self) -> bool:
        """Whether one has been answered and not told yet."""
        return bool(self._under_way)

    def answer(self, params: Params, session: str) -> None:
        """Close a dialog at once: the page stands still as long as it is open."""
        kind = str(params.get("type"))
        accept = kind in ("alert", "beforeunload")
        self._cdp.post("Page.handleJavaScriptDialog", {"accept": accept}, session)
        if kind == "beforeunload":
            return
        text = str(params.get("message", ""))[:_SAID_LIMIT]
        task = asyncio.get_running_loop().create_task(self._tell(kind, text))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def close(self) -> None:
        """Tell no more."""
        for task in self._under_way:
            task.cancel()

    async def _tell(self, kind: str, text: str) -> None:
        self.said = await self._hidden(text)
        self._told("alert" if kind == "alert" else "question")
