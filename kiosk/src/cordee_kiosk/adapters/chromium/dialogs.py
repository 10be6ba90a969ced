"""What a page's script shows and asks in dialogs: answered at once, and told without secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cordee_kiosk.adapters.chromium.cdp import Cdp, Params
from cordee_kiosk.adapters.chromium.popups import Refusal

_SAID_LIMIT = 300
"""Characters of a dialog's text that the agent is told."""
AGREED_FOR_S = 5.0
"""How long a yes waits for the page to ask again what it has just asked."""
APART_S = 2.0
"""Between two that are told without a verb: a page may say something every instant."""
_TOLD_AS: dict[str, Refusal] = {"alert": "alert", "confirm": "question"}


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
        self._asked = ""
        self._agreed = ""
        self._agreed_until = 0.0
        self._by_itself: Callable[[str], None] = lambda _: None
        self._is_awaited: Callable[[], bool] = lambda: True
        self._told_next_at = 0.0
        self.said = ""

    @property
    def are_open(self) -> bool:
        """Whether one has been answered and not told yet."""
        return bool(self._under_way)

    def answer(self, params: Params, session: str) -> None:
        """Close a dialog at once: the page stands still as long as it is open."""
        kind = str(params.get("type"))
        whole = str(params.get("message", ""))
        is_agreed = kind == "confirm" and self._takes_yes(whole)
        accept = is_agreed or kind in ("alert", "beforeunload")
        self._cdp.post("Page.handleJavaScriptDialog", {"accept": accept}, session)
        if is_agreed or kind == "beforeunload":
            return
        self._asked = whole if kind == "confirm" else ""
        task = asyncio.get_running_loop().create_task(self._tell(kind, whole[:_SAID_LIMIT]))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def listen(self, said: Callable[[str], None], *, is_awaited: Callable[[], bool]) -> None:
        """Let `said` be given, in words for the agent, what no verb waits to hear."""
        self._by_itself, self._is_awaited = said, is_awaited

    def agree(self) -> None:
        """Answer yes, once, when the page asks again what it asked last: nothing else."""
        self._agreed = self._asked
        self._agreed_until = asyncio.get_running_loop().time() + AGREED_FOR_S

    def _takes_yes(self, asked: str) -> bool:
        is_agreed = bool(asked) and asked == self._agreed
        is_in_time = asyncio.get_running_loop().time() < self._agreed_until
        self._agreed = ""
        return is_agreed and is_in_time

    def close(self) -> None:
        """Tell no more."""
        for task in self._under_way:
            task.cancel()

    async def _tell(self, kind: str, text: str) -> None:
        self.said = await self._hidden(text)
        is_awaited = self._is_awaited()
        self._told(_TOLD_AS.get(kind, "prompt"))
        now = asyncio.get_running_loop().time()
        if is_awaited or not self.said or now < self._told_next_at:
            return
        self._told_next_at = now + APART_S
        answered = "" if kind == "alert" else " La borne a répondu non."
        self._by_itself(f"La page dit : « {self.said} »{answered}")
