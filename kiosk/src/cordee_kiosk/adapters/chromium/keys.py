"""The keys an agent may press, as Chromium wants them. Ctrl, Alt, Meta and F-keys do not exist."""

from __future__ import annotations

import unicodedata

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
TYPED_MOST = 100
"""Characters in a row that a person has typed at most; more came from a clipboard."""
_JOINER, _TONES = "\u200d", range(0x1F3FB, 0x1F400)
"""What joins two signs into one (Unicode, UAX 29), and what colours the one before."""
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


def pieces(text: str) -> list[str]:
    """Return a text as the strokes that write it: a sign with its marks each, or a whole paste."""
    if len(text) > TYPED_MOST:
        return [text]
    found: list[str] = []
    for sign in text:
        is_mark = unicodedata.category(sign).startswith("M") or ord(sign) in _TONES
        if found and (is_mark or sign == _JOINER or found[-1].endswith(_JOINER)):
            found[-1] += sign
        else:
            found.append(sign)
    return found
