"""Keeps both windows where they belong while the hole moves and the guest comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from Xlib.error import ConnectionClosedError, DisplayError, XauthError, XError

from cordee_kiosk.adapters import x_server
from cordee_kiosk.adapters.chromium.window import Box, Furniture, Windows

T = TypeVar("T")
_APPEAR_WITHIN_S = 10.0
_LOOK_EVERY_S = 0.03

_log = structlog.get_logger(__name__)


class WindowLost(Exception):
    """A window that Chromium said it made did not come onto the screen."""


class ScreenMissing(Exception):
    """No X server answers under the display's name."""


class Stand:
    """The arrangement on the screen. `measure` asks the guest how large its furniture is."""

    def __init__(self, display: str) -> None:
        self._display = display
        # X calls block; one thread keeps them in order.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="windows")
        self._windows: Windows | None = None
        self._pid = 0
        self._stage_id = 0
        self._guest_id = 0
        self._hole = Box(0, 0, 0, 0)
        self._is_shown = False
        self._measure: Callable[[], Awaitable[Furniture | None]] | None = None
        self._furniture = Furniture()
        self._applied: tuple[Box | None, int] | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_stale = False

    async def connect(self) -> None:
        """Reach the X server. Raises ScreenMissing."""
        if not x_server.is_there(self._display):
            raise ScreenMissing(self._display)
        try:
            self._windows = await self._run(lambda: Windows(self._display))
        except (DisplayError, XauthError, OSError) as error:
            raise ScreenMissing(self._display) from error

    async def open(self, pid: int) -> None:
        """Find the stage's window and put it above all."""
        self._pid = pid
        self._stage_id = await self._appeared(set())
        await self._with_windows(lambda windows: windows.raise_stage(self._stage_id))

    async def known(self) -> set[int]:
        """Return the windows there are, before another is made."""
        return await self._with_windows(lambda windows: windows.of_process(self._pid))

    async def bounds(self) -> tuple[int, int, int, int]:
        """Return where a new guest window is best made."""
        box = self._hole
        if box.is_empty:
            box = await self._with_windows(lambda windows: windows.screen())
        return box.left, box.top, box.width, box.height

    async def take_guest(
        self, known: set[int], measure: Callable[[], Awaitable[Furniture | None]]
    ) -> None:
        """Take the window that has come since `known`."""
        self._guest_id = await self._appeared(known)
        self._measure = measure
        self._furniture = await measure() or self._furniture
        self.arrange()

    def drop_guest(self) -> None:
        """The guest's window is gone: no hole without it."""
        self._guest_id = 0
        self._measure = None
        self._applied = None
        self.arrange()

    async def forget_selections(self) -> None:
        """Let nobody paste what was selected or copied until now."""
        try:
            await self._with_windows(lambda windows: windows.forget_selections())
        except (XError, DisplayError, ConnectionClosedError, WindowLost) as error:
            _log.warning("selections_stay", reason=str(error))

    def show(self, *, is_shown: bool) -> None:
        """Open or close the hole."""
        if is_shown != self._is_shown:
            self._is_shown = is_shown
            self.arrange()

    def move_hole(self, hole: Box) -> None:
        """The stage shows the guest's place elsewhere."""
        if hole != self._hole:
            self._hole = hole
            self.arrange()

    def arrange(self) -> None:
        """Put everything in its place, soon."""
        self._is_stale = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._arrange())

    def remeasure(self) -> None:
        """The guest's page changed its size: a bar may have come."""
        self._applied = None
        self.arrange()

    async def settled(self) -> None:
        """Wait until nothing is left to move."""
        while self._task is not None and not self._task.done():
            await self._task

    async def close(self) -> None:
        """Leave the X server."""
        if self._task is not None:
            self._task.cancel()
        windows, self._windows = self._windows, None
        if windows is not None:
            await self._run(windows.close)
        self._thread.shutdown(wait=False)

    async def _arrange(self) -> None:
        while self._is_stale:
            self._is_stale = False
            try:
                await self._arrange_once()
            except (XError, DisplayError, ConnectionClosedError) as error:
                _log.warning("windows_not_arranged", reason=str(error))

    async def _arrange_once(self) -> None:
        is_open = self._is_shown and self._guest_id != 0 and not self._hole.is_empty
        hole = self._hole if is_open else None
        guest_id, stage_id = self._guest_id, self._stage_id
        if guest_id and not self._hole.is_empty:
            if self._applied is None and self._measure is not None:
                self._furniture = await self._measure() or self._furniture
            box = self._furniture.window_for(self._hole)
            await self._with_windows(lambda windows: windows.place(guest_id, box))
        if self._applied != (hole, guest_id):
            self._applied = (hole, guest_id)
            await self._with_windows(lambda windows: windows.cut_hole(stage_id, hole))
            await self._with_windows(lambda windows: windows.raise_stage(stage_id))

    async def _appeared(self, known: set[int]) -> int:
        loop = asyncio.get_running_loop()
        until = loop.time() + _APPEAR_WITHIN_S
        while loop.time() < until:
            new = await self.known() - known
            if new:
                return min(new)
            await asyncio.sleep(_LOOK_EVERY_S)
        raise WindowLost

    async def _with_windows(self, act: Callable[[Windows], T]) -> T:
        windows = self._windows
        if windows is None:
            raise WindowLost
        return await self._run(lambda: act(windows))

    async def _run(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)
