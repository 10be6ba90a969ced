"""One program at a time works with a kiosk's state."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Another program works with this state; the sentence is for the technician."""


@contextmanager
def held(state: Path) -> Iterator[None]:
    """Hold the state folder. Raises InUse; a folder that is not there yet is nobody's.

    The lock is the folder's own (flock(2)): nothing is written, and it goes with the process,
    however that ends.
    """
    try:
        folder = os.open(state, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        yield
        return
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(
                f"La borne tourne déjà avec le dossier {state}. Arrêtez-la, puis recommencez."
            ) from error
        yield
    finally:
        os.close(folder)
