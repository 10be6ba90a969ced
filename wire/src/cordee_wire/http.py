"""JSON bodies of the few HTTP requests; large things do not go over a WebSocket."""

from __future__ import annotations

from cordee_wire.message import Message
from cordee_wire.signed import Certificate, Root


class EnrolAsked(Message):
    """POST /api/kiosk/enrol: the one-use code and the public key just made on the box."""

    code: str
    public_key: str


class Enrolled(Message):
    """Answer: who the kiosk is now, and the partners' roots to pin."""

    kiosk: str
    site: str
    now: float
    roots: list[Root]


class PageOffered(Message):
    """POST /api/kiosk/pages: a sealed page will come.

    `page` is made by the kiosk (32 hex digits).
    """

    page: str
    visit: str
    size_bytes: int
    sha256: str
    recipients: list[str]


class PageOffset(Message):
    """How much of the page the server holds; `complete` once the digest was right."""

    page: str
    offset: int
    complete: bool


class KeysOffered(Message):
    """POST /api/keys: public keys made in the agent's browser.

    `proof` signs `key_proof_payload`.
    """

    recipient: str
    verify_key: str
    proof: str


class KeysState(Message):
    """GET /api/keys: `none`, `pending`, `certified` with the certificate, or `expired`.

    `expires_at` (Unix seconds) is the certificate's end; it is renewed by offering the keys again
    once that is due.
    """

    state: str
    agent: str
    recipient: str = ""
    verify_key: str = ""
    certificate: Certificate | None = None
    expires_at: float | None = None
    is_renewal_due: bool = False
    is_renewal_asked: bool = False


class PageListed(Message):
    """One sealed page of a visit. `state`: arriving, whole, acknowledged, purged."""

    page: str
    size_bytes: int
    sha256: str
    state: str
    received_at: float


class PageList(Message):
    """GET /api/visits/<visit>/pages."""

    pages: list[PageListed]


class OutcomeNoted(Message):
    """POST /api/visits/<visit>/outcome: done, to_continue, not_done or nobody_came."""

    outcome: str
