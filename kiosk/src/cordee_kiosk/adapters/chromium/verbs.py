"""The agent's verbs, carried out in the guest one after the other, in the order asked.

A node is looked up at that moment in the recorder's isolated world, so a click lands on what the
agent saw even when the page has moved. Real input goes through Input.*; nothing here waits longer
than its time limit, whatever the page does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from cordee_kiosk.adapters.chromium import keys
from cordee_kiosk.adapters.chromium.allow_list import OUTSIDE
from cordee_kiosk.adapters.chromium.asking import ANSWER_WITHIN_S, TAKEN_WITHIN_S, Asking, code
from cordee_kiosk.adapters.chromium.attachments import (
    ATTACH_CODES,
    ATTACH_SAYINGS,
    Attachments,
)
from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.guest import Guest
from cordee_kiosk.adapters.chromium.mirror import MirrorStream
from cordee_kiosk.adapters.chromium.paper_files import PaperFiles
from cordee_kiosk.adapters.chromium.popups import EMPTY_FOR_S
from cordee_kiosk.adapters.chromium.worlds import World
from cordee_kiosk.ports import Unavailable
from cordee_wire import control

_QUIET_S = 0.08
_LEAVES_WITHIN_S = EMPTY_FOR_S + 0.5
"""How long the answer to a click waits for a page that is on its way, or for its new window."""
_CLICKS_MOST = 3
_SAYINGS = {
    "gone": "Cet endroit de la page n’est plus là. Regardez la page, puis recommencez.",
    "covered": "Cet endroit de la page est caché. Regardez la page, puis recommencez.",
    "hidden": "L’image est cachée : un champ secret est rempli. Revenez à la copie de la page pour "
    "continuer.",
    "blind": "Ce champ est secret : seule la personne à la borne peut le remplir.",
    "bad_request": "Cela ne peut pas se faire ici. Choisissez un autre endroit de la page.",
    "outside": OUTSIDE,
    "form_elsewhere": "La page veut envoyer ce formulaire dans une autre fenêtre : la borne n’en "
    "ouvre pas. Cherchez un autre chemin dans la page.",
    "empty_window": "La page a ouvert une fenêtre vide : elle est refermée. Cherchez un autre "
    "chemin dans la page.",
    "alert": "La page a affiché un message, que la borne a fermé.",
    "question": "La page a posé une question ; la borne a répondu non, la page reste où elle est.",
    "prompt": "La page a demandé un texte ; la borne n’a rien répondu.",
    "failed": "La page ne répond pas. Attendez un instant, ou rechargez-la.",
    "stopped": "C’est arrêté : vous n’avez plus la main. Demandez-la de nouveau si besoin.",
    "nowhere": "Il n’y a pas de page dans cette direction.",
    **ATTACH_SAYINGS,
}
_CODES = {
    "covered": "gone",
    "hidden": "blind",
    "stopped": "no_grant",
    "nowhere": "bad_request",
    "form_elsewhere": "outside",
    "empty_window": "outside",
    "alert": "dialog",
    "prompt": "dialog",
    **ATTACH_CODES,
}
_Watched = control.Click | control.Press | control.Choose
_Pending = tuple[control.Verb, asyncio.Future[control.Done]]


class Verbs:
    """The queue of one guest. What `mirror` tells of a text leaves with the answer."""

    def __init__(self, cdp: Cdp, guest: Guest, mirror: MirrorStream, files: PaperFiles) -> None:
        self._cdp = cdp
        self._guest = guest
        self._mirror = mirror
        self._queue: deque[_Pending] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._current: _Pending | None = None
        self._settling: set[asyncio.Task[None]] = set()
        self._asking = Asking(cdp, guest.worlds)
        self._attaching = Attachments(cdp, guest, self._asking, files)

    @property
    def are_settling(self) -> bool:
        """Whether an answer waits for what the page makes of its verb."""
        return bool(self._settling)

    async def do(self, verb: control.Verb, papers: Sequence[bytes] = ()) -> control.Done:
        """Queue a verb and wait for its answer."""
        if isinstance(verb, control.Attach):
            self._attaching.hold(verb.id, papers)
        done: asyncio.Future[control.Done] = asyncio.get_running_loop().create_future()
        self._queue.append((verb, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._work())
        return await done

    def halt(self) -> None:
        """Drop everything at once. What waited is answered with `no_grant`."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None
        for task in self._settling:
            task.cancel()
        waiting = [*self._queue] if self._current is None else [self._current, *self._queue]
        self._queue.clear()
        self._current = None
        self._asking.forget_inputs()
        self._attaching.drop()
        for verb, done in waiting:
            _resolve(done, _answer(verb, "stopped"))

    async def _work(self) -> None:
        while self._queue:
            self._current = self._queue.popleft()
            verb, done = self._current
            refusals = self._guest.leaving.refusals
            if isinstance(verb, control.Click | control.Press | control.Choose) and verb.yes:
                self._guest.dialogs.agree()
            try:
                came_to = await self._carry_out(verb)
            except Unavailable as error:
                _resolve(
                    done, control.Done(id=verb.id, ok=False, code=error.code, message=str(error))
                )
                continue
            except (CdpTimedOut, CdpRefused, CdpClosed):
                came_to = "failed" if self._guest.world else "gone"
            if came_to == "done" and isinstance(verb, _Watched):
                task = asyncio.get_running_loop().create_task(
                    self._settle(verb, done, refusals, self._asking.inputs)
                )
                self._settling.add(task)
                task.add_done_callback(self._settling.discard)
                continue
            _resolve(done, _answer(verb, came_to))
        self._current = None

    async def _settle(
        self,
        verb: _Watched,
        done: asyncio.Future[control.Done],
        refusals: int,
        inputs: list[asyncio.Future[Params]],
    ) -> None:
        """Answer once it is known whether the page wanted to go where it may not."""
        try:
            # On a busy box the page may notice the click late: what follows it counts from there.
            if inputs:
                await asyncio.wait(inputs, timeout=TAKEN_WITHIN_S)
                node = self._guest.worlds.focus if isinstance(verb, control.Press) else verb.node
                await self._asking.caught_up(self._world_of(node) or self._guest.worlds.top)
            refused = await self._guest.leaving.refused_within(
                refusals, quiet_s=_QUIET_S, most_s=_LEAVES_WITHIN_S
            )
        except asyncio.CancelledError:
            _resolve(done, _answer(verb, "done"))
            raise
        _resolve(done, _answer(verb, refused or "done", self._guest.dialogs.said))

    async def _carry_out(self, verb: control.Verb) -> str:  # noqa: C901, PLR0911 - one line a verb
        match verb:
            case control.Open():
                await self._guest.navigate(verb.url)
                return "done"
            case control.Go():
                return await self._go(verb.where)
            case control.Click():
                return await self._click(verb)
            case control.Type():
                return await self._type(verb)
            case control.Press():
                return await self._press(verb)
            case control.Choose():
                return await self._do(verb.node, "choose", verb.values)
            case control.Tick():
                return await self._do(verb.node, "tick", verb.checked)
            case control.Attach():
                return await self._attaching.attach(verb)
            case control.Scroll():
                return await self._do(verb.node, "scroll", verb.top, verb.left)
            case control.Wheel():
                return await self._wheel(verb)
            case control.Hover():
                return await self._hover(verb)

    def _world_of(self, node: int) -> World | None:
        """Return the world that a node is in; 0 is the page itself."""
        return self._guest.worlds.find(node) if node else self._guest.worlds.top

    async def _do(self, node: int, what: str, *given: object) -> str:
        return code(await self._asking.act(self._world_of(node), what, node, *given))

    async def _click(self, verb: control.Click) -> str:
        world = self._world_of(verb.node)
        if verb.node:
            place = await self._asking.place(world, verb.node, verb.x, verb.y)
        else:
            place = await self._asking.act(world, "point", verb.x, verb.y)
        if world is None or code(place) != "done":
            return code(place)
        at = {"x": place["x"], "y": place["y"]}

        def move() -> None:
            self._input(world, {**at, "type": "mouseMoved"})

        if world.session == self._guest.session:
            move()
        elif not await self._asking.arrives(world, place["own"], move):
            return "covered"
        # The clicks before it in a row have come as verbs of their own.
        button = {**at, "button": "left", "clickCount": min(max(verb.count, 1), _CLICKS_MOST)}
        self._input(world, {**button, "type": "mousePressed", "buttons": 1})
        self._input(world, {**button, "type": "mouseReleased"})
        return "done"

    async def _hover(self, verb: control.Hover) -> str:
        world = self._world_of(verb.node)
        place = await self._asking.rest(world, verb.node, verb.x, verb.y)
        if world is not None and code(place) == "done":
            self._input(world, {"x": place["x"], "y": place["y"], "type": "mouseMoved"})
        return "done"

    async def _wheel(self, verb: control.Wheel) -> str:
        world = self._guest.worlds.top
        place = await self._asking.act(world, "point", verb.x, verb.y)
        if world is None or code(place) != "done":
            return code(place)
        turned = {"x": place["x"], "y": place["y"], "deltaX": verb.right, "deltaY": verb.down}
        self._input(world, {**turned, "type": "mouseWheel"})
        return "done"

    def _input(self, world: World, params: Params) -> None:
        # Chromium itself finds the frame that lies there.
        posted = self._cdp.post("Input.dispatchMouseEvent", params, self._guest.session)
        self._asking.note_input(world, posted)

    async def _type(self, verb: control.Type) -> str:
        if verb.node:
            world, came_to = self._guest.worlds.find(verb.node), "done"
        else:
            world, came_to = await self._asking.focused()
        if world is None or came_to != "done":
            return came_to if came_to != "done" else "gone"
        whole = await self._asking.act(world, "whole", verb.node, verb.text)
        if code(whole) == "struck":
            return await self._strike(world, verb.text)
        if whole is not None:
            return code(whole)
        came_to = await self._asking.focus(world, verb.node)
        if came_to != "done":
            return came_to
        self._mirror.hold(verb.id)
        came_to = "failed"
        try:
            came_to = await self._write(world, verb.text)
        finally:
            # What a refused text has changed is told before its refusal.
            if came_to != "done":
                self._mirror.let_go(verb.id)
        return came_to

    async def _strike(self, world: World, text: str) -> str:
        """Press the keys of a text: lists look for it, and dates take it part by part."""
        for piece in keys.pieces(text):
            stroke = {"type": "char", "text": piece}
            await self._cdp.call(
                "Input.dispatchKeyEvent", stroke, world.session, timeout_s=ANSWER_WITHIN_S
            )
        return "done"

    async def _write(self, world: World, text: str) -> str:
        """Insert a text as a keyboard would: pages count characters, and move the focus on.

        A long one is a paste, and goes in whole.
        """
        for number, piece in enumerate(keys.pieces(text)):
            if number:
                found, came_to = await self._asking.focused()
                if found is None or came_to != "done":
                    return came_to
                world = found
            await self._cdp.call(
                "Input.insertText", {"text": piece}, world.session, timeout_s=ANSWER_WITHIN_S
            )
        # What the page makes of it (a mask, a limit) is told before the answer.
        await self._asking.caught_up(world)
        return "done"

    async def _press(self, verb: control.Press) -> str:
        strokes = keys.strokes(verb.key, shift=verb.shift)
        if strokes is None:
            return "bad_request"
        world = self._world_of(self._guest.worlds.focus) or self._guest.worlds.top
        if verb.key in keys.CHANGES_TEXT:
            world, came_to = await self._asking.focused()
            if came_to != "done":
                return came_to
        for stroke in strokes:
            posted = self._cdp.post("Input.dispatchKeyEvent", stroke, self._guest.session)
            if world is not None:
                self._asking.note_input(world, posted)
        return "done"

    async def _go(self, where: str) -> str:
        session = self._guest.session
        await self._guest.free()
        if where == "reload":
            await self._cdp.call("Page.reload", {}, session, timeout_s=ANSWER_WITHIN_S)
            return "done"
        history = await self._cdp.call("Page.getNavigationHistory", {}, session)
        index = history["currentIndex"] + {"back": -1, "forward": 1}.get(where, 0)
        entries = history["entries"]
        is_there = 0 <= index < len(entries) and entries[index]["url"] != "about:blank"
        if not is_there or where not in ("back", "forward"):
            return "nowhere"
        entry = {"entryId": entries[index]["id"]}
        await self._cdp.call("Page.navigateToHistoryEntry", entry, session)
        return "done"


def _answer(verb: control.Verb, word: str, page_said: str = "") -> control.Done:
    if word == "done":
        return control.Done(id=verb.id, ok=True)
    said = _SAYINGS.get(word, _SAYINGS["failed"])
    if page_said and word == "question":
        said = f"La page demande : « {page_said} » La borne a répondu non."
    elif page_said and word in ("alert", "prompt"):
        said = f"{said} Elle dit : « {page_said} »"
    return control.Done(id=verb.id, ok=False, code=_CODES.get(word, word), message=said)


def _resolve(done: asyncio.Future[control.Done], answer: control.Done) -> None:
    if not done.done():
        done.set_result(answer)
