"""Notes of one line that stay with an administration."""

from __future__ import annotations

from cordee.kernel.refusal import Refusal
from cordee.visits.rules import NOTE_LIMIT


class NoteTooLong(Refusal):
    """A note is one line. The person shortens it."""

    code = "note_too_long"
    message = "Cette note est trop longue : 200 signes au plus."


def note_of(text: str) -> str:
    """Return a text as one line. Raises NoteTooLong."""
    note = " ".join(text.replace("\0", " ").split())
    if len(note) > NOTE_LIMIT:
        raise NoteTooLong
    return note
