"""The keys an agent may press, as Chromium wants them. Ctrl, Alt, Meta and F-keys do not exist."""

from __future__ import annotations

from cordee_kiosk.adapters.chromium.cdp import Params
from cordee_wire.control import KEYS

_CODES = {
    "Tab": 9,
    "Enter": 13,
    "Backspace": 8,
    "Delete": 46,
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "ArrowUp": 38,
    "ArrowDown": 40,
    "Home": 36,
    "End": 35,
    "PageUp": 33,
    "PageDown": 34,
    "Escape": 27,
    "Space": 32,
}
_TEXTS = {"Enter": "\r", "Space": " "}
_SHIFT = 8
CHANGES_TEXT = frozenset({"Backspace", "Delete", "Space"})
"""Keys that would change what stands in a blind field."""


def strokes(key: str, *, shift: bool) -> list[Params] | None:
    """Return the two Input.dispatchKeyEvent calls of one stroke; None for any other key."""
    if key not in KEYS:
        return None
    stroke = {
        "key": _TEXTS[key] if key == "Space" else key,
        "code": key,
        "windowsVirtualKeyCode": _CODES[key],
        "modifiers": _SHIFT if shift else 0,
    }
    text = _TEXTS.get(key)
    down = {**stroke, "type": "keyDown", "text": text} if text else {**stroke, "type": "rawKeyDown"}
    return [down, {**stroke, "type": "keyUp"}]
