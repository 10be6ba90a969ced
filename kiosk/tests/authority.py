"""A partner's root, an agent's keys and a kiosk's, as tests need them."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pyrage  # type: ignore[import-untyped]  # ships no types
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cordee_kiosk.adapters.identity import Identity
from cordee_kiosk.core.trust import encode
from cordee_wire.signal import Description
from cordee_wire.signed import Certificate, CertificateBody, certificate_payload, dtls_payload

PARTNER = "caf-05"
AGENT = "Madame Martin"
AGENT_FINGERPRINT = "sha-256 " + ":".join(["AA"] * 32)
KIOSK_FINGERPRINT = "sha-256 " + ":".join(["BB"] * 32)


def sdp(*fingerprints: str) -> str:
    lines = [f"a=fingerprint:{each}" for each in fingerprints]
    return "\r\n".join(["v=0", *lines, "m=audio 9 UDP/TLS/RTP/SAVPF 111", ""])


@dataclass
class Authority:
    """`certificate` says anything that the test wants said, signed by the root."""

    root: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    agent: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    kiosk: Identity = field(default_factory=lambda: Identity(Ed25519PrivateKey.generate()))
    age: pyrage.x25519.Identity = field(default_factory=pyrage.x25519.Identity.generate)
    recovery_age: pyrage.x25519.Identity = field(default_factory=pyrage.x25519.Identity.generate)

    @property
    def roots(self) -> dict[str, str]:
        return {PARTNER: encode(self.root.public_key().public_bytes_raw())}

    def certificate(self, **changes: object) -> Certificate:
        body = CertificateBody(
            kind="agent",
            partner=PARTNER,
            holder=AGENT,
            recipient=str(self.age.to_public()),
            verify_key=encode(self.agent.public_key().public_bytes_raw()),
            not_before=0,
            not_after=1e12,
            serial="1",
        )
        body = msgspec.structs.replace(body, **changes)
        text = encode(msgspec.json.encode(body))
        signature = encode(self.root.sign(certificate_payload(text)))
        return Certificate(body=text, signature=signature)

    def recovery(self, **changes: object) -> Certificate:
        named = {"kind": "recovery", "holder": PARTNER, "verify_key": None}
        recipient = str(self.recovery_age.to_public())
        return self.certificate(**{**named, "recipient": recipient, **changes})

    def answer(
        self, visit: str, fingerprint: str = AGENT_FINGERPRINT, **changes: object
    ) -> Description:
        payload = dtls_payload(visit, "agent", fingerprint)
        said = Description(
            kind="answer",
            sdp=sdp(fingerprint),
            fingerprint=fingerprint,
            signature=encode(self.agent.sign(payload)),
            certificate=self.certificate(),
        )
        return msgspec.structs.replace(said, **changes)
