"""What a verb asks of the recorders: in which frame a node is, what has the focus, where it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.worlds import World, Worlds

ANSWER_WITHIN_S = 3.0
TAKEN_WITHIN_S = 0.5
"""How long a slow page may take to notice an input, before it is settled without that."""
_PAINTED_WITHIN_S = 0.3
_FOCUS_WITHIN_S = 0.6
_ARRIVES_WITHIN_S = 2.0
_NEAR_PX = 2.0
"""Chromium rounds the places of events, and a drawn frame may be smaller than it is laid out."""
_DEPTH_MOST = 16
_ACT = "function (...given) { return globalThis.cordeeRecorder.act(...given); }"
_PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_CAUGHT_UP = "globalThis.cordeeRecorder.caughtUp()"
_GONE = {"code": "gone"}
_COVERED = {"code": "covered"}
_Point = tuple[float, float]


class Asking:
    """Asks the worlds of one guest. Input that the pages have not answered yet is waited for.

    Everything raises CdpTimedOut, CdpRefused or CdpClosed, after three seconds at most a question.
    """

    def __init__(self, cdp: Cdp, worlds: Worlds) -> None:
        self._cdp = cdp
        self._worlds = worlds
        self._inputs: list[tuple[str, asyncio.Future[Params]]] = []

    @property
    def inputs(self) -> list[asyncio.Future[Params]]:
        """What was put in and may not have been answered."""
        return [each for _, each in self._inputs]

    def note_input(self, world: World, answer: asyncio.Future[Params]) -> None:
        """Note an input that goes to the page of `world`."""
        self._inputs.append((world.session, answer))

    def forget_inputs(self) -> None:
        """Wait for no input."""
        self._inputs.clear()

    async def act(self, world: World | None, *given: object) -> Any:
        """Ask a recorder, once its page has answered the input before."""
        if world is None:
            return _GONE
        await self._answered(world)
        asked: Params = {
            "functionDeclaration": _ACT,
            "executionContextId": world.context,
            "arguments": [{"value": each} for each in given],
            "returnByValue": True,
        }
        answer = await self._cdp.call(
            "Runtime.callFunctionOn", asked, world.session, timeout_s=ANSWER_WITHIN_S
        )
        if "exceptionDetails" in answer:
            return {"code": "failed"}
        return answer["result"].get("value")

    async def caught_up(self, world: World | None) -> None:
        """Wait until a page has run what the input made it queue, and that has been told."""
        if world is None:
            return
        # A page that has left or hangs is judged by what it asked for until then.
        with contextlib.suppress(CdpTimedOut, CdpRefused, CdpClosed):
            await self._promised(world, _CAUGHT_UP, TAKEN_WITHIN_S)

    async def focused(self) -> tuple[World | None, str]:
        """Return the world that the keys go to; and `done`, or `blind` for what may be a secret.

        Frames in processes of their own hear of the focus late: they are asked again for a while.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + _FOCUS_WITHIN_S
        while True:
            world, word = await self._focused()
            if word != "elsewhere":
                return world, word
            if loop.time() > ends_at:
                return None, "blind"

    async def _focused(self) -> tuple[World | None, str]:
        world = self._worlds.top
        for _ in range(_DEPTH_MOST):
            if world is None:
                break
            answer = await self.act(world, "active")
            if code(answer) != "frame":
                return world, code(answer)
            # What nobody records may hold anything.
            world = self._worlds.inside(world, int(answer["id"]))
        return None, "blind" if self._worlds.top else "gone"

    async def focus(self, world: World, node: int) -> str:
        """Give a field the focus, and wait until the frames above know of it."""
        answer = await self.act(world, "focus", node)
        if code(answer) != "done" or not self._worlds.has_frames:
            return code(answer)
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + _FOCUS_WITHIN_S
        while (await self.focused())[0] is not world:
            # Frames in processes of their own hear of it late; asked again, each turn is a task.
            if loop.time() > ends_at:
                return "failed"
        return "done"

    async def place(self, world: World | None, node: int, x: float, y: float) -> Params:
        """Return where to click, as {code, x, y, own}.

        In the top page's CSS pixels; `own` is the same place in those of the frame.
        """
        found = await self._place(world, node, x, y)
        if world is None or world is self._worlds.top or code(found) != "covered":
            return found
        # Out of sight in a frame above, or truly covered: looked at again once it is in view.
        if code(shown := await self.act(world, "reveal", node)) != "done":
            return dict(shown)
        await self._painted(world)
        return await self._place(world, node, x, y)

    async def arrives(self, world: World, own: _Point, move: Callable[[], None]) -> bool:
        """Move the pointer until the frame feels it at this place; False when it does not.

        Chromium finds the process below the pointer by what it has drawn last, so that just after
        scrolling a click may go to another.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + _ARRIVES_WITHIN_S
        while True:
            move()
            felt = await self.act(world, "pointer")
            if code(felt) == "done" and _is_near(own, (float(felt["x"]), float(felt["y"]))):
                return True
            if loop.time() > ends_at:
                return False
            await self._painted(world)

    async def _place(self, world: World | None, node: int, x: float, y: float) -> Params:
        found = await self.act(world, "place", node, x, y)
        if world is None or code(found) != "done":
            return dict(found) if isinstance(found, dict) else {"code": "failed"}
        own = at = (float(found["x"]), float(found["y"]))
        while world is not self._worlds.top:
            keeper = world.keeper
            if keeper is None or self._worlds.find_number(keeper.number) is None:
                return dict(_GONE)
            at = await self._through(world, keeper, at)
            above = await self.act(keeper, "over", world.owner, *at)
            if code(above) != "done":
                return dict(above) if isinstance(above, dict) else {"code": "failed"}
            world = keeper
        return {"code": "done", "x": at[0], "y": at[1], "own": own}

    async def _through(self, world: World, keeper: World, at: _Point) -> _Point:
        """Turn a place in a frame into the same place in the document around it."""
        u, v = await self._share(world, at)
        corner = await self._corners(world, keeper)
        spot = corner[0] + u * corner[1] + v * corner[2]
        if keeper.keeper is None or keeper.keeper.session != keeper.session:
            return spot.real, spot.imag
        # Chromium counts from the outermost document of a process, the recorder from its own.
        corner = await self._corners(keeper, keeper.keeper)
        u, v = _shares(spot - corner[0], corner[1], corner[2])
        size = await self.act(keeper, "size")
        return u * float(size["width"]), v * float(size["height"])

    async def _share(self, world: World, at: _Point) -> _Point:
        size = await self.act(world, "size")
        return at[0] / max(float(size["width"]), 1), at[1] / max(float(size["height"]), 1)

    async def _corners(self, world: World, keeper: World) -> tuple[complex, complex, complex]:
        """Return a frame's first corner and its two sides, as the page draws them."""
        asked: Params = {"backendNodeId": world.element}
        answer = await self._cdp.call(
            "DOM.getBoxModel", asked, keeper.session, timeout_s=ANSWER_WITHIN_S
        )
        quad = [float(each) for each in answer["model"]["content"]]
        first, right, _, below = (complex(*quad[i : i + 2]) for i in range(0, 8, 2))
        return first, right - first, below - first

    async def _painted(self, world: World) -> None:
        """Wait until what has moved is drawn: Chromium looks there for whom a click is."""
        chain = [world]
        while chain[-1].keeper is not None and len(chain) < _DEPTH_MOST:
            chain.append(chain[-1].keeper)
        waits = [self._promised(each, _PAINTED, _PAINTED_WITHIN_S) for each in chain]
        await asyncio.gather(*waits, return_exceptions=True)

    async def _promised(self, world: World, expression: str, within_s: float) -> None:
        asked: Params = {
            "expression": expression,
            "awaitPromise": True,
            "contextId": world.context,
        }
        await self._cdp.call("Runtime.evaluate", asked, world.session, timeout_s=within_s)

    async def _answered(self, world: World) -> None:
        """Input and evaluation take different roads to the page: keep them in order."""
        inputs, self._inputs = self._inputs, []
        own = [each for session, each in inputs if session == world.session and not each.done()]
        others = [each for session, each in inputs if session != world.session and not each.done()]
        if others:
            # A frame that hangs must not stop the page around it.
            await asyncio.wait(others, timeout=TAKEN_WITHIN_S)
        if own:
            _, silent = await asyncio.wait(own, timeout=ANSWER_WITHIN_S)
            if silent:
                raise CdpTimedOut("Input")


def code(answer: Any) -> str:
    """Return the word of a recorder's answer."""
    return str(answer.get("code", "failed")) if isinstance(answer, dict) else "failed"


def _is_near(one: _Point, other: _Point) -> bool:
    return all(abs(a - b) <= _NEAR_PX for a, b in zip(one, other, strict=True))


def _shares(spot: complex, right: complex, below: complex) -> _Point:
    """Return how much of each side leads to `spot`."""
    area = right.real * below.imag - right.imag * below.real
    if area == 0:
        return 0.0, 0.0
    u = (spot.real * below.imag - spot.imag * below.real) / area
    v = (right.real * spot.imag - right.imag * spot.real) / area
    return u, v
