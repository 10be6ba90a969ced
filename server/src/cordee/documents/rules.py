"""What a sealed page is, and how long it stays."""

from __future__ import annotations

from enum import StrEnum

PAGE_LIMIT_BYTES = 30 * 1024 * 1024
VISIT_PAGES_LIMIT = 200
VISIT_LIMIT_BYTES = 1024 * 1024 * 1024
"""What one visit may bring. Far above any file of papers: it only bounds a box gone wrong."""
OFFERED_WITHIN_S = 7 * 24 * 3600
"""A box without a line brings its pages later, but not after so long from the visit's end."""
CHUNK_LIMIT_BYTES = 262_144
KEPT_S = 24 * 3600
"""A page leaves the server at the latest 24 hours after its last byte came. Of one that is still
arriving the bytes leave; the kiosk, which keeps it whole, begins again."""
ACKNOWLEDGED_KEPT_S = 10 * 60
"""Once the agent has opened it, it stays long enough to be opened again after a mishap."""
AGE_MAGIC = b"age-encryption.org/v1\n"
"""First line of a sealed file (age-encryption.org/v1): nothing else is ever stored."""


class PageState(StrEnum):
    """The life of a sealed page on the server."""

    ARRIVING = "arriving"
    WHOLE = "whole"
    ACKNOWLEDGED = "acknowledged"
    PURGED = "purged"


def is_sealed(first_bytes: bytes) -> bool:
    """Return whether a file that begins so is an age file."""
    return first_bytes.startswith(AGE_MAGIC)
