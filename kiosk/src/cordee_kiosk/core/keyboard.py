"""The citizen's own keyboard: it lives only inside a blind field that has the focus (DESIGN 5.7).

While the partner's page is there no stroke of the physical keyboard reaches it by itself. What the
citizen types goes through here, on its way to one field, and nothing of it is kept.
"""

from __future__ import annotations

import msgspec

from cordee_kiosk.core import words
from cordee_kiosk.core.commands import (
    Command,
    HoldKeyboard,
    PressOnStage,
    Reject,
    SayPrompt,
    TypeSecret,
)
from cordee_kiosk.core.control import say
from cordee_kiosk.core.events import KeyPressed, SecretFocused
from cordee_kiosk.core.visit import Visit
from cordee_wire import control, stage

CHARACTER_MOST = 8
"""UTF-16 units of one character with its marks."""
_ENDS = ("Tab", "Enter")
_EDITS = ("Backspace", "ArrowLeft", "ArrowRight")


class Keyboard:
    """Open while a blind field has the focus, the page may be seen, and nothing is being asked."""

    def __init__(self) -> None:
        """Begin closed, the physical keyboard free."""
        self._at = SecretFocused()
        self._is_held = False
        self._is_open = False
        self._was_interrupted = False
        self._told = ""

    def take(self, event: SecretFocused | KeyPressed) -> list[Command]:
        """Note where the focus is, or take a stroke of the physical keyboard."""
        match event:
            case SecretFocused(kind=kind, field=number):
                is_known = kind in stage.SECRET_KINDS and number > 0
                self._at = event if is_known else SecretFocused()
                return []
            case KeyPressed() if not self._is_open:
                pressed = PressOnStage(text=event.text, name=event.name, shift=event.shift)
                # Meant for the field that a request has just closed: it must not answer that.
                return [] if self._was_interrupted else [pressed]
            case KeyPressed(name=name) if name in _ENDS:
                return [TypeSecret(self._at.field, key="Done")]
            case KeyPressed(name=name) if name in _EDITS:
                return [TypeSecret(self._at.field, key=name)]
            case KeyPressed(text=text) if text:
                return [TypeSecret(self._at.field, text=text)]
            case _:
                return []

    def touched(self, message: stage.SecretTyped) -> list[Command]:
        """Take a touch on the stage's keyboard."""
        if not self._is_open or message.field != self._at.field:
            return [Reject("secret_gone")]
        if message.key in stage.SECRET_KEYS and not message.text:
            return [TypeSecret(self._at.field, key=message.key)]
        text = message.text
        if message.key or not text.isprintable() or not 0 < len(text) <= CHARACTER_MOST:
            return [Reject("secret_malformed")]
        return [TypeSecret(self._at.field, text=text)]

    def follow(self, visit: Visit | None) -> list[Command]:
        """Open, close, hold and let go as the visit now asks. Called after every event."""
        leave = visit.control if visit is not None and not visit.is_over else None
        is_there = leave is not None and leave.guest != "none"
        commands: list[Command] = []
        if is_there != self._is_held:
            self._is_held = is_there
            commands.append(HoldKeyboard(is_held=is_there))
        if not is_there:
            self._at = SecretFocused()
        if visit is None or leave is None:
            self._is_open, self._told = False, ""
            return commands
        is_asked = leave.request is not None or visit.asks_end
        was_open = self._is_open
        self._is_open = self._at.field != 0 and leave.shows_guest and not is_asked
        is_spoken = leave.request is not None and leave.request.state == "speaking"
        self._was_interrupted = is_spoken and (was_open or self._was_interrupted)
        kind = self._at.kind if self._is_open else ""
        if kind == self._told:
            return commands
        self._told = kind
        commands.append(say(control.SecretAsked(kind=kind)))
        if kind:
            commands.append(SayPrompt(0, words.type_secret(kind, visit.entry)))
        return commands

    def shown(self, show: stage.Show) -> stage.Show:
        """Return the view with the keyboard in it."""
        if not self._is_open:
            return show
        at = self._at
        typed = min(max(at.typed, 0), stage.SECRET_DOTS_MOST)
        return msgspec.structs.replace(
            show, secret=at.field, secret_kind=at.kind, secret_pad=at.pad, secret_typed=typed
        )
