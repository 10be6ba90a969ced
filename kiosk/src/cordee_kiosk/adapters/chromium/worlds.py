"""The isolated worlds in which a guest's documents are recorded, by the number in their node ids.

A recorder looks into every frame that its own document may look into. A frame of another origin
has a recorder of its own, in this process or another; what it tells is put where its parent's
frame element stands, and only once the agent has that element.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.kept_secrets import KeptSecrets
from cordee_kiosk.adapters.chromium.owners import Owners

WORLD = "cordee"
MIRROR_BINDING = "cordeeMirror"
IDS_PER_DOCUMENT = 1_000_000
FRAMES_MOST = 64
"""Frames with a recorder of their own at one time; what more a page makes stays empty."""
_PRIVATE = "!"
"""Begins what a recorder tells the daemon alone."""
_FULL = '{"t":"full"'
_WISH = "["
_FOCUS = '{"t":"focus","id":'
_RECORD = "function (count, owner) { globalThis.cordeeRecorder.start(count, owner); }"
_REST = "function () { globalThis.cordeeRecorder.stop(); }"
_RECALL = "function (values) { globalThis.cordeeRecorder.recall(values); }"
_HIDE = "function (...given) { return globalThis.cordeeRecorder.hide(given); }"
_FOCUS_LOST = '{"field":0}'
"""A document that is gone has no blind field with the focus."""
_SAYS_WITHIN_S = 1.0
_TRIES_AFTER_S = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)

_log = structlog.get_logger(__name__)


@dataclass(eq=False)
class World:
    """One recorded document. `keeper` is the world that tells of the frame element `owner`.

    `owner` is a node id, `element` the same element as CDP knows it; both 0 until found, and always
    in the top document. `is_told`: the agent has its picture, and what follows may follow.
    """

    number: int
    session: str
    context: int
    frame: str
    keeper: World | None = None
    owner: int = 0
    element: int = 0
    is_told: bool = False
    is_gone: bool = False


class Worlds:
    """The worlds of one guest.

    `made(world)` is called with each new document, before it tells anything; `recorded(lines)` with
    what the agent may have; `private(world, word)` with what a recorder tells the daemon alone.
    """

    def __init__(
        self,
        cdp: Cdp,
        *,
        made: Callable[[World], None],
        recorded: Callable[[str], None],
        private: Callable[[World, str], None],
    ) -> None:
        self._cdp = cdp
        self._made = made
        self._recorded = recorded
        self._private = private
        self._owners = Owners(cdp)
        self._kept = KeptSecrets()
        self._frames: dict[tuple[str, int], str] = {}
        self._worlds: dict[tuple[str, int], World] = {}
        self._parents: dict[str, str] = {}
        self._searches: dict[World, asyncio.Task[None]] = {}
        self._top_frame = ""
        self._count = 0
        self._is_on = False
        self.top: World | None = None
        self.documents = 0
        """The number of the newest top document."""
        self.focus = 0
        """The node that has the focus, as the agent was told; 0 when there is none."""

    @property
    def everywhere(self) -> list[tuple[str, int]]:
        """Session and context of every document that is there, recorded or not yet."""
        return list(self._frames)

    @property
    def has_frames(self) -> bool:
        """Whether anything but the top document is recorded by itself."""
        return len(self._worlds) > 1

    def open(self, frame: str) -> None:
        """Say which frame is the top one."""
        self._top_frame = frame

    def listen(self, session: str) -> None:
        """Hear of the documents and frames of a session."""
        on = self._cdp.on
        on("Runtime.executionContextCreated", lambda p: self._meet(p, session), session)
        on("Runtime.executionContextDestroyed", lambda p: self._lose(p, session), session)
        on("Runtime.executionContextsCleared", lambda _: self.drop(session), session)
        on("Runtime.bindingCalled", lambda p: self._hear(p, session), session)
        on("Page.frameAttached", self._note_frame, session)
        on("Page.frameDetached", self._forget_frame, session)

    def note_parent(self, frame: str, parent: str) -> None:
        """Say where a frame stands."""
        if frame and parent:
            self._parents[frame] = parent

    def record(self) -> None:
        """Have the top document told from its beginning, and its frames after it."""
        self._is_on = True
        if self.top is not None:
            self.top.is_told = False
            self._untell(self.top)
            self._start(self.top)

    def rest(self) -> None:
        """Have nothing told any more."""
        self._is_on = False
        for world in self._worlds.values():
            world.is_told = False
            self._post(world, _REST)

    def drop(self, session: str) -> None:
        """Forget the worlds of a session whose documents are gone."""
        for key in [key for key in self._frames if key[0] == session]:
            self._drop(key)

    def close(self) -> None:
        """Tell and look for nothing more. Twice does no harm."""
        self._is_on = False
        self.top = None
        for search in self._searches.values():
            search.cancel()
        self._frames.clear()
        self._worlds.clear()
        self._kept.forget()

    def find(self, node: int) -> World | None:
        """Return the world that has told of a node."""
        return self.find_number(node // IDS_PER_DOCUMENT)

    def find_number(self, number: int) -> World | None:
        """Return the world with this number, while it is there."""
        return next((each for each in self._worlds.values() if each.number == number), None)

    def inside(self, keeper: World, owner: int) -> World | None:
        """Return the world of the document in that frame element."""
        return next((each for each in self._kept_by(keeper) if owner and each.owner == owner), None)

    async def hidden(self, first: str, second: str) -> tuple[str, str] | None:
        """Return two texts without what secret fields hold; None when the page does not say.

        Only the page's own world knows what a script has copied there of a secret field.
        """
        if self.top is None:
            return None
        asked: Params = {
            "functionDeclaration": _HIDE,
            "executionContextId": self.top.context,
            "arguments": [{"value": first}, {"value": second}],
            "returnByValue": True,
        }
        try:
            answer = await self._cdp.call(
                "Runtime.callFunctionOn", asked, self.top.session, timeout_s=_SAYS_WITHIN_S
            )
            first, second = answer["result"]["value"]
        except (CdpRefused, CdpTimedOut, CdpClosed, KeyError, TypeError, ValueError):
            return None
        return self._kept.hide(first), self._kept.hide(second)

    def _meet(self, params: Params, session: str) -> None:
        context = params["context"]
        if context.get("name") != WORLD:
            return
        key = session, int(context["id"])
        self._frames[key] = frame = str(context.get("auxData", {}).get("frameId", ""))
        if frame == self._top_frame:
            self.top = self._make(key)
            self.documents = self.top.number
            self._made(self.top)

    def _make(self, key: tuple[str, int]) -> World:
        self._count += 1
        made = World(self._count, session=key[0], context=key[1], frame=self._frames[key])
        self._worlds[key] = made
        return made

    def _lose(self, params: Params, session: str) -> None:
        self._drop((session, int(params["executionContextId"])))

    def _drop(self, key: tuple[str, int]) -> None:
        self._frames.pop(key, None)
        world = self._worlds.get(key)
        if world is None:
            return
        self._untell(world)
        del self._worlds[key]
        world.is_gone = True
        if search := self._searches.pop(world, None):
            search.cancel()
        if self.focus // IDS_PER_DOCUMENT == world.number:
            self._say({"t": "focus", "id": 0})
            self.focus = 0
        if world.is_told and world.keeper is not None and world.keeper.is_told:
            # Until another document comes, nothing stands there.
            node = {"type": 0, "id": world.number * IDS_PER_DOCUMENT, "childNodes": []}
            self._say({"t": "full", "owner": world.owner, "node": node, "top": 0, "left": 0})
        world.is_told = False
        if world is self.top:
            # The document that follows says itself where its focus is.
            self.top = None
        else:
            self._private(world, _FOCUS_LOST)

    def _note_frame(self, params: Params) -> None:
        self.note_parent(str(params["frameId"]), str(params["parentFrameId"]))

    def _forget_frame(self, params: Params) -> None:
        # One that moves to another process stays where it is.
        if params.get("reason") != "swap":
            self._parents.pop(str(params["frameId"]), None)

    def _hear(self, params: Params, session: str) -> None:
        key = session, int(params.get("executionContextId", 0))
        if params.get("name") != MIRROR_BINDING or key not in self._frames:
            return
        text = str(params.get("payload", ""))
        if text.startswith(_PRIVATE):
            with contextlib.suppress(msgspec.MsgspecError):
                self._heed(key, text[1:])
            return
        world = self._worlds.get(key)
        if world is None or not self._is_on:
            return
        if text.startswith(_WISH):
            # What is asked for by name may hold a drawing: one that tells a secret is not brought.
            if self._kept.hide(text) == text:
                self._recorded(text)
        elif lines := self._passed(world, text):
            self._recorded(self._kept.hide_in(lines))

    def _heed(self, key: tuple[str, int], told: str) -> None:
        word = msgspec.json.decode(told, type=dict[str, Any])
        world = self._worlds.get(key)
        if "hello" in word:
            if world is not None:
                # The top document was met when it was made.
                return
            if len(self._worlds) > FRAMES_MOST:
                _log.warning("frame_not_recorded", reason="there are too many")
                return
            world = self._make(key)
            self._made(world)
            self._seek(world)
        elif "frames" in word and world is not None:
            again = {0, *word["frames"]}
            for child in self._kept_by(world):
                if child.owner in again:
                    self._seek(child)
        elif world is not None:
            self._remember(str(word.get("kept", "")), world)
            self._private(world, told)

    def _remember(self, value: str, teller: World) -> None:
        """Let every document look for a secret in what it shows: it may have been handed over."""
        if not self._kept.remember(value):
            return
        for other in self._worlds.values():
            if other is not teller:
                self._post(other, _RECALL, [value])

    def _passed(self, world: World, text: str) -> str:
        """Return what of a world's lines the agent can make something of."""
        begins = 0 if text.startswith(_FULL) else text.find("\n" + _FULL) + 1
        has_full = begins > 0 or text.startswith(_FULL)
        if world is not self.top and not world.is_told:
            if not has_full:
                return ""
            text = text[begins:]
        if has_full:
            self._untell(world)
            world.is_told = True
            for child in self._kept_by(world):
                self._seek(child)
        return self._with_one_focus(world, text) if _FOCUS in text else text

    def _with_one_focus(self, world: World, text: str) -> str:
        """Take out that nothing has the focus here when something has it in another frame.

        Frames lose and gain it in processes of their own, and tell so in any order.
        """
        kept: list[str] = []
        for line in (f"{each}\n" for each in text.split("\n") if each):
            if line.startswith(_FOCUS):
                node = int(json.loads(line)["id"])
                if node == 0 and self.focus and self.focus // IDS_PER_DOCUMENT != world.number:
                    continue
                self.focus = node
            kept.append(line)
        return "".join(kept)

    def _kept_by(self, keeper: World) -> list[World]:
        """Return the worlds whose frame element stands in what `keeper` tells."""
        return [
            each
            for each in self._worlds.values()
            if each is not self.top and self._keeper(each) is keeper
        ]

    def _keeper(self, world: World) -> World | None:
        by_frame = {each.frame: each for each in self._worlds.values()}
        for frame in self._above(world.frame):
            if frame in by_frame:
                return by_frame[frame]
        return None

    def _above(self, frame: str) -> Iterator[str]:
        seen = {frame}
        while (frame := self._parents.get(frame, "")) and frame not in seen:
            seen.add(frame)
            yield frame

    def _untell(self, world: World) -> None:
        """Hold back what stands in a document until it has been told anew itself."""
        for child in self._kept_by(world):
            child.is_told = False
            self._untell(child)

    def _seek(self, world: World) -> None:
        """Find where a document stands, then have it told. Begins anew when it is under way."""
        if not self._is_on:
            return
        if search := self._searches.pop(world, None):
            search.cancel()
        world.is_told = False
        self._searches[world] = asyncio.get_running_loop().create_task(self._search(world))

    async def _search(self, world: World) -> None:
        for pause_s in _TRIES_AFTER_S:
            await asyncio.sleep(pause_s)
            keeper = self._keeper(world)
            if keeper is None:
                continue
            if not keeper.is_told:
                # Its picture will ask for this one again.
                break
            try:
                element, owner = await self._owners.find(
                    world.frame, session=keeper.session, context=keeper.context
                )
            except (CdpRefused, CdpTimedOut):
                continue
            except CdpClosed:
                break
            world.keeper, world.element, world.owner = keeper, element, owner
            if owner:
                self._start(world)
            # Otherwise the recorder tells of the element when it has met it.
            break
        if self._searches.get(world) is asyncio.current_task():
            del self._searches[world]

    def _start(self, world: World) -> None:
        self._post(world, _RECORD, world.number, world.owner)

    def _post(self, world: World, function: str, *given: object) -> None:
        asked: Params = {
            "functionDeclaration": function,
            "executionContextId": world.context,
            "arguments": [{"value": each} for each in given],
            "returnByValue": True,
        }
        self._cdp.post("Runtime.callFunctionOn", asked, world.session)

    def _say(self, line: dict[str, Any]) -> None:
        if self._is_on:
            self._recorded(json.dumps(line, separators=(",", ":")) + "\n")
