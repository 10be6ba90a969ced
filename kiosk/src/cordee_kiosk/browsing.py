"""What the kiosk's core needs of its browser: the stage, the guest, and what both tell.

All coroutines run on the daemon's one event loop. `ports.Unavailable` means that it cannot be done
now, in words for a person; anything else raised is a defect.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from cordee_kiosk.ports import Key
from cordee_wire import control, stage


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
