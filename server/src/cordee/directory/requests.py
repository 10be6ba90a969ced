"""What goes between the server and the machine that keeps a root: requests out, certificates in.

Both are files of JSON, carried by a person. Nothing here touches a database: the machine that signs
has none. A request holds only what the agent's own key has signed, so that the signer can check it
without believing the server.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from cordee.directory.rules import is_recipient
from cordee.kernel.ids import new_hex
from cordee.kernel.signing import is_public_key, is_signed
from cordee_wire.signed import Certificate, CertificateBody, key_fingerprint, key_proof_payload

CERTIFIED_FOR = timedelta(days=365)
"""How long an agent's certificate lasts; then it is renewed."""
RECOVERY_CERTIFIED_FOR = 10 * CERTIFIED_FOR


class KeyRequest(msgspec.Struct, frozen=True):
    """One agent's keys: the holder's name, both public keys, the holder's proof over all three."""

    holder: str
    recipient: str
    verify_key: str
    proof: str

    @property
    def fingerprint(self) -> str:
        """Return what the agent's page shows too."""
        return key_fingerprint(self.holder, self.recipient, self.verify_key)

    def is_proven(self) -> bool:
        """Return whether the holder of the signing key offered exactly this, readably."""
        if not self.holder.isprintable():
            return False
        if not is_recipient(self.recipient) or not is_public_key(self.verify_key):
            return False
        return is_signed(
            public_key=self.verify_key,
            signature=self.proof,
            payload=key_proof_payload(self.holder, self.recipient, self.verify_key),
        )


class KeyRequests(msgspec.Struct, frozen=True):
    """What waits for one partner's root."""

    partner: str
    root_public_key: str
    requests: list[KeyRequest]


class Certificates(msgspec.Struct, frozen=True):
    """What a root has signed, to be imported by the server."""

    partner: str
    certificates: list[Certificate]


def agent_body(request: KeyRequest, *, partner: str, now: datetime) -> CertificateBody:
    """Return what the root says of an agent's keys."""
    return CertificateBody(
        kind="agent",
        partner=partner,
        holder=request.holder,
        recipient=request.recipient,
        verify_key=request.verify_key,
        not_before=now.timestamp(),
        not_after=(now + CERTIFIED_FOR).timestamp(),
        serial=new_hex(),
    )


def recovery_body(partner: str, recipient: str, *, now: datetime) -> CertificateBody:
    """Return what the root says of its partner's recovery recipient."""
    return CertificateBody(
        kind="recovery",
        partner=partner,
        holder=partner,
        recipient=recipient,
        verify_key=None,
        not_before=now.timestamp(),
        not_after=(now + RECOVERY_CERTIFIED_FOR).timestamp(),
        serial=new_hex(),
    )
