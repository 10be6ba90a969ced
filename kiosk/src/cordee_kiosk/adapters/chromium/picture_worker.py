"""Makes heavy pictures light, in a process of its own: decoders meet bytes that nobody trusts.

`python -m cordee_kiosk.adapters.chromium.picture_worker` reads questions from its standard input
and answers on its standard output, until the end of the input. A question is two 4-byte sizes (the
width and height wanted, in px, 0 for its own), a 4-byte length and that many bytes; an answer is
the width and height made, a length and a WebP picture, length 0 when none could be made (all big
endian).
"""

from __future__ import annotations

import os
import resource
import struct
import sys

import cv2
import numpy as np

HEAD = struct.Struct(">III")
MEMORY_BYTES = 1_500_000_000
QUALITY = 80


def lighter(data: bytes, width: int, height: int) -> tuple[int, int, bytes]:
    """Return a picture of that size as WebP; (0, 0, b"") of what is no picture."""
    is_jpeg = data.startswith(b"\xff\xd8")
    # A photograph is turned as its camera says; other formats may be transparent.
    how = cv2.IMREAD_COLOR if is_jpeg else cv2.IMREAD_UNCHANGED
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if picture is None:
        return 0, 0, b""
    if picture.dtype == np.uint16:
        picture = (picture // 256).astype(np.uint8)
    is_grey = picture.ndim < len(("height", "width", "colour"))
    if is_grey:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if width and (picture.shape[1], picture.shape[0]) != (width, height):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    done, made = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    return (picture.shape[1], picture.shape[0], made.tobytes()) if done else (0, 0, b"")


def main() -> None:
    """Answer one question after the other."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cv2.setNumThreads(1)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(head := questions.read(HEAD.size)) == HEAD.size:
        width, height, length = HEAD.unpack(head)
        data = questions.read(length)
        try:
            made = lighter(data, width, height)
        except (cv2.error, MemoryError, ValueError):
            made = 0, 0, b""
        answers.write(HEAD.pack(made[0], made[1], len(made[2])) + made[2])
        answers.flush()


if __name__ == "__main__":
    main()
