"""`cordee revoke_key`: an agent's keys are lost, or in other hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.directory.keys import revoke, revoke_all
from cordee.directory.queries import agent_by_email, key_with_fingerprint
from cordee.journal.rules import OPERATOR as CONSOLE

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Revoke an agent's keys: all, or the one with a fingerprint. The account stays open."""

    help = "Révoque les clés d’un agent : la borne les refuse aussitôt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose, and which."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--fingerprint", default="", help="celle de la page « Mes clés »")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Revoke, or say why not."""
        agent = agent_by_email(options["email"])
        if agent is None:
            raise CommandError("Aucun agent n’a cette adresse.")
        now, revoked = timezone.now(), 1
        if options["fingerprint"]:
            key = key_with_fingerprint(agent, options["fingerprint"])
            if key is None:
                raise CommandError("Aucune clé de cet agent n’a cette empreinte.")
            revoke(key=key, actor=CONSOLE, now=now)
        else:
            revoked = revoke_all(agent=agent, actor=CONSOLE, now=now)
        self.stdout.write(f"{revoked} clé(s) révoquée(s) pour {agent}")
