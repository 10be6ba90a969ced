"""Bytes as text on the wire: base64url without padding (RFC 4648 section 5)."""

from __future__ import annotations

import base64
import binascii


def encode(data: bytes) -> str:
    """Return `data` as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of `text`. Raises ValueError when it is not base64url without padding."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("Not base64url.") from error
    if encode(data) != text:
        raise ValueError("Not base64url without padding.")
    return data
