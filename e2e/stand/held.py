"""What processes hold: shared memory, files open for writing, ports on which they listen."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

MEMORY = ("/dev/shm/", "/memfd:")  # noqa: S108 - only read
"""How the kernel names shared memory (proc(5), `fd` and `maps`), removed or never named too."""

LISTENS = "0A"
"""TCP_LISTEN, as /proc/net/tcp writes it."""


def shared_memory_with_any(pids: Iterable[int], wanted: Collection[bytes]) -> list[str]:
    """Return each piece of shared memory, open or mapped, in which one of these stands.

    A process that ends meanwhile, or that only root may look into, is passed over.
    """
    found = {}
    for pid in pids:
        for name, held in (*_open_memory(pid), *_mapped_memory(pid)):
            if any(one in held for one in wanted):
                found[name] = f"{name} of {pid}"
    return sorted(found.values())


def open_for_writing(pids: Iterable[int]) -> set[Path]:
    """Return the files, shared memory apart, that these processes may write to."""
    return {
        Path(target)
        for pid in pids
        for descriptor, target in _descriptors(pid)
        if not target.startswith(MEMORY) and _may_write(pid, descriptor)
    }


def listening(pids: Iterable[int]) -> set[int]:
    """Return the TCP ports on which these processes wait for somebody to connect."""
    held = {inode for pid in pids for inode in _sockets(pid)}
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(FileNotFoundError):
            for line in Path(table).read_text().splitlines()[1:]:
                # proc(5): number, local address, remote address, state, six more, then the inode.
                columns = line.split()
                if columns[3] == LISTENS and columns[9] in held:
                    found.add(int(columns[1].rpartition(":")[2], 16))
    return found


def _sockets(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    yield target[len("socket:[") : -1]


def _descriptors(pid: int) -> Iterator[tuple[Path, str]]:
    """Yield the regular files that a process has open, and their names."""
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if stat.S_ISREG(descriptor.stat().st_mode):
                    yield descriptor, str(descriptor.readlink())


def _may_write(pid: int, descriptor: Path) -> bool:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text().splitlines():
            if line.startswith("flags:"):
                return int(line.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY
    return False


def _open_memory(pid: int) -> Iterator[tuple[str, bytes]]:
    for descriptor, target in _descriptors(pid):
        if target.startswith(MEMORY):
            with contextlib.suppress(OSError):
                yield f"{target} {descriptor.stat().st_ino}", descriptor.read_bytes()


def _mapped_memory(pid: int) -> Iterator[tuple[str, bytes]]:
    """Read what is mapped whose descriptor may be closed (proc(5), `maps` and `mem`)."""
    with contextlib.suppress(OSError), Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, *_, inode, name = [*line.split(maxsplit=5), ""][:6]
            if not name.startswith(MEMORY):
                continue
            begin, end = (int(address, 16) for address in place.split("-"))
            with contextlib.suppress(OSError):
                memory.seek(begin)
                yield f"{name} {inode}", memory.read(end - begin)
