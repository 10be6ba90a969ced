"""Daemon and stage, over the pipe: evaluation one way, a binding the other.

Same box, two programs.
"""

from __future__ import annotations

from cordee_wire.kiosk_link import IceServer
from cordee_wire.message import Message

SECRET_KINDS = ("password", "code", "card", "secret")
SECRET_DOTS_MOST = 24
VIEWS = ("idle", "welcome", "countdown", "call", "late", "apology", "thanks", "trouble")

# --- the daemon speaks


class Show(Message):
    """What the stage shows now, whole (the stage keeps nothing between two of these).

    `now` is the corrected clock, so that the stage shows the right hour. `requests` holds the one
    that is being asked, `grants` the acts given. `guest` is true while the guest window is beneath
    the hole; `guest_host` is the address strip's text, `guest_secure` whether the page is reached
    by https. `line` is good, slow, paused (no picture, to spare the line), sound (none ever came)
    or cut. `tool` is the host of the partner's own tool where the visit is held in one,
    `camera_for` the host whose page may use the camera now. Hours are shown in `zone`, words in
    `lang` (fr or en). `secret` numbers the blind field in which the citizen may type now (0: none),
    `secret_kind` is one of SECRET_KINDS, `secret_pad` the keys to begin with (digits or letters),
    `secret_typed` how many characters the field holds, SECRET_DOTS_MOST at most.
    `attaching` counts the pages that are about to go to `guest_host` (0: none),
    `attaching_picture` is the first of them, small (JPEG, base64).
    """

    view: str
    now: float
    site: str
    phone: str
    visit: str = ""
    starts_at: float = 0
    ends_at: float = 0
    citizen: str = ""
    agent: str = ""
    partner: str = ""
    reason: str = ""
    code: str = ""
    line: str = "good"
    guest: bool = False
    guest_host: str = ""
    guest_secure: bool = False
    grants: list[str] = []
    request: int = 0
    request_act: str = ""
    request_state: str = ""
    scanning: str = ""
    ask_end: bool = False
    note: str = ""
    next_at: float = 0
    camera_covered: bool = False
    tool: str = ""
    camera_for: str = ""
    secret: int = 0
    secret_kind: str = ""
    secret_pad: str = ""
    secret_typed: int = 0
    attaching: int = 0
    attaching_picture: str = ""
    zone: str = "Europe/Paris"
    lang: str = "fr"


class Negotiate(Message):
    """Make (or make anew) the peer connection of this visit and offer."""

    visit: str
    instance: str
    to: str
    ice_servers: list[IceServer]
    relay_only: bool


class SignalIn(Message):
    """A signal of the other end, already verified by the daemon. JSON text of `signal.Signal`."""

    signal: str


class OpenCamera(Message):
    """Open camera and microphone and show the own picture; nothing is sent yet."""


class GoLive(Message):
    """Attach the tracks now."""


class Hold(Message):
    """Detach the tracks, keep the connection."""


class HangUp(Message):
    """Close the connection and the camera."""


class Speak(Message):
    """Play this prompt: WAV as base64; answered by Spoken when it has ended."""

    id: int
    text: str
    wav: str


class SendControl(Message):
    """Send this text on the control channel."""

    text: str


class SendMirror(Message):
    """Send these bytes (base64, at most 16 kB) on the mirror channel."""

    data: str


class SendBulk(Message):
    """Send these bytes (base64, at most 16 kB) on the bulk channel; answered by BulkGot."""

    data: str


class DrawPicture(Message):
    """Send this picture of the guest's page (JPEG as base64) on the page's own video line.

    Empty: black, as a secret stands in the page. Nothing of an earlier picture is sent after it.
    """

    jpeg: str


class EndPicture(Message):
    """Send nothing more on the page's video line, and forget what was drawn."""


# --- the stage speaks


class StageReady(Message):
    """The page is up and listens. `hole` is where the guest may be seen (see HoleMoved)."""


class HoleMoved(Message):
    """Where on the screen the guest's page belongs, in device pixels; zeros: nowhere."""

    left: int
    top: int
    width: int
    height: int


class SignalOut(Message):
    """A signal for the other end: JSON text of a Candidate, or a Description without signature."""

    signal: str


class CallState(Message):
    """`connectionState` of the peer connection, and of the control channel.

    `instance` is that of the Negotiate which made the connection: what is said of an older one
    arrives late when the agent has just reloaded their page. Empty: the one there is.
    """

    connection: str
    control: str
    instance: str = ""


class CameraState(Message):
    """opened, refused, missing; colour is the mean of the own picture `[r, g, b]`."""

    state: str
    colour: list[int] = []


class WentLive(Message):
    """Tracks are attached."""


class FaceDecoded(Message):
    """First decoded frame of the agent since it went live; `at` is `Date.now()/1000`.

    One that comes before GoLive is told as well, black as the stage lets nothing through: the
    daemon logs and refuses it.
    """

    at: float
    colour: list[int]


class Touched(Message):
    """A touch: yes, no, stop, end_yes, end_no, not_now. `request` for yes and no."""

    what: str
    request: int = 0


class SecretTyped(Message):
    """A touch on the citizen's own keyboard: one character in `text`, or a `key` of SECRET_KEYS.

    `field` is the number of the blind field that was shown: another one does not get it.
    """

    field: int
    text: str = ""
    key: str = ""

    def __repr__(self) -> str:
        """Hide what was typed: a message may stand in the report of a defect."""
        return f"SecretTyped(field={self.field})"


SECRET_KEYS = ("Backspace", "Done")


class Spoken(Message):
    """The prompt has been said whole."""

    id: int


class ControlArrived(Message):
    """Text from the control channel, unread."""

    text: str


class LineMeasured(Message):
    """From getStats every 2 s: bits a second out, round trip in ms, share lost.

    `room_bps` is the browser's estimate of what the line could carry; 0 while it has none.
    `picture`: shown, paused (an end has stopped sending its own to spare the line), or none has
    come at all. `mirror_waits`: the shared page has more to say than the line takes.
    """

    up_bps: float
    rtt_ms: float
    lost: float
    room_bps: float = 0
    picture: str = "shown"
    mirror_waits: bool = False


class MirrorHeard(Message):
    """The counter has read `bytes` of the mirror's `epoch`, as it says every few kilobytes."""

    epoch: int
    bytes: int


class BulkGot(Message):
    """The other end has taken one piece of bulk, this many ms after it was sent."""

    ms: float


ToStage = (
    Show
    | Negotiate
    | SignalIn
    | OpenCamera
    | GoLive
    | Hold
    | HangUp
    | Speak
    | SendControl
    | SendMirror
    | SendBulk
    | DrawPicture
    | EndPicture
)
FromStage = (
    StageReady
    | HoleMoved
    | SignalOut
    | CallState
    | CameraState
    | WentLive
    | FaceDecoded
    | Touched
    | SecretTyped
    | Spoken
    | ControlArrived
    | LineMeasured
    | BulkGot
    | MirrorHeard
)
