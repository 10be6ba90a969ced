"""Files that Chromium's fake camera plays: one colour, with a small square that moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

GREEN = (20, 140, 60)
"""The colour of the citizen's camera in a stand."""

ORANGE = (220, 110, 20)
"""The colour of the agent's camera in a stand."""

FPS = 15
LASTS_S = 2
SQUARE_PX = 16


def luma_chroma(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """Return Y, Cb and Cr of a colour (ITU-R BT.601, limited range)."""
    y = 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255
    cb = 128 + (-37.797 * red - 74.203 * green + 112.0 * blue) / 255
    cr = 128 + (112.0 * red - 93.786 * green - 18.214 * blue) / 255
    return round(y), round(cb), round(cr)


def write_camera(
    path: Path, colour: tuple[int, int, int], *, width_px: int = 320, height_px: int = 240
) -> Path:
    """Write a YUV4MPEG2 film of two seconds in `colour` and return its path.

    The moving square keeps encoders at work; it changes the mean colour by less than one per cent.
    """
    y, cb, cr = luma_chroma(*colour)
    chroma = bytes([cb]) * (width_px * height_px // 4) + bytes([cr]) * (width_px * height_px // 4)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width_px} H{height_px} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        frames = FPS * LASTS_S
        for number in range(frames):
            luma = np.full((height_px, width_px), y, np.uint8)
            left = (width_px - SQUARE_PX) * number // frames
            luma[SQUARE_PX : 2 * SQUARE_PX, left : left + SQUARE_PX] = 235 if y < 128 else 16  # noqa: PLR2004 - the middle of the range
            film.write(b"FRAME\n" + luma.tobytes() + chroma)
    return path


def is_near(seen: tuple[int, int, int], colour: tuple[int, int, int], *, within: int = 40) -> bool:
    """Say whether a decoded mean colour is the camera's, after lossy coding and scaling."""
    return all(abs(a - b) <= within for a, b in zip(seen, colour, strict=True))
