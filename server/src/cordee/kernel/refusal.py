"""What every expected error has in common: a word for machines, a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """Something asked for was refused, and nothing was written.

    Each service defines its own beside the function that raises it. `code` is what programs
    compare; `message` is plain French that says what the person can do.
    """

    code = "refused"
    message = "La demande est refusée."

    def __init__(self, message: str = "") -> None:
        """Use `message` instead of the class's own sentence when there is more to say."""
        super().__init__(message or self.message)
        if message:
            self.message = message


def raise_first(faults: Mapping[str, Refusal]) -> None:
    """Raise the first of these faults (each by the field that it is of), if there is any."""
    for fault in faults.values():
        raise fault
