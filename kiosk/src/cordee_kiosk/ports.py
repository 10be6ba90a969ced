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
from cordee_wire import control, kiosk_link, stage


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


# --- browser ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class StageSaid:
    """A message from the stage."""

    message: msgspec.Struct


@dataclass(frozen=True)
class GuestMoved:
    """The guest is at another address, or its title or history changed."""

    url: str
    title: str
    may_back: bool
    may_forward: bool


@dataclass(frozen=True)
class GuestGone:
    """The guest's window ended by itself; its context is destroyed."""


@dataclass(frozen=True)
class GuestAtSecret:
    """Which blind field has the focus in the guest: its number, 0 when there is none.

    `kind` is one of stage.SECRET_KINDS, `pad` digits or letters; it holds `typed` characters, or
    stage.SECRET_DOTS_MOST and more.
    """

    field: int = 0
    kind: str = ""
    pad: str = ""
    typed: int = 0


@dataclass(frozen=True)
class GuestSaid:
    """The page's script said something by itself, here in words for the agent."""

    words: str


@dataclass(frozen=True)
class MirrorBytes:
    """The next piece for the mirror channel, at most 16 kB: one epoch byte, then deflate data."""

    data: bytes


@dataclass(frozen=True)
class BulkBytes:
    """The next piece for the bulk channel, at most 16 kB (framing: adapters/chromium/bulk.py)."""

    data: bytes


@dataclass(frozen=True)
class PictureIs:
    """Of the guest's page as a picture: `shown`, `covered` (black, for a secret) or `failed`."""

    state: str


@dataclass(frozen=True)
class GuestOffered:
    """The guest's page offers this PDF, whole."""

    pdf: bytes = field(repr=False)


@dataclass(frozen=True)
class BrowserGone:
    """Chromium ended without being asked to; the adapter is closed."""

    reason: str


BrowserEvent = (
    StageSaid
    | GuestMoved
    | GuestGone
    | GuestAtSecret
    | GuestOffered
    | GuestSaid
    | MirrorBytes
    | BulkBytes
    | PictureIs
    | BrowserGone
)


class Browser(Protocol):
    """The kiosk's Chromium: one stage, at most one guest."""

    async def start(self) -> None:
        """Start Chromium and load the stage. Returns when the stage has said StageReady.

        Raises Unavailable: `device_missing` (no Chromium, no screen) or `failed`.
        """
        ...

    def events(self) -> AsyncIterator[BrowserEvent]:
        """Yield what happens, in order, until closed. One reader."""
        ...

    async def tell(self, message: stage.ToStage) -> None:
        """Hand a message to the stage."""
        ...

    async def open_guest(
        self,
        *,
        url: str,
        allowed_hosts: list[str],
        camera_for: str = "",
        blind_rules: Sequence[str] = (),
    ) -> None:
        """Make a fresh incognito context and open `url` in it. Raises Unavailable(`outside`).

        Pages of the origin `camera_for` may use camera and microphone in this context, no others.
        `blind_rules` are further blind fields, each `host selector`.
        """
        ...

    async def close_guest(self) -> None:
        """Destroy the guest's context. Nothing of it is left. Without a guest: nothing happens."""
        ...

    async def mirror(self, *, is_on: bool) -> None:
        """Start (a new epoch) or stop sending MirrorBytes and BulkBytes.

        Ends the picture of the page too.
        """
        ...

    async def picture(self) -> None:
        """Show the guest as a picture, in place of MirrorBytes; PictureIs says how it goes."""
        ...

    def mirror_heard(self, epoch: int, total_bytes: int) -> None:
        """Note how many bytes of an epoch of the mirror the counter has read."""
        ...

    async def do(self, verb: control.Verb, papers: Sequence[bytes] = ()) -> control.Done:
        """Carry out one verb in the guest, in the order asked; always answers.

        Grants are not checked here: the core has done so. `papers` are the pages of an Attach
        (JPEG): what they are called in the guest, and where they lie, nobody else decides.
        """
        ...

    def type_secret(self, *, field: int, text: str, key: str) -> None:
        """Write a character, or do a key, in the blind field with this number.

        Nothing happens once another element has the focus. Keys: Backspace, ArrowLeft, ArrowRight,
        and Done, which leaves the field.
        """
        ...

    def press_stage(self, key: Key) -> None:
        """Let the stage have a stroke of the keyboard that is held."""
        ...

    def answer(self, verb_id: int) -> bool:
        """Put the word that a verb is done behind what the mirror has told of it.

        False: the mirror is off, nothing was said. What a new epoch may have cost is said again.
        """
        ...

    async def halt(self) -> None:
        """Drop queued verbs at once and end what one is doing (stop pressed)."""
        ...

    async def close(self) -> None:
        """End Chromium and remove its profile."""
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
