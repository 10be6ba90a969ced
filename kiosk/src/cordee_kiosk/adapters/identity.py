"""Who this kiosk is: an Ed25519 key made on the box, and the partners' roots it trusts."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cordee_kiosk.adapters.files import read_json, sync_folder, write_whole
from cordee_kiosk.core.trust import decode, encode
from cordee_wire.signed import Root

_KEY_FILE = "identity.key"
_ROOTS_FILE = "roots.json"
_KEY_BYTES = 32


class NoIdentity(Exception):
    """The box has no usable key: it has to be enrolled."""


class Identity:
    """The kiosk's key; it never leaves the box."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> str:
        """Return the public half as base64url."""
        return encode(self._key.public_key().public_bytes_raw())

    def sign(self, payload: bytes) -> str:
        """Return the signature of `payload` as base64url."""
        return encode(self._key.sign(payload))


def make() -> tuple[Identity, bytes]:
    """Return a new identity and its private key, not yet written."""
    key = Ed25519PrivateKey.generate()
    return Identity(key), key.private_bytes_raw()


def keep(state: Path, private_key: bytes) -> None:
    """Write the private key, readable by the daemon's user only."""
    write_whole(state / _KEY_FILE, encode(private_key).encode() + b"\n", mode=0o600)


def load(state: Path) -> Identity:
    """Return the box's identity.

    Raises NoIdentity when there is none, it is damaged or others may read it.
    """
    path = state / _KEY_FILE
    try:
        text = path.read_bytes().strip()
    except FileNotFoundError:
        raise NoIdentity("Cette borne n’est pas enrôlée : lancez `cordee-kiosk enrol`.") from None
    if path.stat().st_mode & 0o077:
        raise NoIdentity(f"{path} se lit par d’autres comptes : `chmod 600` puis réessayez.")
    try:
        key = Ed25519PrivateKey.from_private_bytes(decode(text.decode("ascii")))
    except ValueError:
        raise NoIdentity(f"{path} est abîmé : enrôlez cette borne de nouveau.") from None
    return Identity(key)


def pinned_roots(state: Path) -> dict[str, str]:
    """Return partner → public key of its root."""
    return read_json(state / _ROOTS_FILE, dict[str, str]) or {}


def pin_roots(state: Path, roots: list[Root]) -> None:
    """Trust exactly these roots from now on."""
    pinned = {root.partner: root.public_key for root in roots}
    write_whole(state / _ROOTS_FILE, msgspec.json.format(msgspec.json.encode(pinned)))


def pin(state: Path, *, partner: str, public_key: str) -> None:
    """Trust this root for the partner, whatever stood there: a person is at the box.

    Raises ValueError with a sentence when it is not an Ed25519 public key.
    """
    try:
        length = len(decode(public_key))
    except ValueError:
        length = 0
    if length != _KEY_BYTES:
        raise ValueError(
            f"« {public_key} » n’est pas une clé publique : 43 lettres, chiffres, « - » ou « _ »."
        )
    roots = {**pinned_roots(state), partner: public_key}
    pin_roots(state, [Root(partner=name, public_key=key) for name, key in roots.items()])


def make_state(state: Path) -> None:
    """Make the state folder, for the daemon's user only."""
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o700)
    sync_folder(state)
