"""Sealed bytes in `CORDEE_DATA/pages`: `<page>.part` while they come, then `<page>.age`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings


def write(page_id: str, *, offset: int, chunk: bytes) -> None:
    """Put `chunk` at `offset` of the arriving file; what an earlier try left after it goes."""
    path = _path(page_id, "part")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.seek(offset)
        file.write(chunk)
        file.truncate()


def digest(page_id: str) -> str:
    """Return the SHA-256 (hex) of the arriving file."""
    with _path(page_id, "part").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(page_id: str) -> None:
    """Make the arriving file the page, on the disk when this returns."""
    part = _path(page_id, "part")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    page = part.rename(_path(page_id, "age"))
    # The new name lies in the directory: until that is written, a power cut may take it back.
    directory = os.open(page.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read(page_id: str) -> bytes | None:
    """Return the sealed bytes, or None when they are gone."""
    try:
        return _path(page_id, "age").read_bytes()
    except FileNotFoundError:
        return None


def remove(page_id: str) -> None:
    """Remove whatever there is of the page."""
    for kind in ("part", "age"):
        _path(page_id, kind).unlink(missing_ok=True)


def stored() -> set[str]:
    """Return the ids of all pages that have a file."""
    return {path.stem for path in Path(settings.PAGES).glob("*.*")}


def _path(page_id: str, kind: str) -> Path:
    return Path(settings.PAGES) / f"{page_id}.{kind}"
