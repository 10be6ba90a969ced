"""What the kiosk's core needs of the world, one protocol a device. Adapters implement these.

All coroutines run on the daemon's one event loop. `Unavailable` means the device cannot do it now,
in words for a person; anything else raised is a defect.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from cordee_kiosk.core.kept import Kept
from cordee_wire import kiosk_link, stage


class Unavailable(Exception):
    """A device cannot do what was asked. `code` is one of control.Done's codes."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the machine's word beside the plain sentence."""
        super().__init__(message)
        self.code = code


# --- clock ------------------------------------------------------------------------------------


class Clock(Protocol):
    """Unix seconds, as the server counts them, on a clock that never jumps back."""

    def now(self) -> float:
        """Return the corrected time."""
        ...

    def told(self, *, sent: float, server_now: float) -> None:
        """Take one exchange with the server into account (the shortest round trip counts most).

        `sent` is what `stamp` returned when the question was asked.
        """
        ...

    def stamp(self) -> float:
        """Return what to send as TimeAsked.sent."""
        ...

    def hint(self, server_now: float) -> None:
        """Take the server's rough word for the hour, only where the box is seconds off."""
        ...


# --- link to the server -----------------------------------------------------------------------


@dataclass(frozen=True)
class LinkUp:
    """The server knows the kiosk."""

    welcome: kiosk_link.Welcome


@dataclass(frozen=True)
class LinkDown:
    """The line to the server is lost; the adapter tries again by itself."""

    reason: str


@dataclass(frozen=True)
class LinkSaid:
    """The server said something."""

    message: msgspec.Struct


LinkEvent = LinkUp | LinkDown | LinkSaid


class Link(Protocol):
    """The only connection to the server; reconnects by itself, 0.2 s to 2 s between tries."""

    def events(self) -> AsyncIterator[LinkEvent]:
        """Yield what happens until closed. One reader."""
        ...

    async def send(self, message: kiosk_link.FromKiosk) -> bool:
        """Send if the link is up. False: it was not."""
        ...

    async def close(self) -> None:
        """Close for good."""
        ...


# --- devices ----------------------------------------------------------------------------------


class Scanner(Protocol):
    """A SANE device."""

    async def scan(self) -> bytes:
        """Scan one page and return it as PNG. Raises Unavailable with a scanner's code."""
        ...


class Papers(Protocol):
    """The pages scanned in this visit, as they may be attached. In memory only."""

    async def keep(self, page: str, picture: bytes) -> bytes:
        """Keep a page (PNG) under its name; return it small (JPEG), empty if it is no picture."""
        ...

    def offer(self, document: str, pdf: bytes) -> None:
        """Keep a document that the partner's page offered."""
        ...

    def document(self, name: str) -> bytes:
        """Return a document, empty when it is not here."""
        ...

    def take(self, pages: Sequence[str]) -> list[bytes]:
        """Return these pages (JPEG), in order; empty when one of them is not here."""
        ...

    def forget(self) -> None:
        """Drop them all."""
        ...


class Voice(Protocol):
    """Says prompts."""

    async def say(self, text: str) -> bytes:
        """Return the sentence as a WAV file (16-bit mono)."""
        ...


class Screen(Protocol):
    """The kiosk's screen."""

    async def wake(self) -> None:
        """Turn the screen on and keep it on."""
        ...

    async def rest(self) -> None:
        """Let the screen go dark after its usual time."""
        ...


@dataclass(frozen=True)
class Key:
    """One stroke: the character it writes, or its `name`.

    Named are Backspace, Tab, Enter, ArrowLeft and ArrowRight.
    """

    text: str = field(default="", repr=False)
    name: str = ""
    shift: bool = False


class StopKey(Protocol):
    """The hardware key, read by the daemon whatever has the focus; and the rest of the keyboard.

    One X client reads both: while one holds the keyboard, keys held by others are not heard.
    """

    def presses(self) -> AsyncIterator[float]:
        """Yield at each press (monotonic seconds)."""
        ...

    def hold(self, *, is_held: bool) -> None:
        """Let every stroke come here and reach no window, or no more."""
        ...

    def keys(self) -> AsyncIterator[Key]:
        """Yield what is typed while the keyboard is held, until closed. One reader."""
        ...

    async def close(self) -> None:
        """Release the key."""
        ...


class Sealer(Protocol):
    """Seals a page to certified recipients only."""

    def seal(self, page: bytes, *, entry: kiosk_link.AgendaEntry, now: float) -> Sealed:
        """Return the age file.

        Raises Unavailable(`sealing_refused`) when a certificate is not good.
        """
        ...


@dataclass(frozen=True)
class Sealed:
    """An age file and whom it was sealed to."""

    ciphertext: bytes
    recipients: list[str] = field(default_factory=list)


class Post(Protocol):
    """Brings sealed pages to the server, resuming where it stopped."""

    def put(self, *, page: str, visit: str, sealed: Sealed) -> None:
        """Write the ciphertext to the spool, on the disk when this returns.

        It is sent from there until the server has it.
        """
        ...

    def delivered(self) -> AsyncIterator[Delivered]:
        """Yield each page that the server holds whole. One reader."""
        ...

    def line_is(self, line: stage.LineMeasured) -> None:
        """Send no faster than leaves room for the call that this was measured in."""
        ...

    def wake(self) -> None:
        """Try again now: the server is there."""
        ...

    async def close(self) -> None:
        """Stop sending; what is spooled stays."""
        ...


@dataclass(frozen=True)
class Delivered:
    """A page that the server holds whole; with `trouble`, one that it will never have."""

    page: str
    visit: str
    trouble: str = ""


# --- what survives the daemon --------------------------------------------------------------------


class Memory(Protocol):
    """What survives the daemon: agenda and visit."""

    def keep_agenda(self, welcome: kiosk_link.Welcome) -> None:
        """Write the agenda down."""
        ...

    def keep_visit(self, kept: Kept) -> None:
        """Write down which visit is going on."""
        ...


class Spool(Protocol):
    """Facts that the server has not applied."""

    def waiting(self) -> list[kiosk_link.Fact]:
        """Return them in order."""
        ...

    def add(self, fact: kiosk_link.Fact) -> None:
        """Write one down."""
        ...

    def forget(self, boot: str, seq: int) -> None:
        """Drop one."""
        ...

    def forget_visit(self, visit: str) -> list[kiosk_link.Fact]:
        """Drop those of a visit that the server does not know, and return them."""
        ...
