"""Documents (PDF) that the partner's page offers: told to both, sealed to the agent with leave."""

from __future__ import annotations

from dataclasses import dataclass, field

from cordee_kiosk.core import words
from cordee_kiosk.core.commands import Command, Reject, SayPrompt
from cordee_kiosk.core.control import Control, say
from cordee_kiosk.core.events import DocumentOffered
from cordee_kiosk.core.note import Note
from cordee_kiosk.core.scan import Scanning
from cordee_wire import control

NOTE_S = 20.0
MOST = 20
"""A page gone wild must not fill the kiosk's memory."""


@dataclass
class Documents:
    """The documents of one visit, by name."""

    leave: Control
    scanning: Scanning
    note: Note
    known: set[str] = field(default_factory=set)

    def offered(self, event: DocumentOffered, now: float) -> list[Command]:
        """Tell both that it has come; only what may be seen is told."""
        if not self.leave.shows_guest or len(self.known) >= MOST:
            return [Reject("document_refused")]
        self.known.add(event.document)
        self.note.show(words.DOCUMENT_CAME, until=now + NOTE_S)
        visit = self.leave.entry.visit
        return [
            say(control.DocumentOffered(document=event.document, size_bytes=event.size_bytes)),
            SayPrompt(0, words.DOCUMENT_CAME),
            self.scanning.facts.note(visit, "document_offered", now, size_bytes=event.size_bytes),
        ]

    def receive(self, message: control.Receive, now: float) -> list[Command]:
        """Seal it to the agent and send it as a scanned page goes, with the leave for papers."""
        if "scan" not in self.leave.grants:
            return self.leave.without_leave(message.id, now)
        if message.document not in self.known:
            code, text = "page_unknown", words.DOCUMENT_GONE
            done = control.Done(id=message.id, ok=False, code=code, message=text)
            return [Reject(code), say(done)]
        return self.scanning.seal(message, now)
