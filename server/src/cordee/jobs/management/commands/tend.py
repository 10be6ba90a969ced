"""`cordee tend`: what appointments need from time to time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.appointments import cascade, holding, waiting


@permits(OPERATOR)
class Command(BaseCommand):
    """Let go of what ran out, offer what is free, propose what replaces, as the rounds do.

    Each part may run twice, at once, or late: the database says what is left to do.
    """

    help = "Libère les heures non confirmées, sert la liste d’attente, propose des remplacements."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do all three and say how many."""
        now = timezone.now()
        expired = holding.break_expired(now=now)
        touched = cascade.sweep(now=now)
        offered = waiting.offer_freed(now=now)
        self.stdout.write(
            f"{expired} heure(s) libérée(s), {touched} rendez-vous à remplacer, "
            f"{offered} place(s) proposée(s)"
        )
