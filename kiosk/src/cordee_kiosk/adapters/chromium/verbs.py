"""The agent's verbs, carried out in the guest one after the other, in the order asked.

A node is looked up at that moment in the recorder's isolated world, so a click lands on what the
agent saw even when the page has moved. Real input goes through Input.*; nothing here waits longer
than its time limit, whatever the page does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any

from cordee_kiosk.adapters.chromium import keys
from cordee_kiosk.adapters.chromium.allow_list import OUTSIDE
from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut, Params
from cordee_kiosk.adapters.chromium.guest import Guest
from cordee_kiosk.adapters.chromium.mirror import MirrorStream
from cordee_kiosk.adapters.chromium.popups import EMPTY_FOR_S
from cordee_kiosk.ports import Unavailable
from cordee_wire import control

_ANSWER_WITHIN_S = 3.0
_TAKEN_WITHIN_S = 0.5
"""How long a slow page may take to notice a click, before it is settled without that."""
_QUIET_S = 0.08
_LEAVES_WITHIN_S = EMPTY_FOR_S + 0.5
"""How long the answer to a click waits for a page that is on its way, or for its new window."""
_CLICKS_MOST = 3
_ACT = "function (...given) { return globalThis.cordeeRecorder.act(...given); }"
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
}
_Pending = tuple[control.Verb, asyncio.Future[control.Done]]


class Verbs:
    """The queue of one guest. What `mirror` tells of a text leaves with the answer."""

    def __init__(self, cdp: Cdp, guest: Guest, mirror: MirrorStream) -> None:
        self._cdp = cdp
        self._guest = guest
        self._mirror = mirror
        self._queue: deque[_Pending] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._current: _Pending | None = None
        self._settling: set[asyncio.Task[None]] = set()
        self._unanswered: list[asyncio.Future[Params]] = []

    @property
    def are_settling(self) -> bool:
        """Whether an answer waits for what the page makes of its verb."""
        return bool(self._settling)

    async def do(self, verb: control.Verb) -> control.Done:
        """Queue a verb and wait for its answer."""
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
        self._unanswered.clear()
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
                code = await self._carry_out(verb)
            except Unavailable as error:
                _resolve(
                    done, control.Done(id=verb.id, ok=False, code=error.code, message=str(error))
                )
                continue
            except (CdpTimedOut, CdpRefused, CdpClosed):
                code = "failed" if self._guest.world else "gone"
            if code == "done" and isinstance(verb, control.Click | control.Press | control.Choose):
                task = asyncio.get_running_loop().create_task(
                    self._settle(verb, done, refusals, [*self._unanswered])
                )
                self._settling.add(task)
                task.add_done_callback(self._settling.discard)
                continue
            _resolve(done, _answer(verb, code))
        self._current = None

    async def _settle(
        self,
        verb: control.Verb,
        done: asyncio.Future[control.Done],
        refusals: int,
        inputs: list[asyncio.Future[Params]],
    ) -> None:
        """Answer once it is known whether the page wanted to go where it may not."""
        try:
            # On a busy box the page may notice the click late: what follows it counts from there.
            if inputs:
                await asyncio.wait(inputs, timeout=_TAKEN_WITHIN_S)
                await self._caught_up()
            refused = await self._guest.leaving.refused_within(
                refusals, quiet_s=_QUIET_S, most_s=_LEAVES_WITHIN_S
            )
        except asyncio.CancelledError:
            _resolve(done, _answer(verb, "done"))
            raise
        _resolve(done, _answer(verb, refused or "done", self._guest.dialogs.said))

    async def _caught_up(self) -> None:
        """Wait until the page has run what the input made it queue, and that has been told."""
        if not self._guest.world:
            return
        asked = {
            "expression": "globalThis.cordeeRecorder.caughtUp()",
            "awaitPromise": True,
            "contextId": self._guest.world,
        }
        # A page that has left or hangs is judged by what it asked for until then.
        with contextlib.suppress(CdpTimedOut, CdpRefused, CdpClosed):
            await self._cdp.call(
                "Runtime.evaluate", asked, self._guest.session, timeout_s=_TAKEN_WITHIN_S
            )

    async def _carry_out(self, verb: control.Verb) -> str:  # noqa: PLR0911 - one line a verb
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
                return _code(await self._act("choose", verb.node, verb.values))
            case control.Tick():
                return _code(await self._act("tick", verb.node, verb.checked))
            case control.Scroll():
                return _code(await self._act("scroll", verb.node, verb.top, verb.left))
            case control.Wheel():
                return await self._wheel(verb)

    async def _act(self, *given: object) -> Any:
        """Ask the recorder's world, once the page has answered the input before."""
        if not self._guest.world:
            return {"code": "gone"}
        await self._answered()
        answer = await self._cdp.call(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": _ACT,
                "executionContextId": self._guest.world,
                "arguments": [{"value": each} for each in given],
                "returnByValue": True,
            },
            self._guest.session,
            timeout_s=_ANSWER_WITHIN_S,
        )
        if "exceptionDetails" in answer:
            return {"code": "failed"}
        return answer["result"].get("value")

    async def _answered(self) -> None:
        """Input and evaluation take different roads to the page: keep them in order."""
        unanswered, self._unanswered = self._unanswered, []
        pending = [each for each in unanswered if not each.done()]
        if pending:
            _, silent = await asyncio.wait(pending, timeout=_ANSWER_WITHIN_S)
            if silent:
                raise CdpTimedOut("Input")

    async def _click(self, verb: control.Click) -> str:
        if verb.node:
            place = await self._act("place", verb.node, verb.x, verb.y)
        else:
            place = await self._act("point", verb.x, verb.y)
        if _code(place) != "done":
            return _code(place)
        at = {"x": place["x"], "y": place["y"]}
        self._input("mouseMoved", {**at, "type": "mouseMoved"})
        # The clicks before it in a row have come as verbs of their own.
        button = {**at, "button": "left", "clickCount": min(max(verb.count, 1), _CLICKS_MOST)}
        self._input("mousePressed", {**button, "type": "mousePressed", "buttons": 1})
        self._input("mouseReleased", {**button, "type": "mouseReleased"})
        return "done"

    async def _wheel(self, verb: control.Wheel) -> str:
        place = await self._act("point", verb.x, verb.y)
        if _code(place) != "done":
            return _code(place)
        turned = {"x": place["x"], "y": place["y"], "deltaX": verb.right, "deltaY": verb.down}
        self._input("mouseWheel", {**turned, "type": "mouseWheel"})
        return "done"

    def _input(self, _kind: str, params: Params) -> None:
        posted = self._cdp.post("Input.dispatchMouseEvent", params, self._guest.session)
        self._unanswered.append(posted)

    async def _type(self, verb: control.Type) -> str:
        whole = await self._act("whole", verb.node, verb.text)
        if whole is not None:
            return _code(whole)
        focus = await self._act("focus", verb.node)
        if _code(focus) != "done":
            return _code(focus)
        self._mirror.hold(verb.id)
        code = "failed"
        try:
            code = await self._write(verb.text)
        finally:
            # What a refused text has changed is told before its refusal.
            if code != "done":
                self._mirror.let_go(verb.id)
        return code

    async def _write(self, text: str) -> str:
        """Insert a text as a keyboard would: pages count characters, and move the focus on.

        A long one is a paste, and goes in whole.
        """
        for number, piece in enumerate(keys.pieces(text)):
            if number and await self._act("secret") is True:
                return "blind"
            await self._cdp.call(
                "Input.insertText",
                {"text": piece},
                self._guest.session,
                timeout_s=_ANSWER_WITHIN_S,
            )
        # What the page makes of it (a mask, a limit) is told before the answer.
        await self._caught_up()
        return "done"

    async def _press(self, verb: control.Press) -> str:
        strokes = keys.strokes(verb.key, shift=verb.shift)
        if strokes is None:
            return "bad_request"
        if verb.key in keys.CHANGES_TEXT and await self._act("secret") is True:
            return "blind"
        for stroke in strokes:
            posted = self._cdp.post("Input.dispatchKeyEvent", stroke, self._guest.session)
            self._unanswered.append(posted)
        return "done"

    async def _go(self, where: str) -> str:
        session = self._guest.session
        await self._guest.free()
        if where == "reload":
            await self._cdp.call("Page.reload", {}, session, timeout_s=_ANSWER_WITHIN_S)
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


def _code(answer: Any) -> str:
    return str(answer.get("code", "failed")) if isinstance(answer, dict) else "failed"


def _answer(verb: control.Verb, code: str, page_said: str = "") -> control.Done:
    if code == "done":
        return control.Done(id=verb.id, ok=True)
    said = _SAYINGS.get(code, _SAYINGS["failed"])
    if page_said and code == "question":
        said = f"La page demande : « {page_said} » La borne a répondu non."
    elif page_said and code in ("alert", "prompt"):
        said = f"{said} Elle dit : « {page_said} »"
    return control.Done(id=verb.id, ok=False, code=_CODES.get(code, code), message=said)


def _resolve(done: asyncio.Future[control.Done], answer: control.Done) -> None:
    if not done.done():
        done.set_result(answer)
