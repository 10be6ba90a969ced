"""`cordee root register|requests|import`: the server's side of certifying.

`make`, `sign` and `recovery` are done where the root is kept, without the server:
`cordee.jobs.offline_root`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.directory import keys
from cordee.directory.queries import key_requests, partner_by_slug, root_fingerprint
from cordee.directory.requests import Certificates
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from cordee.directory.models import Partner


@permits(OPERATOR)
class Command(BaseCommand):
    """Register a partner's root, give out what waits for it, take in what it has signed."""

    help = "Clé racine d’une administration. Hors ligne : make, sign, recovery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and for whom."""
        verbs = parser.add_subparsers(dest="do", required=True)
        register = verbs.add_parser("register", help="note la moitié publique de la clé racine")
        register.add_argument("--partner", required=True)
        register.add_argument("--public-key", required=True)
        requests = verbs.add_parser("requests", help="donne les demandes à signer, en JSON")
        requests.add_argument("--partner", required=True)
        taken = verbs.add_parser("import", help="vérifie et garde les certificats signés")
        taken.add_argument("certificates", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, or say why not."""
        try:
            match options["do"]:
                case "register":
                    self._register(_partner(options["partner"]), options["public_key"])
                case "requests":
                    asked = key_requests(_partner(options["partner"]))
                    text = msgspec.json.format(msgspec.json.encode(asked), indent=2)
                    self.stdout.write(text.decode())
                case _:
                    self._import(options["certificates"])
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal

    def _register(self, partner: Partner, public_key: str) -> None:
        keys.register_root(
            partner=partner, public_key=public_key, actor=CONSOLE, now=timezone.now()
        )
        partner.refresh_from_db()
        self.stdout.write(f"Racine de {partner} : {root_fingerprint(partner)}")

    def _import(self, path: Path) -> None:
        try:
            signed = msgspec.json.decode(path.read_bytes(), type=Certificates)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} n’est pas un fichier de certificats lisible.") from error
        partner = _partner(signed.partner)
        taken = keys.import_certificates(
            partner=partner, certificates=signed.certificates, actor=CONSOLE, now=timezone.now()
        )
        self.stdout.write(f"{taken} certificat(s) gardé(s) pour {partner}")


def _partner(slug: str) -> Partner:
    partner = partner_by_slug(slug)
    if partner is None:
        raise CommandError(f"Aucune administration ne s’appelle « {slug} ».")
    return partner
