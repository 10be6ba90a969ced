"""Whose keys these are (DESIGN 8): certificates of pinned roots, signed DTLS fingerprints.

Keys and signatures are base64url without padding; Ed25519 (RFC 8032) raw.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cordee_wire.kiosk_link import AgendaEntry
from cordee_wire.signal import Description
from cordee_wire.signed import Certificate, CertificateBody, certificate_payload, dtls_payload

SKEW_S = 60.0
"""Two clocks that agree to a minute are good enough for a certificate made just now."""
_FINGERPRINT = re.compile(r"a=fingerprint:\s*(\S+)\s+([0-9A-Fa-f:]+)\s*")


class NotTrusted(Exception):
    """A key, certificate or fingerprint is not what it must be. `code` names the check."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Signer(Protocol):
    """The kiosk's own key."""

    def sign(self, payload: bytes) -> str:
        """Return the signature as base64url."""
        ...


def encode(data: bytes) -> str:
    """Return `data` as base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of `text`. Raises ValueError when it is not base64url."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("Not base64url.") from error


def is_signed(*, public_key: str, signature: str, payload: bytes) -> bool:
    """Return whether `public_key`'s holder signed `payload`."""
    try:
        key = Ed25519PublicKey.from_public_bytes(decode(public_key))
        key.verify(decode(signature), payload)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_certificate(
    certificate: Certificate, *, kind: str, partner: str, roots: Mapping[str, str], now: float
) -> CertificateBody:
    """Return what a certificate says, once the partner's pinned root has said it.

    `roots` maps a partner to its public key. Raises NotTrusted with `root_unknown`, `signature`,
    `unreadable`, `kind`, `partner`, `not_yet` or `expired`.
    """
    root = roots.get(partner)
    if root is None:
        raise NotTrusted("root_unknown")
    payload = certificate_payload(certificate.body)
    if not is_signed(public_key=root, signature=certificate.signature, payload=payload):
        raise NotTrusted("signature")
    try:
        body = msgspec.json.decode(decode(certificate.body), type=CertificateBody)
    except (ValueError, msgspec.MsgspecError) as error:
        raise NotTrusted("unreadable") from error
    if body.kind != kind:
        raise NotTrusted("kind")
    if body.partner != partner:
        raise NotTrusted("partner")
    if now < body.not_before - SKEW_S:
        raise NotTrusted("not_yet")
    if now >= body.not_after:
        raise NotTrusted("expired")
    return body


def fingerprint_of(sdp: str) -> str:
    """Return the one fingerprint (RFC 8122) of a description, as `sha-256 AB:CD…`.

    Raises NotTrusted `fingerprint` when it has none, two that differ or one that is not readable.
    """
    found = set()
    for line in sdp.splitlines():
        if not line.lower().startswith("a=fingerprint"):
            continue
        match = _FINGERPRINT.fullmatch(line)
        if match is None:
            raise NotTrusted("fingerprint")
        found.add(f"{match[1].lower()} {match[2].upper()}")
    if len(found) != 1:
        raise NotTrusted("fingerprint")
    return found.pop()


def signed_description(description: Description, *, visit: str, signer: Signer) -> Description:
    """Return the kiosk's own description with its fingerprint signed.

    Raises NotTrusted `fingerprint` as fingerprint_of does.
    """
    fingerprint = fingerprint_of(description.sdp)
    return Description(
        kind=description.kind,
        sdp=description.sdp,
        fingerprint=fingerprint,
        signature=signer.sign(dtls_payload(visit, "kiosk", fingerprint)),
    )


def check_description(
    description: Description, *, entry: AgendaEntry, roots: Mapping[str, str], now: float
) -> str:
    """Return the agent's fingerprint once every link of the chain held.

    Two must vouch for the agent's key: the partner's pinned root, by its certificate, and the
    server, by listing that certificate in the agenda now. A revoked key leaves the agenda, however
    long its certificate lasts; so the one that the agent brings never replaces the listed one.

    Raises NotTrusted: as read_certificate does, `certificate` when none is listed, `holder` when it
    is another agent's, `not_listed` when the agent brings another key than the listed one,
    `fingerprint` when it is not the one that the agent signed.
    """
    if entry.certificate is None:
        raise NotTrusted("certificate")
    body = _agents_body(entry.certificate, entry=entry, roots=roots, now=now)
    if description.certificate is not None:
        brought = _agents_body(description.certificate, entry=entry, roots=roots, now=now)
        if brought.verify_key != body.verify_key:
            raise NotTrusted("not_listed")
    fingerprint = fingerprint_of(description.sdp)
    payload = dtls_payload(entry.visit, "agent", fingerprint)
    if fingerprint != description.fingerprint or not is_signed(
        public_key=body.verify_key or "", signature=description.signature, payload=payload
    ):
        raise NotTrusted("fingerprint")
    return fingerprint


def _agents_body(
    certificate: Certificate, *, entry: AgendaEntry, roots: Mapping[str, str], now: float
) -> CertificateBody:
    body = read_certificate(certificate, kind="agent", partner=entry.partner, roots=roots, now=now)
    if body.holder != entry.agent:
        raise NotTrusted("holder")
    return body
