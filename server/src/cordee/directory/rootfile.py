"""A partner's root as a file: its private half is nowhere else, and never in the database."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cordee.kernel import base64url
from cordee.kernel.signing import KEY_BYTES, public_key_of


class RootUnreadable(Exception):
    """The file is missing or holds no root: the person looks for the right one."""


def make_root(path: Path) -> bytes:
    """Make a root and keep it in a new file that only its owner reads; return its private half.

    Its public half does not begin with “-”: it is given on command lines, which would take it for
    an option. Raises FileExistsError: a root is never written over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    private_key = _new_key()
    while public_key_of(private_key).startswith("-"):
        private_key = _new_key()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(base64url.encode(private_key) + "\n")
    return private_key


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


def read_root(path: Path) -> bytes:
    """Return the private half. Raises RootUnreadable."""
    try:
        private_key = base64url.decode(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise RootUnreadable(f"{path} n’est pas une clé racine lisible.") from error
    if len(private_key) != KEY_BYTES:
        raise RootUnreadable(f"{path} n’est pas une clé racine lisible.")
    return private_key
