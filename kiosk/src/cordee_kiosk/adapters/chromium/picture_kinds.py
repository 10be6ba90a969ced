"""What bytes are, by their first ones: only pictures and fonts that a browser shows pass.

The name that a site gives them is not asked. Sizes stand in each format's head (PNG, section
11.2.2; GIF89a, section 18; WebP container, RFC 9649; JPEG, ITU-T T.81 section B.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass

SVG = "image/svg+xml"
RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_FONTS = {
    b"wOF2": "font/woff2",
    b"wOFF": "font/woff",
    b"\x00\x01\x00\x00": "font/ttf",
    b"OTTO": "font/otf",
    b"true": "font/ttf",
}
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n\f"
_BEFORE_SVG = {b"<!--": b"-->", b"<?xml": b">", b"<!doctype svg": b">"}
_LOOKED_AT_BYTES = 65_536


@dataclass(frozen=True)
class Kind:
    """A media type; width and height in px, 0 where they are not told or not asked."""

    type: str
    width: int = 0
    height: int = 0

    @property
    def is_font(self) -> bool:
        """Whether this is a font."""
        return self.type.startswith("font/")


def kind_of(data: bytes) -> Kind | None:  # noqa: PLR0911 - one answer a format
    """Return what the bytes are; None: nothing that may be shown."""
    if font := _FONTS.get(data[:4]):
        return Kind(font)
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return Kind("image/png", _big(data[16:20]), _big(data[20:24]))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Kind("image/gif", _little(data[6:8]), _little(data[8:10]))
    if data.startswith(b"\xff\xd8\xff"):
        return Kind("image/jpeg", *_jpeg_size(data))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Kind("image/webp", *_webp_size(data))
    if data[4:8] == b"ftyp" and data[8:12] in {b"avif", b"avis"}:
        return Kind("image/avif")
    if data.startswith(b"BM") and len(data) > _BMP_HEAD_BYTES:
        return Kind("image/bmp")
    if data.startswith(b"\x00\x00\x01\x00"):
        return Kind("image/x-icon")
    if _is_svg(data[:_LOOKED_AT_BYTES]):
        return Kind(SVG)
    return None


def _is_svg(data: bytes) -> bool:
    """Look past what may stand before a drawing, each byte once: a page may write any head."""
    head = data.removeprefix(_BOM).lower()
    at = 0
    while True:
        while head[at : at + 1] and head[at] in _SPACE:
            at += 1
        ends = next((end for begin, end in _BEFORE_SVG.items() if head.startswith(begin, at)), None)
        if ends is None:
            return head.startswith(b"<svg", at) and head[at + 4 : at + 5] in _AFTER_SVG
        found = head.find(ends, at)
        # A document type with declarations of its own is no plain drawing.
        if found < 0 or (ends == b">" and b"[" in head[at:found]):
            return False
        at = found + len(ends)


_AFTER_SVG = {bytes([each]) for each in (*_SPACE, ord(">"))}
_BMP_HEAD_BYTES = 54
_MARKER, _EXIF = 0xFF, 0xE1
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION, _TURNED_FROM = 0x0112, 5


def is_animated(data: bytes, kind: Kind) -> bool:
    """Return whether a picture moves: only as it is does it go on doing so."""
    if kind.type == "image/gif":
        return data.count(b"\x21\xf9\x04", 0, 2_000_000) > 1
    if kind.type == "image/webp":
        return data[12:16] == b"VP8X" and bool(data[20] & 0x02)
    return kind.type == "image/png" and b"acTL" in data[:4096]


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Walk the segments to the frame's head; (0, 0) when it is not where it should be.

    A picture that its camera turned (EXIF orientation 5 to 8) has its sides exchanged.
    """
    at, is_turned = 2, False
    while at + 9 < len(data) and data[at] == _MARKER:
        marker, length = data[at + 1], _big(data[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = _big(data[at + 5 : at + 7]), _big(data[at + 7 : at + 9])
            return (height, width) if is_turned else (width, height)
        if marker == _EXIF:
            is_turned = _orientation(data[at + 4 : at + 2 + length]) >= _TURNED_FROM
        at += 2 + max(length, 2)
    return 0, 0


def _orientation(segment: bytes) -> int:
    if not segment.startswith(b"Exif\x00\x00"):
        return 1
    tiff = segment[6:]
    read = _little if tiff.startswith(b"II") else _big
    begin = read(tiff[4:8])
    for at in range(begin + 2, min(begin + 2 + 12 * read(tiff[begin : begin + 2]), len(tiff)), 12):
        if read(tiff[at : at + 2]) == _ORIENTATION:
            return read(tiff[at + 8 : at + 10])
    return 1


def _webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            return _little(data[24:27]) + 1, _little(data[27:30]) + 1
        case b"VP8 ":
            return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
        case b"VP8L":
            bits = _little(data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            return 0, 0


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
