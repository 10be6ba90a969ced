"""The pages scanned in this visit, in memory, as pictures and as one PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import cv2
import img2pdf
import numpy as np
import numpy.typing as npt

QUALITY = 85
SMALL_PX = 240
SMALL_QUALITY = 70
DOCUMENTS_MOST_BYTES = 60_000_000
"""Beyond that nothing more is kept: what a page offers must not drive out what came before."""
A4_HEIGHT_MM = 297


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
        """Keep a document of the partner's page, while there is room."""
        if sum(map(len, self._documents.values())) + len(pdf) <= DOCUMENTS_MOST_BYTES:
            self._documents[document] = pdf

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
    """Return JPEG pictures as one PDF, a page each, as tall as a sheet (A4).

    The pictures themselves are in it unchanged. Raises ValueError for what is no picture.
    """
    layout = img2pdf.get_layout_fun(pagesize=(None, img2pdf.mm_to_pt(A4_HEIGHT_MM)))
    try:
        # Nothing in it tells when it was made, or by what.
        pdf = img2pdf.convert(
            list(pages),
            layout_fun=layout,
            nodate=True,
            producer="",
            engine=img2pdf.Engine.internal,
        )
    except img2pdf.ImageOpenError as error:
        raise ValueError("no picture") from error
    return bytes(pdf)


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
