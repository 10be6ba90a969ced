"""Facts for the server's journal, numbered within one life of the daemon."""

from __future__ import annotations

from dataclasses import dataclass

from cordee_kiosk.core.commands import NoteFact
from cordee_wire.kiosk_link import Fact

Detail = str | int | float | bool | None
REJECTED_EVERY_S = 1.0
"""A page gone wild must not fill the journal: one `rejected` a code and second."""


@dataclass
class Facts:
    """Numbers facts: (boot, seq) is never used twice."""

    boot: str
    seq: int = 0

    def __post_init__(self) -> None:
        self._rejected_at: dict[str, float] = {}

    def note(self, visit: str, kind: str, now: float, **detail: Detail) -> NoteFact:
        """Return the command that writes this fact down. `detail` holds no content."""
        self.seq += 1
        return NoteFact(
            Fact(visit=visit, boot=self.boot, seq=self.seq, kind=kind, at=now, detail=dict(detail))
        )

    def rejected(self, visit: str, code: str, now: float, **detail: Detail) -> list[NoteFact]:
        """Return the fact of an act refused here, unless the same was noted a moment ago."""
        if now - self._rejected_at.get(code, float("-inf")) < REJECTED_EVERY_S:
            return []
        self._rejected_at[code] = now
        return [self.note(visit, "rejected", now, code=code, **detail)]
