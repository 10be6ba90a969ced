"""Where a page is, as its navigation history says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.browsing import GuestMoved

TITLE_EVERY_S = 1.0


class History:
    """The navigation history of one window; looked at again and again until `close`.

    Chromium tells of a page that is shown, and is silent when a script writes another title.
    `changed` is called when the history is no more what was read last.
    """

    def __init__(self, cdp: Cdp, session: str, *, changed: Callable[[], None]) -> None:
        self._cdp = cdp
        self._session = session
        self._changed = changed
        self._read: GuestMoved | None = None
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def read(self) -> GuestMoved | None:
        """Return where the page is, or None. Raises CdpRefused, CdpTimedOut or CdpClosed."""
        self._read = await self._ask()
        return self._read

    def forget(self) -> None:
        """Let the next look find it changed."""
        self._read = None

    def close(self) -> None:
        """Look no more. Twice does no harm."""
        self._looking.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(TITLE_EVERY_S)
            try:
                found = await self._ask()
            except (CdpRefused, CdpTimedOut):
                continue
            except CdpClosed:
                return
            if found != self._read:
                self._changed()

    async def _ask(self) -> GuestMoved | None:
        return where(await self._cdp.call("Page.getNavigationHistory", {}, self._session))


def cleaned(moved: GuestMoved, hidden: tuple[str, str] | None) -> GuestMoved:
    """Return where that is, with these texts as address and title.

    None: without all that a page may write there, which is query, fragment and title.
    """
    url, title = hidden or (moved.url.partition("?")[0].partition("#")[0], "")
    return replace(moved, url=url, title=title)


def where(history: Params) -> GuestMoved | None:
    """Read a navigation history. The empty page that the window began with does not count."""
    entries, index = history["entries"], history["currentIndex"]
    first = 1 if entries and entries[0]["url"] == "about:blank" else 0
    if not first <= index < len(entries):
        return None
    entry = entries[index]
    return GuestMoved(
        url=entry["url"],
        title=entry.get("title", ""),
        may_back=index > first,
        may_forward=index < len(entries) - 1,
    )
