"""How the guest is shown to the agent: as a mirror with its pictures and islands, or as a picture.

One of the two at a time; neither without leave, which the core gives and takes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cordee_kiosk import browsing
from cordee_kiosk.adapters.chromium.assets import Assets
from cordee_kiosk.adapters.chromium.bulk import Bulk
from cordee_kiosk.adapters.chromium.cdp import Cdp
from cordee_kiosk.adapters.chromium.guest import Guest
from cordee_kiosk.adapters.chromium.islands import AFTER_LINES_S, Islands
from cordee_kiosk.adapters.chromium.mirror import MirrorStream
from cordee_kiosk.adapters.chromium.picture import PagePicture
from cordee_wire import stage


class Showing:
    """`guest` returns the guest there is; `emit` takes what leaves, `tell` what the stage draws."""

    def __init__(
        self,
        cdp: Cdp,
        *,
        guest: Callable[[], Guest | None],
        emit: Callable[[browsing.BrowserEvent], None],
        tell: Callable[[stage.ToStage], Awaitable[None]],
    ) -> None:
        self._cdp = cdp
        self._guest = guest
        self._emit = emit
        self._tell = tell
        self._picture: PagePicture | None = None
        self._must_clear = False
        self.mirror = MirrorStream(lambda data: emit(browsing.MirrorBytes(data)))
        self.bulk = Bulk(
            lambda data: emit(browsing.BulkBytes(data)),
            when_sent=lambda parcel: self.assets.note_sent(parcel),  # noqa: PLW0108 - made below
        )
        self.assets = Assets(cdp, self.bulk, tell=self.mirror.put)
        self.islands = Islands(cdp, guest=guest, put=self.mirror.put, bulk=self.bulk)

    async def as_mirror(self) -> None:
        """Begin a new epoch with a whole picture of the page."""
        self.end_picture()
        self.mirror.begin()
        self.bulk.begin()
        self.assets.begin()
        self.islands.begin()
        self._record()
        await self._clear()

    async def as_picture(self) -> None:
        """Show pictures of the page in the mirror's place; PictureIs says how it goes."""
        guest = self._guest()
        if guest is None:
            self._emit(browsing.PictureIs("failed"))
            return
        await self.rest()
        self._picture = PagePicture(
            self._cdp,
            guest,
            draw=lambda jpeg: self._tell(stage.DrawPicture(jpeg=jpeg)),
            told=lambda state: self._emit(browsing.PictureIs(state)),
        )
        self._picture.start()

    async def rest(self) -> None:
        """Show nothing."""
        self.end_picture()
        self.mirror.end()
        self.islands.end()
        self.assets.end()
        self.bulk.end()
        guest = self._guest()
        if guest is not None:
            guest.worlds.rest()
        await self._clear()

    def end_picture(self) -> None:
        """Take no more pictures of the page, at once."""
        picture, self._picture = self._picture, None
        if picture is not None:
            picture.end()
            self._must_clear = True

    async def leave(self) -> None:
        """Keep nothing of a guest that is gone."""
        self.end_picture()
        self.assets.forget_guest()
        await self._clear()

    async def close(self) -> None:
        """End for good."""
        self.islands.end()
        await self.assets.close()

    def note_lines(self, lines: str) -> None:
        """Pass lines on; a list is what a page's world asks of the daemon."""
        if lines.startswith("["):
            self.assets.wish(lines)
            return
        self.bulk.hold()
        self.mirror.put(lines)
        self.islands.stir(within_s=AFTER_LINES_S)

    def note_page(self) -> None:
        """Record another page: what was on its way of the one before is stale."""
        self.assets.turn()
        self._record()

    def _record(self) -> None:
        guest = self._guest()
        if guest is not None and self.mirror.is_on:
            guest.worlds.record()

    async def _clear(self) -> None:
        """Let the stage draw no picture of the page any more."""
        if self._must_clear:
            self._must_clear = False
            await self._tell(stage.EndPicture())
