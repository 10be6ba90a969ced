"""The pictures and fonts of the guest's page, for the agent's screen: each content once.

The recorder names by a key what stands in the page (`recorder/assets.ts`). Their bytes are those
that Chromium has loaded for the page: nothing is asked of any site. What passes is a picture or a
font by its first bytes; it goes as it is, or lighter, by its SHA-256, in a parcel of `bulk.py`, and
the mirror says which key shows which hash:

    {"t": "asset", "key": "p3-1", "hash": "32 hex digits", "w": 60, "h": 20, "nw": 120, "nh": 40}

`w` and `h` are the picture's px as sent, `nw` and `nh` those of the page's where they differ; all 0
where the bytes do not tell.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hashlib
import heapq
import itertools
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

import msgspec
import structlog

from cordee_kiosk.adapters.chromium.bulk import Bulk, Parcel
from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.picture_kinds import RASTER, SVG, Kind, is_animated, kind_of
from cordee_kiosk.adapters.chromium.picture_press import PicturePress

BODY_LIMIT_BYTES = 8_000_000
SENT_LIMIT_BYTES = 2_000_000
SVG_LIMIT_BYTES = 600_000
KEPT_LIMIT_BYTES = 32_000_000
"""What the other end is made to keep at most: then it forgets all, and begins anew."""
HEAVY_BYTES = 12_000
AREA_LIMIT_PX = 40_000_000
MUCH_SMALLER, WORTH_IT = 0.8, 0.9
LOADED_MOST, WISHES_MOST, MADE_MOST = 4_000, 2_000, 1_000
HASH_CHARS = 32
NAME_MOST = 8_192
NETWORK = {
    "maxTotalBufferSize": 24_000_000,
    "maxResourceBufferSize": BODY_LIMIT_BYTES,
    "maxPostDataSize": 0,
}
_SHOWN = {"Image", "Font"}

_Size = Annotated[int, msgspec.Meta(ge=0, le=16_384)]

_log = structlog.get_logger(__name__)


class _Wish(msgspec.Struct, frozen=True):
    """What a page's world asks for; made by a page that nobody trusts."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[pcf]\d{1,9}-\d{1,6}$")]
    urls: Annotated[list[str], msgspec.Meta(min_length=1, max_length=16)]
    width: _Size
    height: _Size
    rank: Annotated[int, msgspec.Meta(ge=0, le=2)]


@dataclass(frozen=True)
class _Made:
    """A picture or font as it is sent: size in px as sent, and the page's own."""

    hash: str
    type: str
    size: tuple[int, int] = (0, 0)
    own_size: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class _Loaded:
    session: str
    request: str


