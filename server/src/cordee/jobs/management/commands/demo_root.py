"""`cordee demo_root`: certify whatever is offered. For the demo and the tests of the whole only."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.directory import keys
from cordee.directory.queries import key_requests, partner_by_slug
from cordee.directory.requests import agent_body, recovery_body
from cordee.directory.rootfile import RootUnreadable, make_root, read_root
from cordee.directory.rules import make_certificate
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal
from cordee.kernel.signing import public_key_of

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from cordee.directory.models import Partner
    from cordee_wire.signed import CertificateBody

LOOK_EVERY_S = 0.5


@permits(OPERATOR)
class Command(BaseCommand):
    """Make a root beside the server and sign all that comes, which no real partner may do."""

    help = "Démonstration seulement : signe tout ce qui est demandé, sans rien comparer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take for whom, and where the demo's root lies."""
        parser.add_argument("--partner", required=True)
        parser.add_argument("--key-file", required=True, type=Path)
        parser.add_argument("--recipient", default="", help="une clé de secours à certifier")
        parser.add_argument("--watch", action="store_true", help="continue jusqu’à l’arrêt")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, or say why not."""
        if not (settings.DEBUG or settings.IS_DEMO):
            raise CommandError(
                "Cette commande est pour la démonstration : elle signe sans rien comparer. "
                "Ailleurs : cordee root requests, sign, import."
            )
        partner = partner_by_slug(options["partner"])
        if partner is None:
            raise CommandError(f"Aucune administration ne s’appelle « {options['partner']} ».")
        path: Path = options["key_file"]
        try:
            root = read_root(path) if path.exists() else make_root(path)
            keys.register_root(
                partner=partner, public_key=public_key_of(root), actor=CONSOLE, now=timezone.now()
            )
            partner.refresh_from_db()
            if options["recipient"]:
                body = recovery_body(partner.slug, options["recipient"], now=timezone.now())
                self._import(partner, body, root)
            self._certify(partner, root, watches=options["watch"])
        except (Refusal, RootUnreadable) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _certify(self, partner: Partner, root: bytes, *, watches: bool) -> None:
        while True:
            for request in key_requests(partner).requests:
                self._import(
                    partner, agent_body(request, partner=partner.slug, now=timezone.now()), root
                )
                self.stdout.write(f"Certifiée : {request.holder}")
                self.stdout.flush()
            if not watches:
                return
            time.sleep(LOOK_EVERY_S)

    def _import(self, partner: Partner, body: CertificateBody, root: bytes) -> None:
        keys.import_certificates(
            partner=partner,
            certificates=[make_certificate(body, root_private_key=root)],
            actor=CONSOLE,
            now=timezone.now(),
        )
