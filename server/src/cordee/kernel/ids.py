"""Names that machines give: unguessable, safe in an address."""

from __future__ import annotations

import re
import secrets
import uuid

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1 or I: the code is read aloud and copied by hand."""

_HEX = re.compile(r"[0-9a-f]{32}")


def new_hex() -> str:
    """Return a random public id: 32 hexadecimal digits (UUID version 4)."""
    return uuid.uuid4().hex


def is_hex(text: str) -> bool:
    """Return whether `text` has the form of a public id."""
    return _HEX.fullmatch(text) is not None


def new_code() -> str:
    """Return a one-use code for a person to copy, as `7KQF-2M9T-HHXD` (60 bits)."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def new_short_code() -> str:
    """Return a code for a citizen to copy, as `7KQF2M9T` (40 bits); a second factor goes with it.

    Shown in two groups of four.
    """
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(8))


def plain_code(text: str) -> str:
    """Return a code as it is compared: capitals, without spaces and hyphens."""
    return re.sub(r"[\s\-]", "", text).upper()
