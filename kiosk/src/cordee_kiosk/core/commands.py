"""What the core wants done. The shell carries these out in order and decides nothing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from cordee_kiosk.core.kept import Kept
from cordee_wire import control, kiosk_link, stage


@dataclass(frozen=True)
class TellStage:
    """Hand this to the stage."""

    message: stage.ToStage


@dataclass(frozen=True)
class TellServer:
    """Say this to the server if it is there; it is worth nothing later."""

    message: kiosk_link.Joined | kiosk_link.Relayed


@dataclass(frozen=True)
class NoteFact:
    """Spool this until the server has applied it."""

    fact: kiosk_link.Fact


@dataclass(frozen=True)
class ForgetFact:
    """The server has applied it."""

    boot: str
    seq: int


@dataclass(frozen=True)
class ForgetFactsOf:
    """The server knows no such visit of this kiosk: its facts can never be applied."""

    visit: str


@dataclass(frozen=True)
class SayPrompt:
    """Have it said aloud through the stage; answered by Spoken or VoiceFailed unless `id` is 0."""

    id: int
    text: str


@dataclass(frozen=True)
class WakeScreen:
    """Turn the screen on and keep it on."""


@dataclass(frozen=True)
class RestScreen:
    """Let the screen go dark."""


@dataclass(frozen=True)
class OpenGuest:
    """Make the guest; answered by GuestOpened. `camera_for` is the origin that gets the camera."""

    url: str
    allowed_hosts: list[str]
    camera_for: str = ""
    blind_rules: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True)
class HoldKeyboard:
    """Let the physical keyboard reach no window, or let it go."""

    is_held: bool


@dataclass(frozen=True)
class TypeSecret:
    """Write a character, or do a key, in the blind field with this number."""

    field: int
    text: str = dataclasses.field(default="", repr=False)
    key: str = ""


@dataclass(frozen=True)
class PressOnStage:
    """Let the stage have a stroke of the held keyboard."""

    text: str = dataclasses.field(default="", repr=False)
    name: str = ""
    shift: bool = False


@dataclass(frozen=True)
class CloseGuest:
    """Destroy the guest and all that it holds."""


@dataclass(frozen=True)
class TurnMirror:
    """Start the mirror anew, or end it."""

    is_on: bool


@dataclass(frozen=True)
class TurnPicture:
    """Show the guest as a picture in place of the mirror; answered by PictureWent."""


@dataclass(frozen=True)
class DoVerb:
    """Carry out an admitted verb; answered by VerbAnswered."""

    verb: control.Verb


@dataclass(frozen=True)
class AnswerInMirror:
    """Say in the mirror's stream that a verb went well; AnswerUntold comes back if it is off."""

    done: control.Done


@dataclass(frozen=True)
class HaltVerbs:
    """Drop every verb that is not done yet, now."""


@dataclass(frozen=True)
class ScanPage:
    """Scan, seal and spool one page; answered by ScanWent."""

    id: int
    entry: kiosk_link.AgendaEntry


@dataclass(frozen=True)
class SealDocument:
    """Seal and spool a document that the partner's page offered; answered by ScanWent."""

    id: int
    document: str
    entry: kiosk_link.AgendaEntry


@dataclass(frozen=True)
class HaltScan:
    """The leave is gone: what is not sealed yet must not be."""


@dataclass(frozen=True)
class ForgetPapers:
    """Drop the pictures of every page that was scanned: the visit is over."""


@dataclass(frozen=True)
class KeepVisit:
    """Write down which visit is going on (None: none)."""

    kept: Kept


@dataclass(frozen=True)
class KeepAgenda:
    """Write the agenda down, with the place's name and its telephone number."""

    welcome: kiosk_link.Welcome


@dataclass(frozen=True)
class Reject:
    """Something out of place or without leave; logged, never fatal. `about` holds no content."""

    code: str
    about: str = ""


Command = (
    TellStage
    | TellServer
    | NoteFact
    | ForgetFact
    | ForgetFactsOf
    | SayPrompt
    | WakeScreen
    | RestScreen
    | OpenGuest
    | HoldKeyboard
    | TypeSecret
    | PressOnStage
    | CloseGuest
    | TurnMirror
    | TurnPicture
    | DoVerb
    | AnswerInMirror
    | HaltVerbs
    | ScanPage
    | SealDocument
    | HaltScan
    | ForgetPapers
    | KeepVisit
    | KeepAgenda
    | Reject
)
