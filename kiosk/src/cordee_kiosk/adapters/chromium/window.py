"""Chromium's windows as X sees them: the stage above, the guest seen through a hole in it.

The guest is placed so that its page fills the hole exactly; its tabs and address bar lie behind
the stage. Calls wait for the X server, so they run in a thread of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import shape
from Xlib.protocol import event, request

_ADD = 1
_FROM_A_PAGER = 2


@dataclass(frozen=True)
class Box:
    """A rectangle in device pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing fits in it."""
        return self.width <= 0 or self.height <= 0


@dataclass(frozen=True)
class Furniture:
    """How much larger than its page a window is, on both sides together and from top to bottom."""

    width: int = 0
    height: int = 0

    def window_for(self, page: Box) -> Box:
        """Return where the window belongs for its page to fill `page`.

        A window's edges are equally wide left, right and below; the rest stands above the page.
        """
        edge = self.width // 2
        return Box(
            left=page.left - edge,
            top=page.top - (self.height - edge),
            width=page.width + self.width,
            height=page.height + self.height,
        )


class Windows:
    """One connection to the X server."""

    def __init__(self, display: str) -> None:
        self._display: Any = Display(display)
        self._root = self._display.screen().root
        self._atom = self._display.intern_atom

    def screen(self) -> Box:
        """Return the whole screen."""
        size = self._root.get_geometry()
        return Box(0, 0, size.width, size.height)

    def of_process(self, pid: int) -> set[int]:
        """Return the ids of the windows that a process has on the screen."""
        return {window.id for window in self._managed() if self._pid(window) == pid}

    def raise_stage(self, stage_id: int) -> None:
        """Fullscreen, above all others."""
        window = self._display.create_resource_object("window", stage_id)
        for state in ("_NET_WM_STATE_FULLSCREEN", "_NET_WM_STATE_ABOVE"):
            self._ask_manager(window, "_NET_WM_STATE", [_ADD, self._atom(state), 0, _FROM_A_PAGER])
        screen = self.screen()
        now = window.get_geometry()
        if (now.width, now.height) != (screen.width, screen.height):
            window.configure(x=0, y=0, width=screen.width, height=screen.height)
        window.configure(stack_mode=X.Above)
        self._display.sync()

    def cut_hole(self, stage_id: int, hole: Box | None) -> None:
        """Let what lies beneath show and be touched inside `hole`; None closes it."""
        window = self._display.create_resource_object("window", stage_id)
        for kind in (shape.SK.Bounding, shape.SK.Input):
            if hole is None or hole.is_empty:
                window.shape_mask(shape.SO.Set, kind, 0, 0, X.NONE)
            else:
                rectangles = list(around(hole, self.screen()))
                window.shape_rectangles(shape.SO.Set, kind, X.Unsorted, 0, 0, rectangles)
        self._display.sync()

    def place(self, window_id: int, box: Box) -> None:
        """Put a window there, over the edge of the screen if it must be."""
        window = self._display.create_resource_object("window", window_id)
        window.configure(x=box.left, y=box.top, width=box.width, height=box.height)
        self._display.sync()

    def forget_selections(self) -> None:
        """Let nobody own what was selected or copied: the next person cannot paste it."""
        for name in ("PRIMARY", "SECONDARY", "CLIPBOARD"):
            request.SetSelectionOwner(
                display=self._display.display,
                window=X.NONE,
                selection=self._atom(name),
                time=X.CurrentTime,
            )
        self._display.sync()

    def close(self) -> None:
        """Leave the X server."""
        self._display.close()

    def _managed(self) -> list[Any]:
        listed = self._root.get_full_property(self._atom("_NET_CLIENT_LIST"), Xatom.WINDOW)
        if listed is not None:
            return [self._display.create_resource_object("window", each) for each in listed.value]
        return list(self._root.query_tree().children)

    def _pid(self, window: Any) -> int:
        try:
            found = window.get_full_property(self._atom("_NET_WM_PID"), Xatom.CARDINAL)
        except XError:  # it closed meanwhile
            return 0
        return int(found.value[0]) if found is not None else 0

    def _ask_manager(self, window: Any, kind: str, data: list[int]) -> None:
        message = event.ClientMessage(
            window=window, client_type=self._atom(kind), data=(32, [*data, 0][:5])
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.send_event(message, event_mask=mask)


def around(hole: Box, screen: Box) -> Iterable[tuple[int, int, int, int]]:
    """Return the rectangles of the screen that lie outside the hole."""
    left, top = max(hole.left, 0), max(hole.top, 0)
    right = min(hole.left + hole.width, screen.width)
    bottom = min(hole.top + hole.height, screen.height)
    for box in (
        Box(0, 0, screen.width, top),
        Box(0, bottom, screen.width, screen.height - bottom),
        Box(0, top, left, bottom - top),
        Box(right, top, screen.width - right, bottom - top),
    ):
        if not box.is_empty:
            yield box.left, box.top, box.width, box.height
