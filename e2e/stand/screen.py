"""A screen for a kiosk: Xvfb, or a window on a real display; openbox; pictures; keys pressed."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from Xlib import X, display
from Xlib.error import DisplayError

from e2e.stand.processes import ROOT, Running, free_port, run, wait_until

OPENBOX_RC = ROOT / "deploy/kiosk/openbox-rc.xml"
XWD_COLOUR_BYTES = 12
DRAWN = 25
"""Contrast above which a page is on the screen: without one there is a single colour."""
_HEADER = struct.Struct(">25I")


def has_display(name: str) -> bool:
    """Return whether an X server answers at this display (`:0`)."""
    try:
        display.Display(name).close()
    except (DisplayError, OSError, OverflowError):
        return False
    return True


def _layout(data: bytes | memoryview) -> tuple[int, int, int, int]:
    """Return where an XWD file's pixels begin, the bytes of a row, the width and the height."""
    header = _HEADER.unpack_from(data)
    header_size, width, height = header[0], header[4], header[5]
    bits_per_pixel, bytes_per_line, colours = header[11], header[12], header[19]
    if bits_per_pixel != 32:  # noqa: PLR2004 - the depth that `Screen` asks for
        raise ValueError(f"{bits_per_pixel} bits a pixel")
    return header_size + colours * XWD_COLOUR_BYTES, bytes_per_line, width, height


def parse_xwd(data: bytes | memoryview) -> npt.NDArray[np.uint8]:
    """Return the picture of an XWD file (32 bits a pixel, as Xvfb writes it) as rows of RGB."""
    start, bytes_per_line, width, height = _layout(data)
    rows = np.frombuffer(data, np.uint8, height * bytes_per_line, start)
    pixels = rows.reshape(height, bytes_per_line)[:, : width * 4].reshape(height, width, 4)
    return np.ascontiguousarray(pixels[:, :, 2::-1])


class Screen:
    """An X display of its own, with the kiosk's window manager. A context manager.

    `display` is its name (`:7`); hand `env` to what shall appear on it. `window_on` names a
    display on which it is a window (Xephyr); without one it exists in memory only (Xvfb).
    """

    def __init__(
        self,
        folder: Path,
        *,
        width_px: int = 1920,
        height_px: int = 1080,
        window_on: str | None = None,
    ) -> None:
        """Start the X server and openbox and wait until both serve."""
        self.width_px, self.height_px = width_px, height_px
        self._framebuffer = folder / "Xvfb_screen0"
        folder.mkdir(parents=True, exist_ok=True)
        read_end, write_end = os.pipe()
        size = f"{width_px}x{height_px}"
        # X looks for a free number in its own network only, but its socket's file is the whole
        # machine's: two stands with a line would take it from each other. It tells when ready.
        self.display = f":{free_port()}"
        ready = ["-displayfd", str(write_end)]
        options = [self.display, *ready, "-nolisten", "tcp", "-noreset"]
        self._is_window = window_on is not None
        if window_on is None:
            command = ["Xvfb", *options, "-screen", "0", f"{size}x24", "-fbdir", str(folder)]
        else:
            command = ["Xephyr", *options, "-screen", size, "-title", "Cordée – la borne"]
        self.server = Running(
            command,
            name="screen",
            folder=folder,
            env={"DISPLAY": window_on} if window_on else None,
            pass_fds=[write_end],
        )
        os.close(write_end)
        with os.fdopen(read_end) as told:
            if not told.readline().strip():
                raise RuntimeError(f"{command[0]} did not start:\n{self.server.output()}")
        self.env = {"DISPLAY": self.display}
        config = ["--config-file", str(OPENBOX_RC)] if OPENBOX_RC.exists() else []
        self.manager = Running(
            ["openbox", "--sm-disable", *config], name="openbox", folder=folder, env=self.env
        )
        self.manager.wait_until(self._is_managed, within_s=10, what="manages the display")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def picture(self) -> npt.NDArray[np.uint8]:
        """Return what the screen shows now: height × width × RGB."""
        if self._is_window:
            return self._asked_picture()
        return parse_xwd(self._framebuffer.read_bytes())

    def is_drawn(self) -> bool:
        """Return whether a page is shown, not only the empty screen."""
        return float(self.picture().std()) > DRAWN

    def pixel(self, left: int, top: int) -> tuple[int, int, int]:
        """Return the colour at one place, as red, green and blue."""
        if self._is_window:
            red, green, blue = self._asked_picture()[top, left]
            return int(red), int(green), int(blue)
        with self._framebuffer.open("rb") as framebuffer:
            start, bytes_per_line, _, _ = _layout(framebuffer.read(_HEADER.size))
            framebuffer.seek(start + top * bytes_per_line + left * 4)
            blue, green, red, _ = framebuffer.read(4)
        return red, green, blue

    def live(self) -> npt.NDArray[np.uint8]:
        """Return the picture as it changes: height × width × BGRX, mapped, read-only.

        Raises ValueError for a window: only a screen in memory can be read so.
        """
        if self._is_window:
            raise ValueError("a window on another display has no memory to be read")
        with self._framebuffer.open("rb") as framebuffer:
            start, bytes_per_line, width, height = _layout(framebuffer.read(_HEADER.size))
        raw = np.memmap(self._framebuffer, np.uint8, "r", start, (height, bytes_per_line))
        return raw[:, : width * 4].reshape(height, width, 4)

    def wait_for_change(self, *, within_s: float) -> None:
        """Wait until the picture differs from what it is now."""
        before = self.picture()
        wait_until(
            lambda: not np.array_equal(before, self.picture()),
            within_s=within_s,
            what="the screen changes",
        )

    def click(self, left: int, top: int) -> None:
        """Touch the screen at a place, as a finger would (XTEST)."""
        self._xdotool("mousemove", str(left), str(top), "click", "1")

    def press(self, key: str) -> None:
        """Press and release a key of the physical keyboard, by its X name (`Pause`, `a`)."""
        self._xdotool("key", key)

    def type(self, text: str) -> None:
        """Type on the physical keyboard, as the citizen does."""
        self._xdotool("type", "--delay", "12", text)

    def floating_windows(self) -> int:
        """Return how many windows are shown that no window manager holds: lists, menus, hints."""
        connection = display.Display(self.display)
        try:
            kept = [
                each.get_attributes() for each in connection.screen().root.query_tree().children
            ]
        finally:
            connection.close()
        return sum(each.override_redirect and each.map_state == X.IsViewable for each in kept)

    def close(self) -> None:
        """End the display and what manages it."""
        self.manager.stop()
        self.server.stop()

    def _xdotool(self, *words: str) -> None:
        run(["xdotool", *words], env=self.env, within_s=30)

    def _asked_picture(self) -> npt.NDArray[np.uint8]:
        """Ask the X server for its picture, where its memory cannot be read."""
        connection = display.Display(self.display)
        try:
            image = connection.screen().root.get_image(
                0, 0, self.width_px, self.height_px, X.ZPixmap, 0xFFFFFFFF
            )
            pixels = np.frombuffer(image.data, np.uint8)
        finally:
            connection.close()
        rows = pixels.reshape(self.height_px, self.width_px, 4)
        return np.ascontiguousarray(rows[:, :, 2::-1])

    def _is_managed(self) -> bool:
        printed = run(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=self.env)
        return "window id" in printed
