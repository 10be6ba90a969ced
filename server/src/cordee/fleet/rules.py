"""Enrolment codes and presence."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from cordee.kernel.ids import plain_code

CODE_LASTS = timedelta(minutes=15)
"""A technician reads the code out at the box; longer would only help a thief."""

SEEN_EVERY_S = 20
"""How often a sign of life is written down: often enough for a page, rarely enough for a disk."""


SILENT_AFTER = timedelta(minutes=3)
"""A kiosk asks the hour every minute; one that missed three is not counted on."""


def code_hash(code: str) -> str:
    """Return what is kept of a code. It has 60 random bits, so a plain digest hides it."""
    return hashlib.sha256(f"cordee-enrolment\n{plain_code(code)}".encode()).hexdigest()
