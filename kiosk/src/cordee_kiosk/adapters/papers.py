"""The pages scanned in this visit, in memory, as pictures and as one PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

QUALITY = 85
SMALL_PX = 240
SMALL_QUALITY = 70
DOCUMENTS_MOST_BYTES = 60_000_000
"""The oldest go first."""
_POINTS = 72
_A4_HEIGHT_IN = 11.69


class ScannedPapers:
    """Nothing of them is ever on a disk."""

    def __init__(self) -> None:
        """Begin without any."""
        self._pages: dict[str, bytes] = {}
        self._documents: dict[str, bytes] = {}

    async def keep(self, page: str, picture: bytes) -> bytes:
        """Keep a page as JPEG; return it small. What is no picture is not kept."""
        kept, small = await asyncio.to_thread(_made_of, picture)
        if kept:
            self._pages[page] = kept
        return small

    def offer(self, document: str, pdf: bytes) -> None:
        """Keep a document of the partner's page."""
        self._documents[document] = pdf
        while sum(map(len, self._documents.values())) > DOCUMENTS_MOST_BYTES:
            self._documents.pop(next(iter(self._documents)))

    def document(self, name: str) -> bytes:
        """Return a document, empty when it is not here."""
        return self._documents.get(name, b"")

    def take(self, pages: Sequence[str]) -> list[bytes]:
        """Return these pages, or none when one of them is not here."""
        found = [self._pages[page] for page in pages if page in self._pages]
        return found if len(found) == len(pages) else []

    def forget(self) -> None:
        """Drop them all."""
        self._pages.clear()
        self._documents.clear()


def pdf_of(pages: Sequence[bytes]) -> bytes:
    """Return JPEG pictures as one PDF, a page each, as tall as a sheet (ISO 32000-1, 7.5).

    The pictures themselves are in it unchanged. Raises ValueError for what is no JPEG.
    """
    parts: list[bytes] = []
    kids = " ".join(f"{3 + 3 * number} 0 R" for number in range(len(pages)))
    parts.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    parts.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    for number, jpeg in enumerate(pages):
        height_px, width_px = _size_of(jpeg)
        height = _A4_HEIGHT_IN * _POINTS
        width = height * width_px / height_px
        own = 3 + 3 * number
        parts.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2f} {height:.2f}] "
            f"/Resources << /XObject << /I {own + 2} 0 R >> >> /Contents {own + 1} 0 R >>".encode()
        )
        drawn = f"{width:.2f} 0 0 {height:.2f} 0 0 cm /I Do".encode()
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        head = (
            f"<< /Type /XObject /Subtype /Image /Width {width_px} /Height {height_px} "
            f"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)} >>"
        )
        parts.append(head.encode() + b"\nstream\n" + jpeg + b"\nendstream")
    return _written(parts)


def _written(parts: Sequence[bytes]) -> bytes:
    whole = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places: list[int] = []
    for number, part in enumerate(parts, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    begin = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    for place in places:
        whole += b"%010d 00000 n \n" % place
    whole += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        begin,
    )
    return bytes(whole)


def _size_of(jpeg: bytes) -> tuple[int, int]:
    pixels = _read(jpeg)
    if pixels is None:
        raise ValueError("no picture")
    return pixels.shape[0], pixels.shape[1]


def _made_of(picture: bytes) -> tuple[bytes, bytes]:
    pixels = _read(picture)
    if pixels is None:
        return b"", b""
    by = min(1.0, SMALL_PX / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    return _jpeg(pixels, QUALITY), _jpeg(small, SMALL_QUALITY)


def _read(picture: bytes) -> npt.NDArray[np.uint8] | None:
    """Return the pixels in three colours, as every JPEG here is written."""
    if not picture:
        return None
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    return None if pixels is None else pixels.astype(np.uint8)


def _jpeg(pixels: cv2.typing.MatLike, quality: int) -> bytes:
    is_made, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes() if is_made else b""
