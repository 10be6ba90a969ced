"""Whether there is an X server to talk to.

python-xlib leaves its sockets open when it finds none, once for each try: ask here before.
"""

from __future__ import annotations

import re
import socket

_LOCAL = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")
_WITHIN_S = 2.0


def is_there(display: str) -> bool:
    """Return whether the server of a local `display` (`:0`) listens. Of another name: True.

    Both of X's local addresses are tried, the file and the abstract one (Xserver(1)).
    """
    found = _LOCAL.fullmatch(display)
    if found is None:
        return ":" in display
    path = f"/tmp/.X11-unix/X{found[1]}"  # noqa: S108 - where X puts it
    return any(_listens(address) for address in (path, f"\0{path}"))


def _listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_WITHIN_S)
        return probe.connect_ex(address) == 0
