"""Counter (the agent's page) and server, with the session cookie.

Over `/ws/counter/<visit>/?instance=…`.
"""

from __future__ import annotations

from cordee_wire.kiosk_link import (
    IceServer,
    Peer,
    Refused,
    Relayed,
    TimeAsked,
    TimeTold,
)
from cordee_wire.message import Message
from cordee_wire.signed import Certificate


class SeatTaken(Message):
    """First message to the counter: everything about its visit. `kiosk_key` verifies the kiosk."""

    now: float
    visit: str
    starts_at: float
    ends_at: float
    citizen: str
    reason: str
    site: str
    phone: str
    agent: str
    kiosk_key: str
    start_url: str
    allowed_hosts: list[str]
    ice_servers: list[IceServer]
    relay_only: bool
    certificate: Certificate | None
    state: str


class FactTold(Message):
    """A kiosk's fact, as the server applied it, for the counter's state and its list of acts."""

    kind: str
    at: float
    detail: dict[str, str | int | float | bool | None]


class PageArrived(Message):
    """A sealed page is whole on the server: fetch `/api/pages/<page>`."""

    page: str
    size_bytes: int
    sha256: str


FromServer = SeatTaken | TimeTold | Peer | Relayed | FactTold | PageArrived | Refused
FromCounter = TimeAsked | Relayed
