"""`cordee purge`: sealed pages whose time has come."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.documents.services import purge


@permits(OPERATOR)
class Command(BaseCommand):
    """Remove acknowledged and old sealed pages, as the rounds do."""

    help = "Efface les pages scellées reçues ou trop anciennes."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Remove them and say how many."""
        self.stdout.write(f"{purge(now=timezone.now())} page(s) effacée(s)")
