"""Kiosk and server, over the one WebSocket that the kiosk opens (`/ws/kiosk`).

Times are Unix seconds as float. Sequence: server `challenge`, kiosk `hello`, server `welcome`;
then both speak freely.
"""

from __future__ import annotations

from typing import Any

from cordee_wire.message import Message
from cordee_wire.signed import Certificate


class IceServer(Message):
    """One `RTCIceServer`."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class AgendaEntry(Message):
    """One appointment as the kiosk needs it; an appointment that leaves the agenda is cancelled.

    `video_url` is the room in the partner's own tool that the kiosk opens instead of our call;
    empty: our call. `blind_rules` are the partner's own blind fields, each `host selector`.
    """

    visit: str
    starts_at: float
    ends_at: float
    citizen: str
    partner: str
    partner_label: str
    reason: str
    agent: str
    phone: str
    start_url: str
    allowed_hosts: list[str]
    ice_servers: list[IceServer]
    relay_only: bool = False
    certificate: Certificate | None = None
    recovery: Certificate | None = None
    video_url: str = ""
    blind_rules: list[str] = []


# --- the server speaks


class Challenge(Message):
    """First message: sign `challenge_payload(kiosk, nonce)`."""

    nonce: str


class Welcome(Message):
    """The kiosk is known. `site` is the place's name, `phone` the number always on the screen."""

    now: float
    site: str
    phone: str
    agenda: list[AgendaEntry]


class Agenda(Message):
    """The next seven days, whole, each time anything in it changes."""

    entries: list[AgendaEntry]


class TimeTold(Message):
    """Answer to TimeAsked: the same `sent`, and the server's clock."""

    sent: float
    now: float


class FactApplied(Message):
    """The fact is in the journal (or was already): the kiosk may forget it."""

    boot: str
    seq: int


class Peer(Message):
    """Who is at the other end of a visit; `instance` is None when they have left.

    A new instance needs a new RTCPeerConnection; the same one after a reconnect keeps it.
    """

    visit: str
    role: str
    instance: str | None


class Relayed(Message):
    """A signal from the other end; `instance` names its sender, `to` whom it was meant for."""

    visit: str
    instance: str
    to: str
    signal: dict[str, Any]


class Refused(Message):
    """Something said was not accepted; `about` is its type (or visit). The link stays open."""

    code: str
    message: str
    about: str = ""


# --- the kiosk speaks


class Hello(Message):
    """Who the kiosk is; `boot` is new each time the daemon starts."""

    kiosk: str
    signature: str
    boot: str
    version: str


class TimeAsked(Message):
    """Asks the server's clock; `sent` is the kiosk's own, in seconds, and comes back."""

    sent: float


class Joined(Message):
    """The kiosk is at this visit with this instance (None: it has left)."""

    visit: str
    instance: str | None


class Fact(Message):
    """Something that happened at the kiosk (DESIGN 5.10): spooled until applied, applied once.

    `kind` is one of FACT_KINDS; `detail` holds only short strings and numbers, never content.
    """

    visit: str
    boot: str
    seq: int
    kind: str
    at: float
    detail: dict[str, str | int | float | bool | None] = {}


FACT_KINDS = (
    "woken",  # T-10 min: screen on
    "warmed",  # both ends negotiated; detail code
    "live",  # tracks attached; detail lateness_s
    "face_decoded",  # first live frame of the other end
    "asked",  # detail act, request
    "granted",  # detail act, request, how: touch | declared | host
    "refused",  # detail act, request, how: touch | stop_key
    "revoked",  # detail act, how: stop_key | touch | given_back | cut | ended
    "address_opened",  # detail host
    "scanned",  # detail page, size_bytes, sha256
    "scan_failed",  # detail code
    "uploaded",  # detail page
    "document_offered",  # a PDF by the partner's page; detail size_bytes
    "document_sealed",  # to the agent; detail page, size_bytes, sha256
    "attached",  # a page given to a file field of the partner's; detail page, host
    "cut",
    "resumed",
    "rejected",  # an act without leave, a bad fingerprint; detail code
    "declined",  # the citizen stopped the countdown, or the call
    "unanswered",  # the agent did not come within 15 min
    "ended",  # detail by: agent | citizen | time
    "wiped",
)

FromServer = Challenge | Welcome | Agenda | TimeTold | FactApplied | Peer | Relayed | Refused
FromKiosk = Hello | TimeAsked | Joined | Fact | Relayed
