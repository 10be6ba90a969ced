"""`cordee create_user`: an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.accounts.rules import Role
from cordee.accounts.services import create_user
from cordee.directory.queries import partner_by_slug
from cordee.directory.services import add_agent
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Open an account; an agent also needs a partner, and is seen under the account's name."""

    help = "Ouvre un compte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who it is."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--password", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--partner", default="")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make it, or say why not."""
        now, role = timezone.now(), Role(options["role"])
        partner = partner_by_slug(options["partner"])
        if role is Role.AGENT and partner is None:
            raise CommandError("Un agent a besoin d’une administration : ajoutez --partner.")
        try:
            with transaction.atomic():
                user = create_user(
                    email=options["email"],
                    password=options["password"],
                    name=options["name"],
                    role=role,
                    actor=CONSOLE,
                    now=now,
                )
                if role is Role.AGENT and partner is not None:
                    add_agent(user=user, partner=partner, label=user.name, actor=CONSOLE, now=now)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Compte ouvert : {user.email}")
