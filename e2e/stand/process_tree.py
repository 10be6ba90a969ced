"""Which processes belong together, and what they use (proc(5))."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM = 1, 11, 12
"""Places in `stat` after the name."""


def descendants(pids: Iterable[int]) -> set[int]:
    """Return these processes and all that they have started, and those that they have."""
    known = set(pids)
    parents = {pid: int(fields[_PARENT]) for pid, fields in _all().items()}
    while born := {pid for pid, parent in parents.items() if parent in known} - known:
        known |= born
    return known


def command_line(pid: int) -> bytes:
    """Return a process's command line, NUL between its words; nothing for one that has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def cpu_s(pids: Iterable[int]) -> float:
    """Return the seconds of CPU that these processes have used; one that has ended counts none."""
    found = _all()
    used = (found[pid] for pid in pids if pid in found)
    return _TICK_S * sum(int(fields[_USER]) + int(fields[_SYSTEM]) for fields in used)


def _all() -> dict[int, list[str]]:
    """Return the fields of `stat` after the name, by process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                text = (entry / "stat").read_text(errors="replace")
                found[int(entry.name)] = text.rpartition(")")[2].split()
    return found
