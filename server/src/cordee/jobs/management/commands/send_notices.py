"""`cordee send_notices`: mails and text messages that are due."""

from __future__ import annotations

import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.jobs.ways_out import ways_out
from cordee.notices.sending import send_due

LOOK_EVERY_S = 2.0


@permits(OPERATOR)
class Command(BaseCommand):
    """Send what is due, once or until stopped; several may run at the same time."""

    help = "Envoie les courriels et les SMS dont l’heure est venue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--watch`."""
        parser.add_argument("--watch", action="store_true", help="Continue jusqu’à l’arrêt.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Send, and say how many when it is done."""
        count = send_due(ways_out(), clock=timezone.now)
        never = threading.Event()
        while options["watch"] and not never.wait(LOOK_EVERY_S):
            count += send_due(ways_out(), clock=timezone.now)
        self.stdout.write(f"{count} message(s) envoyé(s)")
