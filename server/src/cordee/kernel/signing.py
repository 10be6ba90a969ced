"""Ed25519 (RFC 8032) with raw keys as base64url text."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cordee.kernel import base64url

KEY_BYTES = 32


def is_public_key(text: str) -> bool:
    """Return whether `text` is a raw Ed25519 public key."""
    try:
        Ed25519PublicKey.from_public_bytes(base64url.decode(text))
    except ValueError:
        return False
    return True


def is_signed(*, public_key: str, signature: str, payload: bytes) -> bool:
    """Return whether `signature` over `payload` was made with the private half of `public_key`."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64url.decode(public_key))
        key.verify(base64url.decode(signature), payload)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(*, private_key: bytes, payload: bytes) -> str:
    """Return the signature of `payload`; `private_key` is the raw 32-byte seed."""
    return base64url.encode(Ed25519PrivateKey.from_private_bytes(private_key).sign(payload))


def public_key_of(private_key: bytes) -> str:
    """Return the public key of a raw 32-byte seed."""
    key = Ed25519PrivateKey.from_private_bytes(private_key).public_key()
    return base64url.encode(key.public_bytes_raw())
