"""`cordee appoint_manager`: someone runs a partner, or no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.accounts.queries import user_by_email
from cordee.directory.mandates import appoint_manager, dismiss_manager
from cordee.directory.queries import partner_by_slug
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Appoint the manager of a partner, or dismiss them."""

    help = "Confie une administration à un compte de responsable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who and what."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--partner", required=True, help="identifiant de l’administration")
        parser.add_argument("--dismiss", action="store_true", help="retirer l’administration")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, or say why not."""
        user = user_by_email(options["email"])
        if user is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        partner = partner_by_slug(options["partner"])
        if partner is None:
            raise CommandError("Aucune administration n’a cet identifiant.")
        change = dismiss_manager if options["dismiss"] else appoint_manager
        try:
            change(user=user, partner=partner, actor=CONSOLE, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
