"""`cordee give_password`: someone has lost theirs, or others know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.accounts.queries import user_by_email
from cordee.accounts.rules import password_made
from cordee.accounts.services import give_password
from cordee.jobs.passwords import password_asked
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Give an account another password; the sessions opened with the old one end."""

    help = "Donne un nouveau mot de passe à un compte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose."""
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--generate", action="store_true", help="fait le mot de passe et le montre une fois"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Give it, or say why not."""
        user = user_by_email(options["email"])
        if user is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        password = password_made() if options["generate"] else password_asked()
        try:
            give_password(user=user, password=password, actor=CONSOLE, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Mot de passe changé : {user.email}")
        if options["generate"]:
            self.stdout.write(f"Mot de passe : {password}")
