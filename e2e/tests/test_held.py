"""The search of what processes hold finds what a test lays there."""

from __future__ import annotations

import mmap
import os
import socket
import tempfile
from pathlib import Path

from e2e.stand.held import listening, open_for_writing, shared_memory_with_any

CANARY = b"lagopede-du-Valgaudemar"


def test_shared_memory_is_searched_open_or_mapped_named_or_not() -> None:
    own = [os.getpid()]
    assert shared_memory_with_any(own, [CANARY]) == []
    with tempfile.TemporaryFile(dir="/dev/shm") as unnamed:
        unnamed.write(CANARY)
        unnamed.flush()
        [found] = shared_memory_with_any(own, [b"elsewhere", CANARY])
        assert found.startswith("/dev/shm/")
    descriptor = os.memfd_create("only-mapped")
    os.ftruncate(descriptor, mmap.PAGESIZE)
    with mmap.mmap(descriptor, mmap.PAGESIZE) as mapped:
        os.close(descriptor)
        mapped[:] = CANARY.ljust(mmap.PAGESIZE)
        [found] = shared_memory_with_any(own, [CANARY])
        assert found.startswith("/memfd:only-mapped")
    assert shared_memory_with_any(own, [CANARY]) == []


def test_files_open_for_writing_are_told_from_those_only_read(tmp_path: Path) -> None:
    written, read = tmp_path / "written", tmp_path / "read"
    read.write_text("")
    with written.open("w"), read.open():
        held = open_for_writing([os.getpid()])
    assert written in held
    assert read not in held


def test_ports_on_which_a_process_listens_are_found() -> None:
    own = [os.getpid()]
    before = listening(own)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listening(own) == before | {port}
        with socket.create_connection(("127.0.0.1", port)):
            assert listening(own) == before | {port}
    assert listening(own) == before
