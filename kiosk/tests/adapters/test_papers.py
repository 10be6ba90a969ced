"""Scanned pages as pictures and as PDF: read back by tools of others."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pytest
from PIL import Image

from cordee_kiosk.adapters.papers import SMALL_PX, ScannedPapers, pdf_of


def png(colour: tuple[int, int, int], size: tuple[int, int] = (600, 800)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


async def test_page_is_kept_as_a_jpeg_of_the_same_picture_and_told_small() -> None:
    papers = ScannedPapers()
    small = Image.open(io.BytesIO(await papers.keep("a", png((200, 40, 10)))))
    assert max(small.size) == SMALL_PX
    [kept] = papers.take(["a"])
    picture = Image.open(io.BytesIO(kept))
    assert (picture.format, picture.size) == ("JPEG", (600, 800))
    assert np.allclose(np.asarray(picture)[400, 300], (200, 40, 10), atol=4)


async def test_pages_come_in_the_order_asked_for_and_all_or_none() -> None:
    papers = ScannedPapers()
    await papers.keep("a", png((255, 0, 0)))
    await papers.keep("b", png((0, 0, 255)))
    first, second = papers.take(["b", "a"])
    assert np.asarray(Image.open(io.BytesIO(first)))[0, 0, 2] > 240
    assert np.asarray(Image.open(io.BytesIO(second)))[0, 0, 0] > 240
    assert papers.take(["a", "/etc/passwd"]) == []
    papers.forget()
    assert papers.take(["a"]) == []


async def test_what_is_no_picture_is_not_kept() -> None:
    papers = ScannedPapers()
    assert await papers.keep("a", b"%PDF-1.4 no picture") == b""
    assert papers.take(["a"]) == []


async def test_pdf_holds_each_picture_unchanged_on_a_page_of_its_own() -> None:
    papers = ScannedPapers()
    for name, colour in (("a", (255, 0, 0)), ("b", (0, 0, 255))):
        await papers.keep(name, png(colour))
    pages = papers.take(["a", "b"])
    whole = pdf_of(pages)
    assert all(page in whole for page in pages)
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        boxes = [page.mediabox for page in pdf.pages]
        assert [float(box[3]) for box in boxes] == pytest.approx([841.89, 841.89], abs=0.1)
        assert len(pdf.docinfo) == 0
    assert pdf_of(pages) == whole


def test_pdf_of_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        pdf_of([b"nothing"])
