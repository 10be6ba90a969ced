"""`cordee enrolment_code`: a one-use code for a kiosk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.fleet.queries import kiosk_named
from cordee.fleet.services import issue_code
from cordee.journal.rules import OPERATOR as CONSOLE

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Print a code that makes one box this kiosk, once, within 15 minutes."""

    help = "Donne un code d’inscription pour une borne."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the kiosk's name."""
        parser.add_argument("--kiosk", required=True)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Print the code alone on its line."""
        kiosk = kiosk_named(options["kiosk"])
        if kiosk is None:
            raise CommandError(f"Aucune borne ne s’appelle « {options['kiosk']} ».")
        code, _ = issue_code(kiosk=kiosk, actor=CONSOLE, now=timezone.now())
        self.stdout.write(code)
