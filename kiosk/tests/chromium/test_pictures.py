"""What passes as a picture or a font, and how heavy ones are made light."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator

import cv2
import numpy as np
import pytest
import pytest_asyncio

from cordee_kiosk.adapters.chromium import picture_press
from cordee_kiosk.adapters.chromium.picture_kinds import Kind, is_animated, kind_of
from cordee_kiosk.adapters.chromium.picture_press import PicturePress

NOISE = np.random.default_rng(1).integers(0, 255, (30, 50, 3), np.uint8)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def encoded(ending: str, picture: np.ndarray = NOISE) -> bytes:
    return bytes(cv2.imencode(ending, picture)[1])


def turned(jpeg: bytes) -> bytes:
    """Say in EXIF that the camera was held upright (orientation 6)."""
    tiff = b"II*\x00\x08\x00\x00\x00\x01\x00" + struct.pack("<HHII", 0x0112, 3, 1, 6) + bytes(4)
    segment = b"Exif\x00\x00" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (encoded(".png"), Kind("image/png", 50, 30)),
        (encoded(".jpg"), Kind("image/jpeg", 50, 30)),
        (turned(encoded(".jpg")), Kind("image/jpeg", 30, 50)),
        (encoded(".webp"), Kind("image/webp", 50, 30)),
        (encoded(".bmp"), Kind("image/bmp")),
        (b"GIF89a" + struct.pack("<HH", 7, 9) + bytes(10), Kind("image/gif", 7, 9)),
        (b"\x00\x00\x01\x00\x01\x00", Kind("image/x-icon")),
        (bytes(4) + b"ftypavif", Kind("image/avif")),
        (SVG, Kind("image/svg+xml")),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --> <!DOCTYPE svg PUBLIC "x">\n' + SVG,
         Kind("image/svg+xml")),
        (b"wOF2rest", Kind("font/woff2")),
        (b"OTTOrest", Kind("font/otf")),
    ],
)  # fmt: skip
def test_kind_and_size_are_read_from_the_bytes(data: bytes, kind: Kind) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><svg></svg>",
        b"<html><svg/></html>",
        b"<!---->" * 5000 + b"x",
        b"<!--" * 5000,
        b"<svgx>",
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>',
        b"%PDF-1.7",
        b"<?xml version='1.0'?><?xml-stylesheet href='https://a.invalid'?><svg/>",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"MZ",
        b"\x7fELF",
    ],
)
def test_what_is_neither_picture_nor_font_does_not_pass(data: bytes) -> None:
    assert kind_of(data) is None


@pytest.mark.parametrize("cut", range(2, 40))
def test_picture_that_is_cut_off_has_no_size_and_does_no_harm(cut: int) -> None:
    for ending in (".png", ".jpg", ".webp"):
        kind = kind_of(encoded(ending)[:cut])
        assert kind is None or kind.width in {0, 50, *range(20_000)}


def test_moving_pictures_are_known() -> None:
    frame = b"\x21\xf9\x04\x00\x00\x00\x00\x00"
    assert is_animated(b"GIF89a" + frame * 2, Kind("image/gif"))
    assert not is_animated(b"GIF89a" + frame, Kind("image/gif"))
    assert not is_animated(encoded(".webp"), Kind("image/webp"))
    assert not is_animated(encoded(".png"), Kind("image/png"))


@pytest_asyncio.fixture
async def press() -> AsyncIterator[PicturePress]:
    made = PicturePress()
    yield made
    await made.close()


async def test_picture_is_made_in_the_size_that_is_wanted(press: PicturePress) -> None:
    clear = np.dstack([NOISE, np.full((30, 50), 7, np.uint8)])
    for data, shape in (
        (encoded(".png"), (15, 25, 3)),
        (encoded(".png", clear), (15, 25, 4)),
        (encoded(".png", NOISE[:, :, 0]), (15, 25, 3)),
        (encoded(".png", NOISE.astype(np.uint16) * 257), (15, 25, 3)),
    ):
        made = await press.press(data, 25, 15)
        assert made is not None
        assert made[:2] == (25, 15)
        picture = cv2.imdecode(np.frombuffer(made[2], np.uint8), cv2.IMREAD_UNCHANGED)
        assert picture is not None
        assert picture.shape == shape
    own = await press.press(turned(encoded(".jpg")), 0, 0)
    assert own is not None
    assert own[:2] == (30, 50)


async def test_broken_picture_is_none_and_the_next_is_made(press: PicturePress) -> None:
    assert await press.press(encoded(".png")[:60], 25, 15) is None
    assert await press.press(b"\xff\xd8\xff nothing", 25, 15) is None
    assert await press.press(encoded(".png"), 25, 15) is not None


async def test_press_that_died_or_hangs_is_started_anew(
    press: PicturePress, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await press.press(encoded(".png"), 25, 15) is not None
    process = press._process
    assert process is not None
    process.kill()
    await process.wait()
    assert await press.press(encoded(".png"), 25, 15) is None
    monkeypatch.setattr(picture_press, "WITHIN_S", 0.000_001)
    assert await press.press(encoded(".png"), 25, 15) is None
    monkeypatch.undo()
    assert await press.press(encoded(".png"), 25, 15) is not None
