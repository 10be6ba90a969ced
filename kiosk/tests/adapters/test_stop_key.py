"""Against a real X server, with keys that XTEST presses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from chromium.screen import virtual_screen
from Xlib import XK, X, error
from Xlib.display import Display
from Xlib.ext import xtest

from cordee_kiosk.adapters.stop_key import GrabbedStopKey
from cordee_kiosk.ports import Key, Unavailable

WITHIN_S = 60


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with virtual_screen() as name:
        yield name


@pytest.fixture
async def stop_key(display: str) -> AsyncIterator[GrabbedStopKey]:
    key = GrabbedStopKey(display=display, keysym="Pause")
    yield key
    await key.close()


def press(display: str, *names: str) -> None:
    """Press the keys together, then let go."""
    x = Display(display)
    codes = [x.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]
    for code in codes:
        xtest.fake_input(x, X.KeyPress, code)
    for code in reversed(codes):
        xtest.fake_input(x, X.KeyRelease, code)
    x.sync()
    x.close()


def is_grabbed(display: str, name: str) -> bool:
    """Whether another client holds the key."""
    x = Display(display)
    refused = error.CatchError(error.BadAccess)
    code = x.keysym_to_keycode(XK.string_to_keysym(name))
    root = x.screen().root
    root.grab_key(code, 0, True, X.GrabModeAsync, X.GrabModeAsync, refused)
    x.sync()
    x.close()
    return refused.get_error() is not None


async def pressed(key: GrabbedStopKey, display: str, *names: str) -> float:
    """Press again and again until one press arrives: the grab takes a moment."""
    waiting = asyncio.ensure_future(anext(key.presses()))
    async with asyncio.timeout(WITHIN_S):
        while not waiting.done():
            press(display, *names)
            await asyncio.wait([waiting], timeout=0.05)
        return waiting.result()


async def test_press_reaches_the_daemon_whatever_has_the_focus(
    display: str, stop_key: GrabbedStopKey
) -> None:
    assert await pressed(stop_key, display, "Pause") > 0


async def test_lock_keys_do_not_hide_it(display: str, stop_key: GrabbedStopKey) -> None:
    press(display, "Caps_Lock")
    try:
        assert await pressed(stop_key, display, "Pause") > 0
    finally:
        press(display, "Caps_Lock")


async def test_key_is_free_again_after_closing(display: str) -> None:
    key = GrabbedStopKey(display=display, keysym="Pause")
    await pressed(key, display, "Pause")
    await key.close()
    assert not is_grabbed(display, "Pause")


async def test_key_held_by_another_program_is_said_in_words(display: str) -> None:
    first = GrabbedStopKey(display=display, keysym="Pause")
    await pressed(first, display, "Pause")
    with pytest.raises(Unavailable, match="autre programme"):
        GrabbedStopKey(display=display, keysym="Pause").check()
    await first.close()


async def test_key_that_does_not_exist_is_said_in_words(display: str) -> None:
    with pytest.raises(Unavailable, match="n’existe pas"):
        GrabbedStopKey(display=display, keysym="NoSuchKey").check()


async def test_key_that_the_keyboard_lacks_is_said_in_words(display: str) -> None:
    with pytest.raises(Unavailable, match="pas de touche"):
        GrabbedStopKey(display=display, keysym="Kana_Shift").check()


async def test_missing_screen_is_said_in_words() -> None:
    with pytest.raises(Unavailable, match="ne répond pas"):
        GrabbedStopKey(display=":4999", keysym="Pause").check()


async def typed(key: GrabbedStopKey, display: str, *names: str) -> Key:
    """Type again and again until one stroke arrives: the keyboard is taken in another thread."""
    waiting = asyncio.ensure_future(anext(key.keys()))
    async with asyncio.timeout(WITHIN_S):
        while not waiting.done():
            press(display, *names)
            await asyncio.wait([waiting], timeout=0.05)
        return waiting.result()


async def until_pressed(presses: AsyncIterator[float], display: str, *names: str) -> float:
    """Press again and again until one press arrives."""
    waiting = asyncio.ensure_future(anext(presses))
    async with asyncio.timeout(WITHIN_S):
        while not waiting.done():
            press(display, *names)
            await asyncio.wait([waiting], timeout=0.05)
        return waiting.result()


async def test_held_keyboard_reaches_the_daemon_and_stop_still_stops(
    display: str, stop_key: GrabbedStopKey
) -> None:
    presses = stop_key.presses()
    await until_pressed(presses, display, "Pause")
    stop_key.hold(is_held=True)
    assert await typed(stop_key, display, "Shift_L", "a") == Key(text="A")
    now = await until_pressed(presses, display, "Pause")
    while await until_pressed(presses, display, "Shift_L", "Pause") <= now:
        pass
    stop_key.hold(is_held=False)
    await free_again(display)
    now = time.monotonic()
    while await until_pressed(presses, display, "Pause") <= now:
        pass


async def test_keyboard_is_free_again_after_closing(display: str) -> None:
    key = GrabbedStopKey(display=display, keysym="Pause")
    await pressed(key, display, "Pause")
    key.hold(is_held=True)
    await typed(key, display, "a")
    await key.close()
    await free_again(display)


async def test_keyboard_that_another_has_is_taken_once_it_is_let_go(
    display: str, stop_key: GrabbedStopKey
) -> None:
    await pressed(stop_key, display, "Pause")
    other = Display(display)
    mode = X.GrabModeAsync
    root = other.screen().root
    assert root.grab_keyboard(False, mode, mode, X.CurrentTime) == X.GrabSuccess
    stop_key.hold(is_held=True)
    other.ungrab_keyboard(X.CurrentTime)
    other.close()
    assert await typed(stop_key, display, "b") == Key(text="b")


async def free_again(display: str) -> None:
    """Wait until another client can have the whole keyboard."""
    x = Display(display)
    mode = X.GrabModeAsync
    async with asyncio.timeout(WITHIN_S):
        while x.screen().root.grab_keyboard(False, mode, mode, X.CurrentTime) != X.GrabSuccess:
            await asyncio.sleep(0)
    x.close()
