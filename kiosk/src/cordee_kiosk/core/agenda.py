"""Which appointment is the kiosk's, and when."""

from __future__ import annotations

from dataclasses import dataclass, field

from cordee_wire.kiosk_link import AgendaEntry

WAKE_BEFORE_S = 600.0
HARD_END_AFTER_S = 900.0
CLEAR_BEFORE_NEXT_S = 45.0
"""A visit that overruns leaves this much to the next one."""
OVER_MOST = 200


@dataclass
class Agenda:
    """The next seven days, and the visits that are over here whatever the server still says."""

    entries: list[AgendaEntry] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    def replace(self, entries: list[AgendaEntry]) -> None:
        """Take over a whole agenda."""
        self.entries = sorted(entries, key=lambda entry: (entry.starts_at, entry.visit))

    def close(self, visit: str) -> None:
        """Never start this visit again."""
        if visit not in self.over:
            self.over = [*self.over, visit][-OVER_MOST:]

    def find(self, visit: str) -> AgendaEntry | None:
        """Return the entry of a visit."""
        return next((entry for entry in self.entries if entry.visit == visit), None)

    def due(self, now: float) -> AgendaEntry | None:
        """Return the entry that the kiosk should be busy with now.

        Of two, the later one whose time has nearly come goes first.
        """
        due = [
            entry
            for entry in self._open()
            if wakes_at(entry) <= now < entry.ends_at + HARD_END_AFTER_S
        ]
        begun = [entry for entry in due if entry.starts_at - CLEAR_BEFORE_NEXT_S <= now]
        if begun:
            return begun[-1]
        return due[0] if due else None

    def next_wake(self, now: float) -> float | None:
        """Return when the next entry is due, after now."""
        return min((at for at in map(wakes_at, self._open()) if at > now), default=None)

    def next_start(self, now: float) -> float | None:
        """Return the next entry's hour."""
        starts = (entry.starts_at for entry in self._open() if entry.ends_at > now)
        return min(starts, default=None)

    def ends_hard_at(self, entry: AgendaEntry) -> float:
        """Return when a visit ends by itself at the latest."""
        end = entry.ends_at + HARD_END_AFTER_S
        for other in self._open():
            if other.visit != entry.visit and other.starts_at > entry.starts_at:
                end = min(end, max(entry.ends_at, other.starts_at - CLEAR_BEFORE_NEXT_S))
        return end

    def _open(self) -> list[AgendaEntry]:
        return [entry for entry in self.entries if entry.visit not in self.over]


def wakes_at(entry: AgendaEntry) -> float:
    """Return when the kiosk wakes for an entry."""
    return entry.starts_at - WAKE_BEFORE_S
