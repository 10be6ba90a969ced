"""A scanner whose every picture carries a mark, and a search for it in all that a folder holds."""

from __future__ import annotations

import base64
import os
import shutil
import stat
import struct
import zlib
from collections.abc import Collection, Iterable
from pathlib import Path

SIGNATURE_BYTES, HEADER_BYTES = 8, 25
"""Of a PNG (RFC 2083): its signature and its first chunk, after which others may stand."""

_SCANIMAGE = """#!{python}
import pathlib, subprocess, sys
done = subprocess.run([{scanimage!r}, *sys.argv[1:]], stdout=subprocess.PIPE)
chunk = pathlib.Path({chunk!r}).read_bytes()
picture = done.stdout
if picture:
    picture = picture[:{at}] + chunk + picture[{at}:]
    pathlib.Path({last!r}).write_bytes(picture)
sys.stdout.buffer.write(picture)
sys.exit(done.returncode)
"""


class MarkedScanner:
    """`scanimage` in a folder of its own that adds a text chunk (tEXt) to the true one's picture.

    Hand `env` to the kiosk: the daemon takes the first `scanimage` of its path.
    """

    def __init__(self, folder: Path, *, mark: bytes, python: Path) -> None:
        """Write the program; `mark` is what the text says."""
        folder.mkdir(parents=True, exist_ok=True)
        true = shutil.which("scanimage")
        if true is None:
            raise FileNotFoundError("scanimage (sane-utils)")
        self._last = folder / "last.png"
        chunk = folder / "chunk"
        chunk.write_bytes(text_chunk(mark))
        program = folder / "scanimage"
        program.write_text(
            _SCANIMAGE.format(
                python=python,
                scanimage=true,
                chunk=str(chunk),
                at=SIGNATURE_BYTES + HEADER_BYTES,
                last=str(self._last),
            )
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.env = {"PATH": f"{folder}:{os.environ['PATH']}"}

    def picture(self) -> bytes:
        """Return the last picture, as the kiosk has read it."""
        return self._last.read_bytes()


def text_chunk(text: bytes) -> bytes:
    """Return a tEXt chunk of a PNG."""
    said = b"tEXtComment\0" + text
    return struct.pack(">I", len(said) - 4) + said + struct.pack(">I", zlib.crc32(said))


def text_writings(text: str) -> set[bytes]:
    """Return a text in the encodings in which programs here keep text, and in their writings.

    Chromium keeps strings with accents as UTF-16.
    """
    encoded = (text.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
    return {one for needle in encoded for one in writings(needle)}


def writings(needle: bytes) -> set[bytes]:
    """Return the bytes and how they would stand in hexadecimal and in base64, at any offset."""
    found = {needle, needle.hex().encode(), needle.hex().upper().encode()}
    for offset in range(3):
        # What depends on the neighbours is left out at both ends.
        middle = base64.b64encode(bytes(offset) + needle)[4:-4]
        found |= {middle, middle.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def files_with(folders: Iterable[Path], needle: bytes) -> list[Path]:
    """Return the files below the folders in which the needle stands, in any of its writings."""
    return files_with_any(folders, writings(needle))


def files_with_any(folders: Iterable[Path], wanted: Collection[bytes]) -> list[Path]:
    """Return the files below the folders in which one of these stands.

    Named pipes and sockets are no files; one that goes meanwhile is passed over.
    """
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            try:
                held = path.read_bytes() if path.is_file() else b""
            except FileNotFoundError:
                continue
            if any(one in held for one in wanted):
                found.append(path)
    return found
