"""The only files that a partner's page is ever given: pages scanned in this visit.

Chromium reads a file when its form is sent, so each stays until the guest is gone. They lie in a
private folder in memory (tmpfs); nothing but this module names a path in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is checked to be our own


class FolderNotOurs(Exception):
    """Somebody else has made the folder: no page is written there."""


class PaperFiles:
    """The files of one browser, whose profile tells its folder from those of other kiosks."""

    def __init__(self, profile_dir: Path, *, memory: Path = SHARED_MEMORY) -> None:
        """Make nothing yet. Without a file system in memory the profile's own folder serves."""
        mark = hashlib.sha256(str(profile_dir.resolve()).encode()).hexdigest()[:16]
        is_there = os.access(memory, os.W_OK)
        self.folder = memory / f"cordee-papers-{mark}" if is_there else profile_dir / "papers"
        self._count = 0

    def write(self, contents: Sequence[bytes], suffix: str) -> list[Path]:
        """Write each as `document-N.SUFFIX` and return where. Raises FolderNotOurs."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self.folder.lstat()
        is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if not is_private or found.st_uid != os.geteuid():
            raise FolderNotOurs(str(self.folder))
        paths: list[Path] = []
        for content in contents:
            self._count += 1
            path = self.folder / f"document-{self._count}.{suffix}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            paths.append(path)
        return paths

    def wipe(self) -> None:
        """Remove every file. Twice does no harm."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._count = 0
