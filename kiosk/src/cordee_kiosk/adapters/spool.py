"""What the kiosk remembers on its disk: agenda, the visit that is going on, facts not yet applied.

Nothing of the person is kept once the visit is wiped.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import structlog

from cordee_kiosk.adapters.files import read_json, write_whole
from cordee_kiosk.core.kept import Kept
from cordee_wire.kiosk_link import Fact, Welcome

_log = structlog.get_logger()


class BoxMemory:
    """agenda.json and visit.json in the state folder."""

    def __init__(self, state: Path) -> None:
        self._agenda = state / "agenda.json"
        self._visit = state / "visit.json"

    def agenda(self) -> Welcome:
        """Return the last agenda that the server told; an empty one before the first."""
        kept = read_json(self._agenda, Welcome)
        return kept or Welcome(now=0, site="", phone="", agenda=[])

    def keep_agenda(self, welcome: Welcome) -> None:
        """Write the agenda down, unless it is what stands there."""
        if _but_now(self.agenda()) != _but_now(welcome):
            write_whole(self._agenda, msgspec.json.encode(welcome))

    def visit(self) -> Kept:
        """Return the visit that was going on."""
        return read_json(self._visit, Kept) or Kept()

    def keep_visit(self, kept: Kept) -> None:
        """Write down which visit is going on."""
        write_whole(self._visit, msgspec.json.encode(kept))


class FactSpool:
    """facts.ndjson: one line a fact, on the disk before it is sent; gone once applied.

    A fact taken off is noted by a line `[boot, seq]`; the file is emptied when nothing waits.
    """

    def __init__(self, state: Path) -> None:
        self._path = state / "facts.ndjson"
        self._waiting: dict[tuple[str, int], Fact] = {}
        self._load()

    def waiting(self) -> list[Fact]:
        """Return the facts that the server has not applied, in the order in which they arose."""
        return list(self._waiting.values())

    def add(self, fact: Fact) -> None:
        """Spool a fact; it survives a power cut from here on."""
        self._waiting[fact.boot, fact.seq] = fact
        self._append(msgspec.json.encode(fact), is_synced=True)

    def forget(self, boot: str, seq: int) -> None:
        """Drop a fact that the server has applied."""
        if self._waiting.pop((boot, seq), None) is None:
            return
        if self._waiting:
            # Losing this line costs one fact sent twice, which the server applies once.
            self._append(msgspec.json.encode([boot, seq]), is_synced=False)
        else:
            os.truncate(self._path, 0)

    def forget_visit(self, visit: str) -> list[Fact]:
        """Drop the facts of a visit that the server does not know, and return them."""
        dropped = [fact for fact in self._waiting.values() if fact.visit == visit]
        for fact in dropped:
            self.forget(fact.boot, fact.seq)
        return dropped

    def _append(self, line: bytes, *, is_synced: bool) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(line + b"\n")
            file.flush()
            if is_synced:
                os.fsync(file.fileno())

    def _load(self) -> None:
        if not self._path.exists():
            return
        for line in self._path.read_bytes().splitlines():
            try:
                read: Fact | list[str | int] = msgspec.json.decode(
                    line, type=Fact | list[str | int]
                )
            except msgspec.MsgspecError:
                # Only the line being written when the power went can be broken.
                _log.warning("fact_line_broken")
                continue
            if isinstance(read, Fact):
                self._waiting[read.boot, read.seq] = read
            else:
                boot, seq = read
                self._waiting.pop((str(boot), int(seq)), None)
        lines = [msgspec.json.encode(fact) + b"\n" for fact in self._waiting.values()]
        write_whole(self._path, b"".join(lines))


def _but_now(welcome: Welcome) -> tuple[object, ...]:
    return welcome.site, welcome.phone, welcome.agenda
