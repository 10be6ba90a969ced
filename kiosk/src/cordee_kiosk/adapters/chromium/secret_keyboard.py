"""The citizen's own keyboard at the guest's end: which blind field has the focus, and its strokes.

Characters go to the recorder's isolated world, which writes them in the task that has seen where
the focus is (decision 0020). What blind fields have held is kept here for as long as the guest
lives, so that the next document of the visit knows what must not leave it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import structlog

from cordee_kiosk.adapters.chromium.cdp import Cdp
from cordee_kiosk.adapters.chromium.guest_scripts import GuestScripts
from cordee_kiosk.adapters.chromium.kept_secrets import LONGEST
from cordee_kiosk.adapters.chromium.worlds import World
from cordee_kiosk.browsing import GuestAtSecret
from cordee_kiosk.ports import Key

KEPT_MOST = 100
WAITING_MOST = 64
"""Strokes that a page may leave unanswered: one that hangs gets no more."""
_TYPE = "function (...given) { return globalThis.cordeeRecorder.typeSecret(...given); }"
_RECALL = "function (values) { globalThis.cordeeRecorder.recall(values); }"
_STAGE_KEYS = {"Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowRight": 39, "Space": 32}
_STAGE_TEXTS = {"Enter": "\r", "Space": " "}
_SHIFT = 8

_log = structlog.get_logger(__name__)


class _Told(msgspec.Struct):
    field: int = 0
    kind: str = ""
    pad: str = ""
    typed: int = 0
    kept: str = ""


class SecretKeyboard:
    """One guest's. `told` is called when another blind field has the focus, or none."""

    def __init__(self, cdp: Cdp, told: Callable[[GuestAtSecret], None]) -> None:
        self._cdp = cdp
        self._told = told
        self._kept: dict[str, None] = {}
        self._waiting = 0
        self._at: World | None = None

    def heard(self, world: World, text: str) -> None:
        """Take what a recorder tells: where the focus is, or a value to remember."""
        try:
            told = msgspec.json.decode(text, type=_Told)
        except msgspec.MsgspecError:
            _log.warning("secret_malformed")
            return
        if len(told.kept) > LONGEST:
            return
        if told.kept:
            self._kept[told.kept] = None
            if len(self._kept) > KEPT_MOST:
                del self._kept[next(iter(self._kept))]
            return
        # Frames tell in any order: one that lost the focus says nothing about another that has it.
        is_here = self._at is None or self._at is world or self._at.is_gone
        if not told.field and not is_here:
            return
        self._at = world if told.field else None
        self._told(GuestAtSecret(told.field, told.kind, told.pad, told.typed))

    def world_made(self, world: World) -> None:
        """Let a new document know what must not leave it, before it tells anything."""
        if self._kept:
            self._call(world, _RECALL, list(self._kept))

    def type(self, *, field: int, text: str, key: str) -> None:
        """Write in the blind field with this number, if it has the focus at that moment."""
        if self._waiting < WAITING_MOST and self._at is not None:
            self._call(self._at, _TYPE, field, text, key)

    def _call(self, world: World, function: str, *given: object) -> None:
        self._waiting += 1
        answer = self._cdp.post(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": function,
                "executionContextId": world.context,
                "arguments": [{"value": each} for each in given],
                "returnByValue": True,
                # A page may ask for a gesture before it lets a field be left or written.
                "userGesture": True,
            },
            world.session,
        )
        answer.add_done_callback(lambda _: self._answered())

    def _answered(self) -> None:
        self._waiting -= 1


def press_stage(cdp: Cdp, session: str, key: Key) -> None:
    """Let the stage have a stroke: it is used by keyboard too, and types no text."""
    name = "Space" if key.text == " " else key.name
    if name not in _STAGE_KEYS:
        return
    written = _STAGE_TEXTS.get(name)
    stroke = {
        "key": " " if name == "Space" else name,
        "code": name,
        "windowsVirtualKeyCode": _STAGE_KEYS[name],
        "modifiers": _SHIFT if key.shift else 0,
    }
    down = {**stroke, "type": "keyDown", "text": written} if written else {**stroke}
    for each in ({"type": "rawKeyDown", **down}, {**stroke, "type": "keyUp"}):
        cdp.post("Input.dispatchKeyEvent", each, session)


def with_rules(scripts: GuestScripts, rules: list[str]) -> GuestScripts:
    """Return the scripts with the partner's own blind fields, told before the recorder begins."""
    if not rules:
        return scripts
    told = msgspec.json.encode(rules).decode()
    return replace(scripts, recorder=f"globalThis.cordeeBlindRules = {told};\n{scripts.recorder}")
