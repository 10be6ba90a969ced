"""A screen of its own for a test: Xvfb and openbox, ended by their process ids."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from waiting import wait_until
from Xlib import X
from Xlib.display import Display
from Xlib.error import DisplayConnectionError

WIDTH, HEIGHT = 1280, 720
XWD_COLOUR_BYTES = 12
OPENBOX_RC = Path(__file__).parents[3] / "deploy" / "kiosk" / "openbox-rc.xml"

_memories: dict[str, Path] = {}
"""Where what is on each display lies."""


@contextlib.contextmanager
def virtual_screen() -> Iterator[str]:
    """Yield the name of a display with a window manager on it."""
    prefix = "cordee-screen-"
    with tempfile.TemporaryDirectory(prefix=prefix) as memory, _screen_in(Path(memory)) as display:
        yield display


@contextlib.contextmanager
def _screen_in(memory: Path) -> Iterator[str]:
    read_fd, write_fd = os.pipe()
    screen = f"{WIDTH}x{HEIGHT}x24"
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(write_fd),
            "-screen",
            "0",
            screen,
            "-nolisten",
            "tcp",
            "-noreset",
            "-fbdir",
            str(memory),
        ],
        pass_fds=[write_fd],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_fd)
    with os.fdopen(read_fd) as told:
        display = f":{told.readline().strip()}"
    manager = subprocess.Popen(
        ["openbox", "--sm-disable", "--config-file", str(OPENBOX_RC)],
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_manager(display)
        _memories[display] = memory / "Xvfb_screen0"
        yield display
    finally:
        _memories.pop(display, None)
        for child in (manager, server):
            child.terminate()
            child.wait(10)


Picture = npt.NDArray[np.uint8]


def picture(display: str) -> Picture:
    """Return what is on the screen as rows of red, green, blue.

    Read from its memory, an XWD file: to ask the X server for it takes seconds of this process.
    A drawing may be half done in it; the pointer is in it too.
    """
    data = _memories[display].read_bytes()
    header = struct.unpack_from(">25I", data)
    start = header[0] + header[19] * XWD_COLOUR_BYTES
    rows = np.frombuffer(data, np.uint8, HEIGHT * WIDTH * 4, start)
    return rows.reshape(HEIGHT, WIDTH, 4)[:, :, 2::-1]


def _wait_for_manager(display: str) -> None:
    wait_until(lambda: _has_manager(display), what=f"a window manager on {display}")


def _has_manager(display: str) -> bool:
    try:
        connection = Display(display)
    except DisplayConnectionError:
        return False
    atom = connection.intern_atom("_NET_SUPPORTING_WM_CHECK")
    found = connection.screen().root.get_full_property(atom, X.AnyPropertyType)
    connection.close()
    return found is not None
