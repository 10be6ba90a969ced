from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from cordee.documents import files

PAGE = "c" * 32


def test_a_settled_page_is_on_the_disk_under_its_new_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[int, bool]] = []
    folder = Path(settings.PAGES)
    fsync = os.fsync

    def note(descriptor: int) -> None:
        written.append((os.fstat(descriptor).st_ino, (folder / f"{PAGE}.age").exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    files.write(PAGE, offset=0, chunk=b"sealed")

    files.settle(PAGE)

    page = (folder / f"{PAGE}.age").stat().st_ino
    assert written == [(page, False), (folder.stat().st_ino, True)]
