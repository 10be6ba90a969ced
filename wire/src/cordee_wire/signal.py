"""What the two ends of a call say to each other before they can talk directly.

The server relays these without reading them, so it sees them as `dict`.
"""

from __future__ import annotations

from cordee_wire.message import Message
from cordee_wire.signed import Certificate


class Description(Message):
    """A session description (W3C webrtc-pc), with its fingerprint signed by `dtls_payload`.

    Every `a=fingerprint` line of `sdp` must equal `fingerprint`. The agent adds its certificate;
    the kiosk's key is known to the counter from its welcome.
    """

    kind: str
    sdp: str
    fingerprint: str
    signature: str
    certificate: Certificate | None = None


class Candidate(Message):
    """An ICE candidate as `RTCIceCandidate.toJSON()` gives it; an empty one ends the list."""

    candidate: str
    sdpMid: str | None = None  # noqa: N815 - the W3C's name
    sdpMLineIndex: int | None = None  # noqa: N815 - the W3C's name
    usernameFragment: str | None = None  # noqa: N815 - the W3C's name


Signal = Description | Candidate
