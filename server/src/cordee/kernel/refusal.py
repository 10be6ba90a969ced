"""What every expected error has in common: a word for machines, a sentence for people."""

from __future__ import annotations


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
