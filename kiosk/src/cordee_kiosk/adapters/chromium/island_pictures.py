"""Pictures of islands: cut out of one picture of the whole window, and made light.

The window is taken whole: Chromium moves what the person sees for a moment when it is asked for a
part of it (measured: `clip` shakes the screen, without it nothing changes).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

LIGHT_BYTES = 16_000
"""So little is sent as it is, without loss."""
LOSSY_QUALITY = 70
_LOSSLESS = 101
"""OpenCV's word for WebP without loss: anything above 100."""

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Box:
    """A part of the window in CSS px."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Window:
    """The window's width in CSS px, and how many device pixels each of them has."""

    width: float
    ratio: float


class NotThisWindow(Exception):
    """The picture is of a window of another size: it was just changing. Take another."""


@dataclass(frozen=True)
class Cut:
    """The pixels of one island, and the hash that tells whether they have changed."""

    pixels: Pixels
    hash: str


def cut_out(picture: bytes, boxes: list[Box], window: Window) -> list[Cut]:
    """Return the boxes of a picture (PNG) of the window. Raises NotThisWindow.

    A box outside of it gives no pixels.
    """
    whole = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
    if whole is None or abs(whole.shape[1] - window.width * window.ratio) > 1:
        raise NotThisWindow
    return [_cut(whole, box, window.ratio) for box in boxes]


def encoded(pixels: Pixels) -> bytes:
    """Return a WebP: without loss where that is light, or not heavier than with loss."""
    whole = _webp(pixels, _LOSSLESS)
    if len(whole) <= LIGHT_BYTES:
        return whole
    lossy = _webp(pixels, LOSSY_QUALITY)
    return whole if len(whole) <= len(lossy) else lossy


def _cut(whole: npt.NDArray[np.generic], box: Box, scale: float) -> Cut:
    left, top = round(box.x * scale), round(box.y * scale)
    right, bottom = round((box.x + box.w) * scale), round((box.y + box.h) * scale)
    part = np.ascontiguousarray(whole[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)])
    pixels = part.astype(np.uint8, copy=False)
    shape = f"{pixels.shape[0]}x{pixels.shape[1]}".encode()
    return Cut(pixels, hashlib.sha256(shape + pixels.tobytes()).hexdigest())


def _webp(pixels: Pixels, quality: int) -> bytes:
    is_made, data = cv2.imencode(".webp", pixels, [cv2.IMWRITE_WEBP_QUALITY, quality])
    return data.tobytes() if is_made else b""
