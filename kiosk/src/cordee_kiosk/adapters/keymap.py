"""What a stroke of the physical keyboard means: X keysyms into characters, dead keys included.

Sources: the X protocol's appendix A (keysyms) and chapter 5 (keyboards), XKB's core mapping.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from Xlib import X

from cordee_kiosk.ports import Key

_NAMED = {
    0xFF08: "Backspace",
    0xFF09: "Tab",
    0xFE20: "Tab",
    0xFF0D: "Enter",
    0xFF8D: "Enter",
    0xFF51: "ArrowLeft",
    0xFF53: "ArrowRight",
}
_DEAD = {
    0xFE50: "\u0300",
    0xFE51: "\u0301",
    0xFE52: "\u0302",
    0xFE53: "\u0303",
    0xFE57: "\u0308",
    0xFE58: "\u030a",
    0xFE5A: "\u030c",
    0xFE5B: "\u0327",
}
_OWN_SIGN = {"\u0300": "`", "\u0301": "´", "\u0302": "^", "\u0303": "~", "\u0308": "¨"}
_OLD = {0x20AC: "€", 0x13BC: "Œ", 0x13BD: "œ", 0x13BE: "Ÿ", 0xFFBD: "="}
"""Keysyms from before Unicode, as the layouts of French-speaking countries have them."""
_KEYPAD = range(0xFFAA, 0xFFBA)
"""KP_Multiply to KP_9: 0x80 above the ASCII sign that they stand for, in its lowest byte."""
_KEYPAD_ALL = range(0xFF80, 0xFFBE)
_UNICODE = range(0x0100_0100, 0x0111_0000)
_DROPPED = X.ControlMask | X.Mod1Mask | X.Mod4Mask
"""Ctrl, Alt, Meta: no shortcut is typed into a secret."""
_MODIFIERS = (range(0xFFE1, 0xFFEF), range(0xFF7F, 0xFF80), range(0xFE01, 0xFE14))
"""Shift_L to Hyper_R, Num_Lock, and XKB's own (ISO_Lock to ISO_Level5_Lock)."""
_LEFT_TAB = 0xFE20
"""ISO_Left_Tab: Tab with Shift."""
_LATIN_1 = (range(0x20, 0x7F), range(0xA0, 0x100))
_LEVEL_3 = (0xFE03, 0xFF7E)
"""ISO_Level3_Shift and Mode_switch: AltGr."""


class Keymap:
    """Remembers a dead key until the next stroke.

    `keysym_of(code, index)` reads the core mapping: two groups of two levels, then AltGr's two;
    `level_3` is the modifier that AltGr sets, 0 where there is none.
    """

    def __init__(self, keysym_of: Callable[[int, int], int], *, level_3: int) -> None:
        self._keysym_of = keysym_of
        self._level_3 = level_3
        self._dead = ""

    def read(self, code: int, state: int) -> Key | None:
        """Return what a press means; None when it types nothing (yet)."""
        keysym = self._keysym(code, state)
        if _is_modifier(keysym) or keysym == X.NoSymbol:
            return None
        dead, self._dead = self._dead, ""
        if state & _DROPPED & ~self._level_3:
            return None
        if name := _NAMED.get(keysym):
            return Key(name=name, shift=bool(state & X.ShiftMask) or keysym == _LEFT_TAB)
        if accent := _DEAD.get(keysym):
            if dead == accent:
                return Key(text=_OWN_SIGN.get(accent, ""))
            self._dead = accent
            return None
        sign = character(keysym)
        return Key(text=_composed(dead, sign)) if sign else None

    def _keysym(self, code: int, state: int) -> int:
        is_shifted = bool(state & X.ShiftMask)
        group = (state >> 13) & 1
        base = 4 if state & self._level_3 else 2 * group
        first, second = self._keysym_of(code, base), self._keysym_of(code, base + 1)
        if base and not first:
            # No third level, or no second group, on this key: as if it had not been asked for.
            first, second = self._keysym_of(code, 0), self._keysym_of(code, 1)
        if second in _KEYPAD_ALL:
            has_digits = bool(state & X.Mod2Mask) != is_shifted
            return second if has_digits else first
        if state & X.LockMask and character(first).isalpha():
            is_shifted = not is_shifted
        if is_shifted:
            upper = character(first).upper()
            return second or (ord(upper) if len(upper) == 1 else first)
        return first


def level_3_of(modifiers: Sequence[Sequence[int]], keysym_of: Callable[[int, int], int]) -> int:
    """Return the mask of the modifier (of Mod1 to Mod5) that AltGr sets; 0: none does."""
    for number in range(3, len(modifiers)):
        if any(keysym_of(code, 0) in _LEVEL_3 for code in modifiers[number] if code):
            return 1 << number
    return 0


def character(keysym: int) -> str:
    """Return the character of a keysym, empty when it has none."""
    if any(keysym in each for each in _LATIN_1):
        return chr(keysym)
    if keysym in _UNICODE:
        return chr(keysym - 0x0100_0000)
    if keysym in _KEYPAD:
        return chr(keysym - 0xFF80)
    return _OLD.get(keysym, "")


def _composed(accent: str, sign: str) -> str:
    if not accent:
        return sign
    if sign == " ":
        return _OWN_SIGN.get(accent, sign)
    whole = unicodedata.normalize("NFC", sign + accent)
    return whole if len(whole) == 1 else _OWN_SIGN.get(accent, "") + sign


def _is_modifier(keysym: int) -> bool:
    return keysym in _LEVEL_3 or any(keysym in each for each in _MODIFIERS)
