"""Pixel islands: what has no nodes to mirror is shown to the agent as pictures (decision 0019).

The recorder says which islands are in view and whether they may be looked at. While they are, one
picture of the window at a time is taken over the pipe; an island whose pixels have changed leaves
as a bulk parcel for `island/ID`, and a line of the mirror says which picture stands there now:

    {"t":"island","id":7,"hash":"…","left":0,"top":0,"w":300,"h":150,"width":300,"height":150}

The part of the content box from (left, top), w by h of width by height CSS px, shows that picture.
Without a hash there is none, with `"covered":true` because a secret stands in the page.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from cordee_kiosk.adapters.chromium.bulk import Bulk, Parcel
from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.guest import Guest
from cordee_kiosk.adapters.chromium.island_pictures import (
    Box,
    Cut,
    NotThisWindow,
    Pixels,
    Window,
    cut_out,
    encoded,
)

SOON_S = 0.2
"""Between two looks at most, and until an island that changes is looked at again."""
LATEST_S = 3.0
"""Until one that does not change is looked at again, and until a page without any is asked."""
AFTER_LINES_S = 0.6
"""How soon an island is looked at after a change of the page's nodes, which need not be its own."""
SLOWER = 1.6
SHARE_OF_TIME = 4.0
"""So many times what a picture took passes before the next: the page and the line come first."""
TAKEN_WITHIN_S = 3.0
SENT_KEPT_MOST = 32
"""Pictures that the agent's page is taken to hold still (`PICTURES_MOST` in island_shown.ts)."""
_IS_UP = "function () { return globalThis.cordeeRecorder?.cover.isUp() ?? false; }"
_LOOK = "function () { return globalThis.cordeeRecorder.islands(); }"
_PICTURE = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": False}

_log = structlog.get_logger(__name__)


class Island(msgspec.Struct, frozen=True):
    """One island in view, as the recorder describes it (recorder/islands.ts)."""

    id: int
    width: float
    height: float
    left: float
    top: float
    x: float
    y: float
    w: float
    h: float
    state: str


class Sight(msgspec.Struct, frozen=True):
    """What may be seen of the page's islands now."""

    covered: bool
    width: float
    ratio: float
    islands: list[Island]


class _Known:
    """What was told of one island."""

    def __init__(self) -> None:
        self.island: Island | None = None
        self.size = (0.0, 0.0)
        self.pixels = ""
        self.line = ""
        self.wait_s = SOON_S
        self.due_at = 0.0


