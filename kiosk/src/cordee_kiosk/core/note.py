"""A sentence that the stage shows for a while."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Note:
    """What the citizen reads now; `text` is empty when there is nothing to read."""

    text: str = ""
    _until: float = 0.0

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to take down, or None."""
        return self._until if self.text else None

    def show(self, text: str, *, until: float) -> None:
        """Show `text` in the place of what stood there."""
        self.text, self._until = text, until

    def clear(self) -> None:
        """Take down what stands there."""
        self.text = ""

    def tick(self, now: float) -> None:
        """Take down what has been read."""
        if now >= self._until:
            self.clear()
