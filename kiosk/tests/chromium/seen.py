"""What a test sees of a browser: its events as they came, and the mirror's lines."""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

from cordee_kiosk import browsing
from cordee_kiosk.adapters.chromium.browser import ChromiumBrowser
from cordee_kiosk.adapters.chromium.bulk import Parcel
from cordee_wire import stage

WITHIN_S = 60.0
Line = dict[str, Any]


class Seen:
    """Reads the browser's events from its start on."""

    def __init__(self, browser: ChromiumBrowser) -> None:
        self.browser = browser
        self.events: list[browsing.BrowserEvent] = []
        self._changed = asyncio.Condition()
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        async for event in self.browser.events():
            async with self._changed:
                self.events.append(event)
                self._changed.notify_all()
            if isinstance(event, browsing.BulkBytes):
                # The stage hands it on, and tells that the other end has it.
                data = base64.b64encode(event.data).decode()
                await self.browser.tell(stage.SendBulk(data=data))

    async def begin_anew(self) -> None:
        """End the guest as a visit's end does, and forget what was told of it."""
        await self.browser.close_guest()
        await self.browser.mirror(is_on=False)
        async with self._changed:
            self.events.clear()

    async def until(self, is_true: Callable[[], Any]) -> Any:
        """Wait until events make `is_true` give something; return that."""
        async with asyncio.timeout(WITHIN_S), self._changed:
            while not (found := is_true()):
                await self._changed.wait()
            return found

    def said(self, kind: type) -> list[Any]:
        return [
            event.message
            for event in self.events
            if isinstance(event, browsing.StageSaid) and isinstance(event.message, kind)
        ]

    def moves(self) -> list[browsing.GuestMoved]:
        return [event for event in self.events if isinstance(event, browsing.GuestMoved)]

    def place(self) -> browsing.GuestMoved:
        """Return where the guest is, as told last; nowhere before it was told."""
        moves = self.moves()
        return (
            moves[-1] if moves else browsing.GuestMoved("", "", may_back=False, may_forward=False)
        )

    def mirror(self) -> list[Line]:
        """Return the lines of the newest epoch, decoded as the agent's page does."""
        pieces = [event.data for event in self.events if isinstance(event, browsing.MirrorBytes)]
        if not pieces:
            return []
        inflate = zlib.decompressobj(-15)
        epoch = pieces[-1][0]
        text = b"".join(inflate.decompress(p[1:]) for p in pieces if p[0] == epoch)
        return [json.loads(line) for line in text.decode().splitlines()]

    def parcels(self) -> list[Parcel]:
        """Return what came whole by the bulk way, put together as the agent's page does."""
        whole: list[Parcel] = []
        head: Line = {}
        data = b""
        for event in self.events:
            if not isinstance(event, browsing.BulkBytes):
                continue
            piece = event.data[1:]
            if event.data[0] == 1:
                begin = 2 + int.from_bytes(piece[:2], "big")
                head, data, piece = json.loads(piece[2:begin]), b"", piece[begin:]
            data += piece
            if head and len(data) == head["size"]:
                whole.append(Parcel.of(data, head["type"], to=head["to"]))
        return whole

    def pieces(self) -> list[list[Line]]:
        """Return the lines of the newest epoch by the piece that ended them."""
        pieces = [event.data for event in self.events if isinstance(event, browsing.MirrorBytes)]
        inflate = zlib.decompressobj(-15)
        texts = [inflate.decompress(p[1:]).decode() for p in pieces if p[0] == pieces[-1][0]]
        return [[json.loads(line) for line in text.splitlines()] for text in _whole(texts)]

    def all_mirror_text(self) -> str:
        """Return everything that ever left through the mirror, decompressed."""
        texts = []
        pieces = [event.data for event in self.events if isinstance(event, browsing.MirrorBytes)]
        epochs = dict.fromkeys(piece[0] for piece in pieces)
        for epoch in epochs:
            inflate = zlib.decompressobj(-15)
            texts += [inflate.decompress(p[1:]).decode() for p in pieces if p[0] == epoch]
        return "".join(texts)

    def node(self, **attributes: str) -> Line | None:
        """Return the newest mirrored element with these attributes."""
        for line in reversed(self.mirror()):
            roots = [line["node"]] if line["t"] == "full" else []
            if line["t"] == "mutation":
                roots = [add["node"] for add in line["d"]["adds"]]
            for root in roots:
                if (found := _find(root, attributes)) is not None:
                    return found
            if line["t"] == "page":
                return None
        return None

    async def node_id(self, **attributes: str) -> int:
        """Wait for such an element and return its id."""
        found = await self.until(lambda: self.node(**attributes))
        return int(found["id"])

    def told(self, node_id: int) -> Line:
        """Return the newest line about a field, empty when there is none."""
        kinds = ("input", "blind")
        lines = [each for each in self.mirror() if each["t"] in kinds and each["id"] == node_id]
        return lines[-1] if lines else {}


def _whole(texts: list[str]) -> list[str]:
    """Move what a piece leaves of a line to the one that ends it."""
    found, rest = [], ""
    for text in texts:
        whole, end, rest_of = (rest + text).rpartition("\n")
        found.append(whole + end)
        rest = rest_of
    return found


def _find(node: Line, attributes: dict[str, str]) -> Line | None:
    own = node.get("attributes", {})
    if all(str(own.get(name)) == value for name, value in attributes.items()):
        return node
    for child in node.get("childNodes", []):
        if (found := _find(child, attributes)) is not None:
            return found
    return None
