"""One page at a time: scanning, sealing, sending, sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from cordee_kiosk.core import words
from cordee_kiosk.core.commands import Command, HaltScan, Reject, SayPrompt, ScanPage, SealDocument
from cordee_kiosk.core.control import say
from cordee_kiosk.core.events import ScanWent
from cordee_kiosk.core.facts import Facts
from cordee_kiosk.core.note import Note
from cordee_wire import control
from cordee_wire.kiosk_link import AgendaEntry

SCAN_WITHIN_S = 90.0
NOTE_S = 30.0
"""The person may have to walk to the scanner: they can read what is wrong for this long."""


@dataclass
class Scanning:
    """The scans of one visit. Leave is checked by Control before.

    `note` is what the citizen reads when a sheet did not go through.
    """

    entry: AgendaEntry
    facts: Facts
    state: str = ""
    note: Note = field(default_factory=Note)
    _ends_by: float | None = None
    _id: int = 0
    _fact: str = "scanned"
    _sending: dict[str, int] = field(default_factory=dict)

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do, or None."""
        return self._ends_by or self.note.deadline

    def start(self, message: control.Scan, now: float) -> list[Command]:
        """Scan what lies on the stand, unless a scan is under way."""
        if self.state:
            busy = control.Done(id=message.id, ok=False, code="busy", message=words.BUSY_SCANNING)
            return [Reject("busy"), say(busy)]
        self.state, self._id, self._ends_by = "scanning", message.id, now + SCAN_WITHIN_S
        self._fact = "scanned"
        self.note.clear()
        return [
            say(control.ScanState(id=message.id, state="scanning")),
            ScanPage(message.id, self.entry),
        ]

    def seal(self, message: control.Receive, now: float) -> list[Command]:
        """Seal a document, unless a sheet or another one is under way."""
        if self.state:
            busy = control.Done(id=message.id, ok=False, code="busy", message=words.BUSY_SCANNING)
            return [Reject("busy"), say(busy)]
        self.state, self._id, self._ends_by = "sealing", message.id, now + SCAN_WITHIN_S
        self._fact = "document_sealed"
        self.note.clear()
        return [
            say(control.ScanState(id=message.id, state="sealing")),
            SealDocument(message.id, message.document, self.entry),
        ]

    def went(self, event: ScanWent, now: float) -> list[Command]:
        """Tell the agent how it goes."""
        if event.id != self._id or not self.state:
            return [Reject("scan_unasked")]
        if event.state == "failed":
            return self._failed(event.code, event.message, now)
        self.state = event.state
        state = control.ScanState(id=event.id, state=event.state, page=event.page)
        if event.state != "sending":
            return [say(state)]
        self.state, self._ends_by = "", None
        self._sending[event.page] = event.id
        fact = self.facts.note(
            self.entry.visit,
            self._fact,
            now,
            page=event.page,
            size_bytes=event.size_bytes,
            sha256=event.sha256,
        )
        return [say(state), say(control.Done(id=event.id, ok=True)), fact]

    def delivered(self, page: str) -> list[Command]:
        """Tell the agent that the server holds the page."""
        scan_id = self._sending.pop(page, None)
        if scan_id is None:
            return []
        return [say(control.ScanState(id=scan_id, state="sent", page=page))]

    def refused(self, page: str, now: float) -> list[Command]:
        """Tell both that the server will not have the page: the sheet is scanned again."""
        scan_id = self._sending.pop(page, None)
        if scan_id is None:
            return []
        code, message = "page_refused", words.PAGE_REFUSED
        state = control.ScanState(id=scan_id, state="failed", page=page, code=code, message=message)
        self.note.show(words.not_scanned(code), until=now + NOTE_S)
        return [
            say(state),
            self.facts.note(self.entry.visit, "scan_failed", now, code=code),
            SayPrompt(0, self.note.text),
        ]

    def halt(self, now: float) -> list[Command]:
        """End a scan whose leave is gone; a page that is sealed already is sent."""
        if not self.state:
            return []
        return [HaltScan(), *self._ended("no_grant", words.SCAN_HALTED, now)]

    def tick(self, now: float) -> list[Command]:
        """End a scan that never ends, and take down what has been read."""
        self.note.tick(now)
        if self._ends_by is None or now < self._ends_by:
            return []
        return [HaltScan(), *self._failed("device_error", words.SCAN_UNENDED, now)]

    def _failed(self, code: str, message: str, now: float) -> list[Command]:
        self.note.show(words.not_scanned(code), until=now + NOTE_S)
        return [*self._ended(code, message, now), SayPrompt(0, self.note.text)]

    def _ended(self, code: str, message: str, now: float) -> list[Command]:
        self.state, self._ends_by = "", None
        return [
            say(control.ScanState(id=self._id, state="failed", code=code, message=message)),
            say(control.Done(id=self._id, ok=False, code=code, message=message)),
            self.facts.note(self.entry.visit, "scan_failed", now, code=code),
        ]