class Islands:
    """The islands of the guest that is shown. `put` takes lines of the mirror."""

    def __init__(
        self,
        cdp: Cdp,
        *,
        guest: Callable[[], Guest | None],
        put: Callable[[str], None],
        bulk: Bulk,
    ) -> None:
        self._cdp = cdp
        self._guest = guest
        self._put = put
        self._bulk = bulk
        self._known: dict[int, _Known] = {}
        self._sent: dict[str, None] = {}
        self._was_covered = False
        self._stirred = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Show them from now on; the other end knows nothing of what was told before."""
        self.end()
        self._work = asyncio.get_running_loop().create_task(self._run())

    def end(self) -> None:
        """Take no more pictures, and keep nothing."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
        self._known.clear()
        self._sent.clear()

    def stir(self, *, within_s: float = 0.0) -> None:
        """Look soon: something was done, or has changed, in the page."""
        by = self._now() + within_s
        for known in self._known.values():
            known.wait_s, known.due_at = SOON_S, min(known.due_at, by)
        self._stirred.set()

    async def _run(self) -> None:
        while True:
            self._stirred.clear()
            begun = self._now()
            try:
                wait_s = await self._round()
            except (CdpRefused, CdpTimedOut, CdpClosed, msgspec.ValidationError):
                # The page has just gone, or does not answer.
                wait_s = LATEST_S
            except NotThisWindow:
                wait_s = SOON_S
            least_s = max(SOON_S, SHARE_OF_TIME * (self._now() - begun))
            await asyncio.sleep(least_s)
            try:
                await asyncio.wait_for(self._stirred.wait(), max(wait_s - least_s, 0.0))
            except TimeoutError:
                continue

    async def _round(self) -> float:
        """Bring what has changed on its way; return how long nothing more is expected to."""
        sight = await self._look()
        if sight is None:
            return LATEST_S
        self._forget_all_but({each.id for each in sight.islands})
        if sight.covered:
            self._cover(sight)
            self._was_covered = True
            return SOON_S
        if self._was_covered:
            # What the screen shows may be the moment before.
            self._was_covered = False
            return SOON_S
        for island in sight.islands:
            self._size(island)
        due = [each for each in sight.islands if self._is_due(each)]
        if due:
            await self._take(sight, due)
        waits = [self._known[each.id].due_at - self._now() for each in sight.islands if each.w]
        return max(min([*waits, LATEST_S]), SOON_S)

    def _forget_all_but(self, there: set[int]) -> None:
        gone = self._known.keys() - there
        places = {_to(each) for each in gone}
        self._bulk.drop(lambda parcel: parcel.to in places)
        for each in gone:
            del self._known[each]

    def _size(self, island: Island) -> None:
        """Tell how large an island is before there is a picture of it, so that the page fits."""
        known = self._known.setdefault(island.id, _Known())
        size = (island.width, island.height)
        if known.size != size and not (known.pixels and island.w):
            known.size, known.pixels = size, ""
            self._tell(known, id=island.id, hash="", width=island.width, height=island.height)

    def _is_due(self, island: Island) -> bool:
        known = self._known[island.id]
        if not island.w or self._bulk.carries(_to(island.id)):
            # The newest only: the next is taken when this one has arrived.
            return False
        return known.island != island or (known.due_at <= self._now() and not island.state)

    async def _take(self, sight: Sight, due: list[Island]) -> None:
        picture = await self._picture()
        after = await self._look()
        if after is None or after.covered:
            return
        if (after.width, after.ratio) != (sight.width, sight.ratio):
            return
        # One that has moved meanwhile was cut out of another place.
        there = {each.id: each for each in after.islands}
        still = [each for each in due if _is_same_place(each, there.get(each.id))]
        boxes = [Box(each.x, each.y, each.w, each.h) for each in still]
        window = Window(sight.width, sight.ratio)
        cuts = await asyncio.to_thread(cut_out, picture, boxes, window)
        for island, cut in zip(still, cuts, strict=True):
            known = self._known[island.id]
            is_new = cut.hash != known.pixels or known.island != island
            known.island = island
            known.wait_s = SOON_S if is_new else min(known.wait_s * SLOWER, LATEST_S)
            known.due_at = self._now() + known.wait_s
            if is_new and cut.pixels.size:
                await self._show(island, cut, known)

    async def _show(self, island: Island, cut: Cut, known: _Known) -> None:
        parcel = await asyncio.to_thread(_parcel, cut.pixels, _to(island.id))
        if parcel.hash not in self._sent:
            if not self._bulk.put(parcel):
                return
            self._sent[parcel.hash] = None
            for oldest in list(self._sent)[:-SENT_KEPT_MOST]:
                del self._sent[oldest]
        known.pixels, known.size = cut.hash, (island.width, island.height)
        self._tell(
            known,
            id=island.id,
            hash=parcel.hash,
            left=island.left,
            top=island.top,
            w=island.w,
            h=island.h,
            width=island.width,
            height=island.height,
        )

    def _cover(self, sight: Sight) -> None:
        self._bulk.drop(lambda parcel: parcel.to.startswith("island/"))
        self._sent.clear()
        for island in sight.islands:
            known = self._known[island.id] = self._known.get(island.id) or _Known()
            known.island, known.pixels, known.due_at = None, "", 0.0
            size = {"width": island.width, "height": island.height}
            self._tell(known, id=island.id, hash="", covered=True, **size)

    def _tell(self, known: _Known, **said: Any) -> None:
        line = json.dumps({"t": "island", **said}, separators=(",", ":")) + "\n"
        if line != known.line:
            known.line = line
            self._put(line)

    async def _look(self) -> Sight | None:
        """Ask the recorder. None: there is no page to ask."""
        guest = self._guest()
        if guest is None or not guest.world:
            return None
        asked: Params = {
            "functionDeclaration": _LOOK,
            "executionContextId": guest.world,
            "returnByValue": True,
        }
        answer = await self._cdp.call(
            "Runtime.callFunctionOn", asked, guest.session, timeout_s=TAKEN_WITHIN_S
        )
        sight = msgspec.convert(answer.get("result", {}).get("value"), Sight, strict=False)
        if sight.islands and not sight.covered and await self._is_covered_elsewhere(guest):
            return msgspec.structs.replace(sight, covered=True)
        return sight

    async def _is_covered_elsewhere(self, guest: Guest) -> bool:
        """Return whether a secret stands in a frame: its page may have drawn it in another's."""
        top = guest.worlds.top
        others = [
            (session, context)
            for session, context in guest.worlds.everywhere
            if top is None or (session, context) != (top.session, top.context)
        ]
        answers = await asyncio.gather(
            *(
                self._cdp.call(
                    "Runtime.callFunctionOn",
                    {
                        "functionDeclaration": _IS_UP,
                        "executionContextId": context,
                        "returnByValue": True,
                    },
                    session,
                    timeout_s=TAKEN_WITHIN_S,
                )
                for session, context in others
            ),
            return_exceptions=True,
        )
        # One that hangs or is leaving says nothing: whatever it is but a plain no is a yes.
        return any(
            isinstance(answer, BaseException) or answer.get("result", {}).get("value") is not False
            for answer in answers
        )

    async def _picture(self) -> bytes:
        guest = self._guest()
        session = guest.session if guest is not None else ""
        answer = await self._cdp.call(
            "Page.captureScreenshot", dict(_PICTURE), session, timeout_s=TAKEN_WITHIN_S
        )
        return base64.b64decode(str(answer.get("data", "")))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _to(island_id: int) -> str:
    return f"island/{island_id}"


def _parcel(pixels: Pixels, to: str) -> Parcel:
    return Parcel.of(encoded(pixels), "image/webp", to=to)


def _is_same_place(before: Island, after: Island | None) -> bool:
    return after is not None and msgspec.structs.replace(after, state=before.state) == before
