"""`cordee root`: a partner's root key. Its private half stays in a file, never in the database."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.directory import keys
from cordee.directory.queries import partner_by_slug, pending_keys
from cordee.directory.rules import make_certificate
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel import base64url
from cordee.kernel.ids import new_hex
from cordee.kernel.refusal import Refusal
from cordee.kernel.signing import KEY_BYTES, public_key_of

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from cordee.directory.models import Partner

LOOK_EVERY_S = 0.5


@permits(OPERATOR)
class Command(BaseCommand):
    """Make a partner's root, certify its agents' keys and its recovery recipient."""

    help = "Clé racine d’une administration : make, certify, recovery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, for whom, and where the root's private key lies."""
        parser.add_argument("do", choices=["make", "certify", "recovery"])
        parser.add_argument("--partner", required=True)
        parser.add_argument("--key-file", required=True, type=Path)
        parser.add_argument("--watch", action="store_true", help="certify: goes on until stopped")
        parser.add_argument("--recipient", default="", help="recovery: an age recipient")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, or say why not."""
        partner = partner_by_slug(options["partner"])
        if partner is None:
            raise CommandError(f"Aucune administration ne s’appelle « {options['partner']} ».")
        path: Path = options["key_file"]
        try:
            match options["do"]:
                case "make":
                    self._make(partner, path)
                case "certify":
                    self._certify(partner, path, watches=options["watch"])
                case _:
                    self._recovery(partner, path, options["recipient"])
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal

    def _make(self, partner: Partner, path: Path) -> None:
        private_key = _private_key(path) if path.exists() else _new_key(path)
        keys.register_root(
            partner=partner,
            public_key=public_key_of(private_key),
            actor=CONSOLE,
            now=timezone.now(),
        )
        self.stdout.write(f"Racine de {partner} : {public_key_of(private_key)}")
        self.stdout.write(f"Clé privée dans {path} : gardez ce fichier hors ligne.")

    def _certify(self, partner: Partner, path: Path, *, watches: bool) -> None:
        private_key = _private_key(path)
        while True:
            for key in pending_keys(partner):
                body = keys.body_for(key, serial=new_hex(), now=timezone.now())
                keys.certify(
                    key=key,
                    certificate=make_certificate(body, root_private_key=private_key),
                    actor=CONSOLE,
                    now=timezone.now(),
                )
                self.stdout.write(f"Certifiée : {key.agent.label}")
                self.stdout.flush()
            if not watches:
                return
            time.sleep(LOOK_EVERY_S)

    def _recovery(self, partner: Partner, path: Path, recipient: str) -> None:
        body = keys.recovery_body(partner, recipient, serial=new_hex(), now=timezone.now())
        keys.certify_recovery(
            partner=partner,
            certificate=make_certificate(body, root_private_key=_private_key(path)),
            actor=CONSOLE,
            now=timezone.now(),
        )
        self.stdout.write(f"Clé de secours certifiée pour {partner}")


def _new_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    private_key = Ed25519PrivateKey.generate().private_bytes_raw()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(base64url.encode(private_key) + "\n")
    return private_key


def _private_key(path: Path) -> bytes:
    try:
        private_key = base64url.decode(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} n’est pas une clé racine lisible.") from error
    if len(private_key) != KEY_BYTES:
        raise CommandError(f"{path} n’est pas une clé racine lisible.")
    return private_key
