"""`cordee post_host`: a host works at one more site, or no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.accounts.queries import user_by_email
from cordee.jobs.management.commands.create_user import site_asked
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal
from cordee.territory.services import post_host, recall_host

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Post a host at a site, or recall them from it."""

    help = "Rattache un compte d’accueil à un lieu."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who and where."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--site", required=True)
        parser.add_argument("--recall", action="store_true", help="détacher du lieu")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do it, or say why not."""
        user = user_by_email(options["email"])
        if user is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        change = recall_host if options["recall"] else post_host
        try:
            change(user=user, site=site_asked(options["site"]), actor=CONSOLE, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
