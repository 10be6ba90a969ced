"""What happens to the kiosk, as the core is told it. All instants are the corrected Unix clock."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from cordee_wire import control, kiosk_link


@dataclass(frozen=True)
class Ticked:
    """The deadline has come."""


@dataclass(frozen=True)
class LinkOpened:
    """The server knows the kiosk."""

    welcome: kiosk_link.Welcome


@dataclass(frozen=True)
class LinkLost:
    """The server cannot be reached now."""


@dataclass(frozen=True)
class ServerSaid:
    """The server said something, one of kiosk_link.FromServer."""

    message: msgspec.Struct


@dataclass(frozen=True)
class BrowserReady:
    """The stage is up (again) and shows nothing yet."""


@dataclass(frozen=True)
class BrowserLost:
    """Chromium is gone and everything in it: the call, the guest."""

    reason: str


@dataclass(frozen=True)
class StageTold:
    """The stage said something, one of stage.FromStage."""

    message: msgspec.Struct


@dataclass(frozen=True)
class GuestOpened:
    """The guest that was asked for is there, or cannot be (`code`, `message`)."""

    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class GuestGone:
    """The guest's window ended by itself: a page that crashed, a window closed."""


@dataclass(frozen=True)
class GuestWent:
    """The guest is at another address."""

    url: str
    title: str
    may_back: bool
    may_forward: bool


@dataclass(frozen=True)
class SecretFocused:
    """A blind field has the focus in the guest, or none has (`field` 0); see GuestAtSecret."""

    field: int = 0
    kind: str = ""
    pad: str = ""
    typed: int = 0


@dataclass(frozen=True)
class KeyPressed:
    """A stroke of the physical keyboard while it is held: a character, or a key's name."""

    text: str = field(default="", repr=False)
    name: str = ""
    shift: bool = False


@dataclass(frozen=True)
class GuestSaid:
    """The page's script said something by itself, here in words for the agent."""

    words: str


@dataclass(frozen=True)
class MirrorWritten:
    """The next piece of the mirror."""

    data: bytes


@dataclass(frozen=True)
class BulkWritten:
    """The next piece of what the mirror shows by hash: pictures, fonts."""

    data: bytes


@dataclass(frozen=True)
class PictureWent:
    """The guest's picture is `shown`, `covered` for a secret, or has `failed`."""

    state: str


@dataclass(frozen=True)
class VerbAnswered:
    """The browser carried a verb out, or says why not."""

    verb: control.Verb
    done: control.Done


@dataclass(frozen=True)
class AnswerUntold:
    """The mirror is off: this answer did not go into its stream."""

    done: control.Done


@dataclass(frozen=True)
class VoiceFailed:
    """A prompt cannot be said aloud: the screen has to do."""

    prompt: int


@dataclass(frozen=True)
class StopPressed:
    """The hardware key."""


@dataclass(frozen=True)
class ScanWent:
    """How a scan goes: `sealing`, then `sending` with the page's data, or `failed`.

    `small` is the page as a small picture (JPEG), for the stage.
    """

    id: int
    state: str
    page: str = ""
    size_bytes: int = 0
    sha256: str = ""
    small: bytes = field(default=b"", repr=False)
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class DocumentOffered:
    """The partner's page offers a PDF, which the shell keeps under this name."""

    document: str
    size_bytes: int


@dataclass(frozen=True)
class PageDelivered:
    """The server holds the page whole; with `trouble` (its code), it will never have it."""

    page: str
    visit: str
    trouble: str = ""


Event = (
    Ticked
    | LinkOpened
    | LinkLost
    | ServerSaid
    | BrowserReady
    | BrowserLost
    | StageTold
    | GuestOpened
    | GuestGone
    | GuestWent
    | SecretFocused
    | KeyPressed
    | GuestSaid
    | MirrorWritten
    | BulkWritten
    | PictureWent
    | VerbAnswered
    | AnswerUntold
    | VoiceFailed
    | StopPressed
    | ScanWent
    | DocumentOffered
    | PageDelivered
)
