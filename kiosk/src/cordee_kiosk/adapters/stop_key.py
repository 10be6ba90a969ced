"""The Stop key, grabbed from X: it reaches the daemon whatever page has the focus.

So does the whole keyboard while it is held. One X client holds both, as X hands out the key grabs
of no other client while one has the keyboard (X protocol, GrabKeyboard).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import threading
import time
from collections.abc import AsyncIterator
from itertools import combinations
from typing import Any

import structlog
from Xlib import XK, X, error
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from cordee_kiosk.adapters import x_server
from cordee_kiosk.adapters.keymap import Keymap, level_3_of
from cordee_kiosk.ports import Key, Unavailable

_LOCKS = (X.LockMask, X.Mod2Mask, X.Mod5Mask)
"""Caps, Num and Scroll Lock must not hide the key."""
_LOOK_EVERY_S = 0.5
_HOLD_AGAIN_AFTER_S = 0.03
"""Another client may have the keyboard for as long as one of its own keys is down."""
_log = structlog.get_logger()


class GrabbedStopKey:
    """Grabs the key when `presses` is first read; one reader."""

    def __init__(self, *, display: str, keysym: str) -> None:
        self._display_name = display
        self._keysym = keysym
        self._presses: asyncio.Queue[float | None] = asyncio.Queue()
        self._is_closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._keys: asyncio.Queue[Key | None] = asyncio.Queue()
        self._is_wanted = threading.Event()
        self._wake: tuple[int, int] | None = None

    async def presses(self) -> AsyncIterator[float]:
        """Yield at each press (monotonic seconds).

        Raises Unavailable `failed` when the key cannot be had.
        """
        loop = asyncio.get_running_loop()
        grabbed = await asyncio.to_thread(self._grab)
        self._wake = self._wake or _pipe()
        self._thread = threading.Thread(
            target=self._watch, args=(loop, grabbed), name="stop-key", daemon=True
        )
        self._thread.start()
        while (pressed := await self._presses.get()) is not None:
            yield pressed

    def hold(self, *, is_held: bool) -> None:
        """Take the whole keyboard, or let it go; it is taken as soon as X gives it."""
        if is_held:
            self._is_wanted.set()
        else:
            self._is_wanted.clear()
        self._nudge()

    async def keys(self) -> AsyncIterator[Key]:
        """Yield what is typed while the keyboard is held."""
        while (key := await self._keys.get()) is not None:
            yield key

    def check(self) -> None:
        """Take the key and give it back. Raises Unavailable `failed` when it cannot be had."""
        display, _ = self._grab()
        display.close()

    async def close(self) -> None:
        """Release the key."""
        if self._is_closing.is_set():
            return
        self._is_closing.set()
        self._nudge()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        wake, self._wake = self._wake, None
        for end in wake or ():
            os.close(end)
        self._presses.put_nowait(None)
        self._keys.put_nowait(None)

    def _grab(self) -> tuple[Display, int]:
        keysym = XK.string_to_keysym(self._keysym)
        if keysym == X.NoSymbol:
            raise Unavailable("failed", f"La touche « {self._keysym} » n’existe pas.")
        message = f"L’écran {self._display_name} ne répond pas : pas de touche Stop."
        if not x_server.is_there(self._display_name):
            raise Unavailable("failed", message)
        try:
            display = Display(self._display_name)
        except (error.DisplayError, OSError) as problem:
            raise Unavailable("failed", message) from problem
        code = display.keysym_to_keycode(keysym)
        if code == 0:
            display.close()
            raise Unavailable("failed", f"Le clavier n’a pas de touche « {self._keysym} ».")
        root: Window = display.screen().root
        refused = error.CatchError(error.BadAccess)
        for modifiers in _lock_states():
            root.grab_key(code, modifiers, True, X.GrabModeAsync, X.GrabModeAsync, refused)
        display.sync()
        if refused.get_error() is not None:
            display.close()
            message = f"Un autre programme tient déjà la touche « {self._keysym} »."
            raise Unavailable("failed", message)
        return display, code

    def _watch(self, loop: asyncio.AbstractEventLoop, grabbed: tuple[Display, int]) -> None:
        display, code = grabbed
        held = _Held(display)
        try:
            while not self._is_closing.is_set():
                held.follow(is_wanted=self._is_wanted.is_set())
                # An event may have been read with another reply: ask before waiting.
                if display.pending_events() == 0:
                    self._wait(display, _LOOK_EVERY_S if held.is_settled else _HOLD_AGAIN_AFTER_S)
                    continue
                event = display.next_event()
                if event.type == X.KeyPress and event.detail == code:
                    loop.call_soon_threadsafe(self._presses.put_nowait, time.monotonic())
                elif (key := held.read(event)) is not None:
                    loop.call_soon_threadsafe(self._keys.put_nowait, key)
        except (error.ConnectionClosedError, OSError, RuntimeError):
            # X is gone, or the loop is.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._presses.put_nowait, None)
            return
        held.follow(is_wanted=False)
        root: Window = display.screen().root
        for modifiers in _lock_states():
            root.ungrab_key(code, modifiers)
        display.close()

    def _nudge(self) -> None:
        """Let the thread look at once at what is wanted of it."""
        if self._wake is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._wake[1], b"\0")

    def _wait(self, display: Display, most_s: float) -> None:
        wake = self._wake[0] if self._wake is not None else -1
        watched: list[Display | int] = [display, wake] if wake >= 0 else [display]
        ready, _, _ = select.select(watched, [], [], most_s)
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 1024)


class _Held:
    """The whole keyboard, as one X client has it. Used in the thread that reads its events."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._is_held = False
        self._is_late = False
        self.is_settled = True
        """Whether it is held as it is wanted."""
        self._keymap = self._read_keymap()

    def follow(self, *, is_wanted: bool) -> None:
        """Take the keyboard or let it go."""
        if is_wanted == self._is_held:
            self.is_settled = True
            return
        if is_wanted:
            now, mode = X.CurrentTime, X.GrabModeAsync
            answer = self._display.screen().root.grab_keyboard(False, mode, mode, now)
            self._is_held = self.is_settled = answer == X.GrabSuccess
            if not self._is_held and not self._is_late:
                _log.warning("keyboard_not_held", answer=answer)
            self._is_late = not self._is_held
            return
        self._display.ungrab_keyboard(X.CurrentTime)
        self._display.flush()
        self._is_held, self.is_settled, self._is_late = False, True, False

    def read(self, event: Any) -> Key | None:
        """Return what an event types."""
        if event.type == X.MappingNotify:
            self._display.refresh_keyboard_mapping(event)
            self._keymap = self._read_keymap()
        if event.type != X.KeyPress or not self._is_held:
            return None
        return self._keymap.read(event.detail, event.state)

    def _read_keymap(self) -> Keymap:
        keysym_of = self._display.keycode_to_keysym
        return Keymap(
            keysym_of, level_3=level_3_of(self._display.get_modifier_mapping(), keysym_of)
        )


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _lock_states() -> list[int]:
    """Return every combination of the lock modifiers."""
    return [
        sum(chosen) for count in range(len(_LOCKS) + 1) for chosen in combinations(_LOCKS, count)
    ]
