"""What is signed, byte for byte (Ed25519, RFC 8032). Keys and signatures travel as base64url.

Every payload begins with its purpose: a signature made for one is worth nothing for another.
"""

from __future__ import annotations

import hashlib

from cordee_wire.message import Message


class Certificate(Message):
    """A partner's root says whose keys these are.

    `body` is base64url (no padding) of the JSON of a CertificateBody; `signature` is the root's
    over `certificate_payload(body)`.
    """

    body: str
    signature: str


class CertificateBody(Message):
    """What a certificate says.

    `kind` is `agent` or `recovery`. `recipient` is an age X25519 recipient (`age1…`), `verify_key`
    the agent's Ed25519 public key (none for recovery). Times are Unix seconds.
    """

    kind: str
    partner: str
    holder: str
    recipient: str
    verify_key: str | None
    not_before: float
    not_after: float
    serial: str


class Root(Message):
    """A partner's root key (Ed25519, base64url), pinned on the kiosk at enrolment."""

    partner: str
    public_key: str


def challenge_payload(kiosk: str, nonce: str) -> bytes:
    """Return what a kiosk signs to open its link."""
    return f"cordee-challenge-v1\n{kiosk}\n{nonce}\n".encode()


def certificate_payload(body: str) -> bytes:
    """Return what a partner's root signs."""
    return f"cordee-cert-v1\n{body}\n".encode()


def key_proof_payload(agent: str, recipient: str, verify_key: str) -> bytes:
    """Return what an agent's new signing key signs: nobody offers a key without holding it."""
    return f"cordee-key-v1\n{agent}\n{recipient}\n{verify_key}\n".encode()


def key_fingerprint(agent: str, recipient: str, verify_key: str) -> str:
    """Return what a person compares before they certify an agent's keys: eight groups of four.

    It covers both keys and the name: the first 16 bytes of a SHA-256, in hexadecimal.
    """
    text = f"cordee-fingerprint-v1\n{agent}\n{recipient}\n{verify_key}\n"
    return short_groups(hashlib.sha256(text.encode()).digest())


def short_groups(digest: bytes) -> str:
    """Return the first 16 bytes as hexadecimal in groups of four, for people to compare."""
    text = digest[:16].hex()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def dtls_payload(visit: str, role: str, fingerprint: str) -> bytes:
    """Return what an end of the call signs.

    `role` is `kiosk` or `agent`; `fingerprint` is the value of the SDP's `a=fingerprint`
    (RFC 8122), as `sha-256 AB:CD…`, upper case.
    """
    return f"cordee-dtls-v1\n{visit}\n{role}\n{fingerprint}\n".encode()


def http_payload(method: str, path: str, time: str, body: bytes) -> bytes:
    """Return what a kiosk signs for one HTTP request.

    `time` is the header's text (Unix seconds).
    """
    digest = hashlib.sha256(body).hexdigest()
    return f"cordee-http-v1\n{method}\n{path}\n{time}\n{digest}\n".encode()


def short_code(visit: str, kiosk_fingerprint: str, agent_fingerprint: str) -> str:
    """Return the four digits that both screens show, as `4187`.

    Equal on both sides only when both saw the same two fingerprints.
    """
    text = f"cordee-code-v1\n{visit}\n{kiosk_fingerprint}\n{agent_fingerprint}\n"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return f"{number % 10_000:04d}"
