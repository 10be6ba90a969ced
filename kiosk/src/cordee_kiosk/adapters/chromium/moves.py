"""Where the guest is, told each time that it is elsewhere, without what its secret fields hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut
from cordee_kiosk.adapters.chromium.history import History, cleaned
from cordee_kiosk.browsing import GuestMoved


class Moves:
    """The moves of one window, from now on until `close`.

    `document()` is the number of the document it shows; `hidden(address, title)` takes the secrets
    out of both, and returns None when the page does not say what is secret.
    """

    def __init__(
        self,
        cdp: Cdp,
        session: str,
        *,
        document: Callable[[], int],
        hidden: Callable[[str, str], Awaitable[tuple[str, str] | None]],
        moved: Callable[[GuestMoved], None],
    ) -> None:
        self._history = History(cdp, session, changed=self.note)
        self._document = document
        self._hidden = hidden
        self._moved = moved
        self._told: GuestMoved | None = None
        self._telling: asyncio.Task[None] | None = None
        self._moved_again = False

    def note(self) -> None:
        """Hear that the guest may be elsewhere."""
        self._moved_again = True
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    def close(self) -> None:
        """Tell no more. Twice does no harm."""
        if self._telling is not None:
            self._telling.cancel()
        self._history.close()

    async def _tell(self) -> None:
        while self._moved_again:
            self._moved_again = False
            document = self._document()
            try:
                moved = await self._history.read()
            except (CdpRefused, CdpTimedOut, CdpClosed):
                return
            if moved is None:
                continue
            hidden = await self._hidden(moved.url, moved.title)
            if document != self._document():
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
                self._moved(shown)
