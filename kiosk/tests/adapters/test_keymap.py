"""On the core mapping of the French layout (`xmodmap -pke` of setxkbmap fr), as recorded."""

from __future__ import annotations

import pytest
from Xlib import X

from cordee_kiosk.adapters.keymap import Keymap, character, level_3_of
from cordee_kiosk.ports import Key

ALT_GR = X.Mod5Mask
FRENCH: dict[int, tuple[int, ...]] = {
    11: (0xE9, 0x32, 0xE9, 0x32, 0xFE53),  # eacute 2 … dead_tilde
    18: (0xE7, 0x39, 0xE7, 0x39, 0xFE5A),  # ccedilla 9
    19: (0xE0, 0x30, 0xE0, 0x30, 0x40),  # agrave 0 … at
    22: (0xFF08, 0xFF08),
    23: (0xFF09, 0xFE20),
    24: (0x61, 0x41, 0x61, 0x41),
    26: (0x65, 0x45, 0x65, 0x45, 0x20AC),  # e E … EuroSign
    34: (0xFE52, 0xFE57),  # dead_circumflex dead_diaeresis
    36: (0xFF0D,),
    37: (0xFFE3,),
    50: (0xFFE1,),
    65: (0x20,),
    67: (0xFFBE,),
    87: (0xFF9C, 0xFFB1),  # KP_End KP_1
    108: (0xFE03,),
}
ARABIC: dict[int, tuple[int, ...]] = {24: (0x71, 0x51, 0x01000636, 0x0100064E)}


def keysym(code: int, index: int, layout: dict[int, tuple[int, ...]] = FRENCH) -> int:
    levels = layout.get(code, ())
    return levels[index] if index < len(levels) else 0


@pytest.fixture
def keymap() -> Keymap:
    return Keymap(keysym, level_3=ALT_GR)


@pytest.mark.parametrize(
    ("code", "state", "sign"),
    [
        (11, 0, "é"),
        (11, X.ShiftMask, "2"),
        (18, 0, "ç"),
        (19, ALT_GR, "@"),
        (26, ALT_GR, "€"),
        (24, 0, "a"),
        (24, X.ShiftMask, "A"),
        (24, X.LockMask, "A"),
        (24, X.LockMask | X.ShiftMask, "a"),
        (24, ALT_GR, "a"),
        (87, X.Mod2Mask, "1"),
        (65, 0, " "),
    ],
)
def test_signs_of_the_french_keyboard(keymap: Keymap, code: int, state: int, sign: str) -> None:
    assert keymap.read(code, state) == Key(text=sign)


def test_dead_key_joins_the_next_letter(keymap: Keymap) -> None:
    assert keymap.read(34, 0) is None
    assert keymap.read(26, 0) == Key(text="ê")
    assert keymap.read(34, X.ShiftMask) is None
    assert keymap.read(50, 0) is None, "Shift itself does not end it"
    assert keymap.read(26, X.ShiftMask) == Key(text="Ë")
    assert keymap.read(26, 0) == Key(text="e")


def test_dead_key_alone_writes_its_own_sign(keymap: Keymap) -> None:
    keymap.read(34, 0)
    assert keymap.read(65, 0) == Key(text="^")
    keymap.read(34, 0)
    assert keymap.read(34, 0) == Key(text="^")
    keymap.read(34, 0)
    assert keymap.read(87, X.Mod2Mask) == Key(text="^1")


def test_keys_with_a_name(keymap: Keymap) -> None:
    assert keymap.read(22, 0) == Key(name="Backspace")
    assert keymap.read(36, 0) == Key(name="Enter")
    assert keymap.read(23, X.ShiftMask) == Key(name="Tab", shift=True)


@pytest.mark.parametrize("state", [X.ControlMask, X.Mod1Mask, X.Mod4Mask])
def test_shortcuts_are_dropped(keymap: Keymap, state: int) -> None:
    assert keymap.read(24, state) is None
    assert keymap.read(22, state) is None


@pytest.mark.parametrize("code", [37, 67, 108, 200])
def test_modifiers_function_keys_and_unknown_ones_write_nothing(keymap: Keymap, code: int) -> None:
    assert keymap.read(code, 0) is None


def test_second_layout_writes_its_own_letters() -> None:
    keymap = Keymap(lambda code, index: keysym(code, index, ARABIC), level_3=0)
    assert keymap.read(24, 1 << 13) == Key(text="ض")
    assert keymap.read(24, 1 << 13 | X.ShiftMask) == Key(text="َ")


def test_modifier_of_alt_gr_is_found() -> None:
    modifiers = [[50], [66], [37], [64], [77], [], [133], [108]]
    assert level_3_of(modifiers, keysym) == X.Mod5Mask
    assert level_3_of(modifiers[:7], keysym) == 0


def test_keysym_without_a_character() -> None:
    assert character(0xFFBE) == ""
    assert character(0xFE52) == ""


def test_what_was_typed_stands_in_no_report(keymap: Keymap) -> None:
    assert "é" not in repr(keymap.read(11, 0))
