"""A screen of its own for a test: Xvfb and openbox, ended by their process ids."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from waiting import wait_until
from Xlib import X
from Xlib.display import Display
from Xlib.error import DisplayConnectionError

WIDTH, HEIGHT = 1280, 720
OPENBOX_RC = Path(__file__).parents[3] / "deploy" / "kiosk" / "openbox-rc.xml"


@contextlib.contextmanager
def virtual_screen() -> Iterator[str]:
    """Yield the name of a display with a window manager on it."""
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
        yield display
    finally:
        for child in (manager, server):
            child.terminate()
            child.wait(10)


Picture = npt.NDArray[np.uint8]


def picture(display: str) -> Picture:
    """Return what is on the screen as rows of red, green, blue."""
    connection = Display(display)
    root = connection.screen().root
    taken = root.get_image(0, 0, WIDTH, HEIGHT, X.ZPixmap, 0xFFFFFFFF)
    connection.close()
    data = taken.data if isinstance(taken.data, bytes) else taken.data.encode("latin-1")
    return np.frombuffer(data, np.uint8).reshape(HEIGHT, WIDTH, 4)[:, :, 2::-1]


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