class Assets:
    """Brings to the other end what the recorder asks for. `tell` takes a line of the mirror."""

    def __init__(self, cdp: Cdp, bulk: Bulk, *, tell: Callable[[str], None]) -> None:
        self._cdp = cdp
        self._bulk = bulk
        self._tell = tell
        self._press = PicturePress()
        self._is_on = False
        self._names: OrderedDict[str, list[str]] = OrderedDict()
        self._loaded: OrderedDict[str, _Loaded] = OrderedDict()
        self._wishes: dict[str, _Wish] = {}
        self._ready: list[tuple[int, int, _Wish, str]] = []
        self._order = itertools.count()
        self._made: OrderedDict[tuple[str, int, int], _Made] = OrderedDict()
        self._sent: dict[str, int] = {}
        self._going: set[str] = set()
        self._work: asyncio.Task[None] | None = None

    def listen(self, session: str) -> None:
        """Hear what the pages of a session load, from before they run."""
        on = self._cdp.on
        on("Network.requestWillBeSent", self._note_request, session)
        on("Network.loadingFinished", lambda p: self._note_loaded(p, session), session)
        on("Network.loadingFailed", self._note_failed, session)
        self._cdp.post("Network.enable", NETWORK, session)

    def begin(self) -> None:
        """Bring what is asked for from now on."""
        self._is_on = True
        self.turn()

    def end(self) -> None:
        """Bring nothing more: the page may not be seen."""
        self._is_on = False
        self.turn()

    def turn(self) -> None:
        """Drop what was asked for: another page is there, or the same is told anew."""
        self._wishes.clear()
        self._ready.clear()
        self._going.clear()
        self._bulk.drop(lambda parcel: not parcel.to)
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def forget_sent(self) -> None:
        """Take it that the other end has nothing: it is a new one."""
        self._sent.clear()

    def note_sent(self, parcel: Parcel) -> None:
        """Note that the other end has a parcel whole."""
        if parcel.to:
            return
        self._going.discard(parcel.hash)
        self._sent[parcel.hash] = len(parcel.data)
        if sum(self._sent.values()) > KEPT_LIMIT_BYTES:
            self._sent.clear()
            self._bulk.forget()

    def forget_guest(self) -> None:
        """Keep nothing of the pages of a guest that is gone: not where they were either."""
        self.turn()
        self._names.clear()
        self._loaded.clear()
        self._made.clear()

    async def close(self) -> None:
        """End the work and what it started."""
        self.end()
        await self._press.close()

    def wish(self, text: str) -> None:
        """Take what a page's world asks for (JSON)."""
        if not self._is_on:
            return
        try:
            wishes = msgspec.json.decode(text, type=list[_Wish])
        except msgspec.MsgspecError:
            _log.warning("wish_refused")
            return
        for wish in wishes:
            self._want(wish)

    def _want(self, wish: _Wish) -> None:
        found = next((url for url in wish.urls if self._is_here(url)), None)
        if found is not None:
            self._plan(wish, found)
        elif len(self._wishes) < WISHES_MOST:
            self._wishes[wish.key] = wish

    def _is_here(self, url: str) -> bool:
        return url.startswith("data:") or url in self._loaded

    # --- what Chromium loads

    def _note_request(self, params: Params) -> None:
        request = str(params["requestId"])
        url = str(params["request"]["url"])
        if params.get("type") not in _SHOWN or url.startswith("data:") or len(url) > NAME_MOST:
            return
        # A redirected request keeps its number: it is known by every address on its way.
        self._names.setdefault(request, []).append(url)
        while len(self._names) > LOADED_MOST:
            self._names.popitem(last=False)

    def _note_failed(self, params: Params) -> None:
        self._names.pop(str(params["requestId"]), None)

    def _note_loaded(self, params: Params, session: str) -> None:
        request = str(params["requestId"])
        urls = self._names.pop(request, [])
        if not urls or float(params.get("encodedDataLength", 0)) > BODY_LIMIT_BYTES:
            return
        for url in urls:
            self._loaded[url] = _Loaded(session, request)
            self._loaded.move_to_end(url)
            for wish in [each for each in self._wishes.values() if url in each.urls]:
                del self._wishes[wish.key]
                self._plan(wish, url)
        while len(self._loaded) > LOADED_MOST:
            self._loaded.popitem(last=False)

    # --- one after the other, what is in view first

    def _plan(self, wish: _Wish, url: str) -> None:
        if len(self._ready) >= WISHES_MOST:
            return
        heapq.heappush(self._ready, (wish.rank, next(self._order), wish, url))
        if self._work is None or self._work.done():
            self._work = asyncio.get_running_loop().create_task(self._work_off())

    async def _work_off(self) -> None:
        while self._ready:
            _, _, wish, url = heapq.heappop(self._ready)
            loaded = self._loaded.get(url)
            try:
                await self._bring(wish, url)
            except CdpRefused:
                # It was loaded by the page before; this one is only about to.
                if loaded is not None and self._loaded.get(url) is loaded:
                    del self._loaded[url]
                self._want(wish)
            except (CdpTimedOut, CdpClosed, binascii.Error) as error:
                _log.info("asset_not_read", reason=type(error).__name__)

    async def _bring(self, wish: _Wish, url: str) -> None:
        body = _written(url) if url.startswith("data:") else await self._read(url)
        kind = kind_of(body) if len(body) <= BODY_LIMIT_BYTES else None
        if kind is None or kind.is_font is not wish.key.startswith("f"):
            return
        if kind.width * kind.height > AREA_LIMIT_PX:
            return
        width, height = _wanted(kind, wish)
        source = hashlib.sha256(body).hexdigest(), width, height
        made = self._made.get(source)
        if made is None or not self._is_known(made.hash):
            parcel, made = await self._make(body, kind, width, height)
            if len(parcel.data) > (SVG_LIMIT_BYTES if kind.type == SVG else SENT_LIMIT_BYTES):
                return
            self._made[source] = made
            while len(self._made) > MADE_MOST:
                self._made.popitem(last=False)
            if not self._is_known(made.hash):
                if not self._bulk.put(parcel, rank=wish.rank):
                    return
                self._going.add(made.hash)
        self._tell(_line(wish.key, made))

    def _is_known(self, sha256: str) -> bool:
        return sha256 in self._sent or sha256 in self._going

    async def _read(self, url: str) -> bytes:
        """Return the body that Chromium keeps of what the page has loaded."""
        loaded = self._loaded.get(url)
        if loaded is None:
            return b""
        answer: dict[str, Any] = await self._cdp.call(
            "Network.getResponseBody", {"requestId": loaded.request}, loaded.session
        )
        body = str(answer.get("body", ""))
        return base64.b64decode(body) if answer.get("base64Encoded") else body.encode()

    async def _make(self, body: bytes, kind: Kind, width: int, height: int) -> tuple[Parcel, _Made]:
        own = kind.width, kind.height
        if kind.type in RASTER and len(body) > HEAVY_BYTES and not is_animated(body, kind):
            pressed = await self._press.press(body, width, height)
            if pressed is not None and len(pressed[2]) < len(body) * WORTH_IT:
                parcel = Parcel.of(pressed[2], "image/webp")
                size = pressed[0], pressed[1]
                return parcel, _Made(parcel.hash, parcel.type, size, own if own[0] else size)
        parcel = Parcel.of(body, kind.type)
        return parcel, _Made(parcel.hash, kind.type, own, own)


def _wanted(kind: Kind, wish: _Wish) -> tuple[int, int]:
    """Return the size in which a picture is to be sent; zeros: its own, or it is no picture."""
    if not (kind.width and kind.height and wish.width and wish.height):
        return 0, 0
    # One side may be cut off (`object-fit: cover`): the other says how fine it has to be.
    scale = max(wish.width / kind.width, wish.height / kind.height)
    if scale > MUCH_SMALLER:
        return kind.width, kind.height
    return max(ceil(kind.width * scale), 1), max(ceil(kind.height * scale), 1)


def _line(key: str, made: _Made) -> str:
    told: dict[str, object] = {"t": "asset", "key": key, "hash": made.hash[:HASH_CHARS]}
    told |= {"w": made.size[0], "h": made.size[1]}
    if made.own_size != made.size:
        told |= {"nw": made.own_size[0], "nh": made.own_size[1]}
    return json.dumps(told, separators=(",", ":")) + "\n"


def _written(url: str) -> bytes:
    """Return the bytes of a `data:` address (RFC 2397); none of one that is broken."""
    head, _, body = url[5:].partition(",")
    data = unquote_to_bytes(body)
    if not head.lower().endswith(";base64"):
        return data
    with contextlib.suppress(binascii.Error, ValueError):
        return base64.b64decode(data)
    return b""
