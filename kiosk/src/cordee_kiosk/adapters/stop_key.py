"""The Stop key, grabbed from X: it reaches the daemon whatever page has the focus."""

from __future__ import annotations

import asyncio
import contextlib
import select
import threading
import time
from collections.abc import AsyncIterator
from itertools import combinations

from Xlib import XK, X, error
from Xlib.display import Display
from Xlib.xobject.drawable import Window

from cordee_kiosk.adapters import x_server
from cordee_kiosk.ports import Unavailable

_LOCKS = (X.LockMask, X.Mod2Mask, X.Mod5Mask)
"""Caps, Num and Scroll Lock must not hide the key."""
_LOOK_EVERY_S = 0.5


class GrabbedStopKey:
    """Grabs the key when `presses` is first read; one reader."""

    def __init__(self, *, display: str, keysym: str) -> None:
        self._display_name = display
        self._keysym = keysym
        self._presses: asyncio.Queue[float | None] = asyncio.Queue()
        self._is_closing = threading.Event()
        self._thread: threading.Thread | None = None

    async def presses(self) -> AsyncIterator[float]:
        """Yield at each press (monotonic seconds).

        Raises Unavailable `failed` when the key cannot be had.
        """
        loop = asyncio.get_running_loop()
        grabbed = await asyncio.to_thread(self._grab)
        self._thread = threading.Thread(
            target=self._watch, args=(loop, grabbed), name="stop-key", daemon=True
        )
        self._thread.start()
        while (pressed := await self._presses.get()) is not None:
            yield pressed

    def check(self) -> None:
        """Take the key and give it back. Raises Unavailable `failed` when it cannot be had."""
        display, _ = self._grab()
        display.close()

    async def close(self) -> None:
        """Release the key."""
        self._is_closing.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        self._presses.put_nowait(None)

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
        try:
            while not self._is_closing.is_set():
                # An event may have been read with another reply: ask before waiting.
                if display.pending_events() == 0:
                    select.select([display], [], [], _LOOK_EVERY_S)
                    continue
                event = display.next_event()
                if event.type == X.KeyPress and event.detail == code:
                    loop.call_soon_threadsafe(self._presses.put_nowait, time.monotonic())
        except (error.ConnectionClosedError, OSError, RuntimeError):
            # X is gone, or the loop is.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._presses.put_nowait, None)
            return
        root: Window = display.screen().root
        for modifiers in _lock_states():
            root.ungrab_key(code, modifiers)
        display.close()


def _lock_states() -> list[int]:
    """Return every combination of the lock modifiers."""
    return [
        sum(chosen) for count in range(len(_LOCKS) + 1) for chosen in combinations(_LOCKS, count)
    ]
