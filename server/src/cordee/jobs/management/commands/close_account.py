"""`cordee close_account`: someone has left, or their log-in is in other hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.accounts.queries import user_by_email
from cordee.accounts.services import close_account
from cordee.directory.keys import revoke_all
from cordee.directory.queries import agent_of
from cordee.journal.rules import OPERATOR as CONSOLE

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Close an account with its sessions, and revoke the keys when it is an agent's."""

    help = "Ferme un compte, ses sessions et ses clés."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose."""
        parser.add_argument("--email", required=True)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Close it, or say why not."""
        user = user_by_email(options["email"])
        if user is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        now = timezone.now()
        close_account(user=user, actor=CONSOLE, now=now)
        agent = agent_of(user.pk)
        revoked = revoke_all(agent=agent, actor=CONSOLE, now=now) if agent else 0
        self.stdout.write(f"Compte fermé : {user.email} ; {revoked} clé(s) révoquée(s)")
