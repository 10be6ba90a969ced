"""`cordee kiosks`: the fleet at a glance, for scripts and technicians at a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.fleet.queries import kiosks

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """List the kiosks with their presence."""

    help = "Liste les bornes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Choose the form."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Print one line a kiosk."""
        now = timezone.now()
        rows = [
            {
                "name": kiosk.name,
                "kiosk": kiosk.public_id,
                "site": kiosk.site.name,
                "is_enrolled": kiosk.is_enrolled,
                "is_connected": kiosk.is_here(now),
            }
            for kiosk in kiosks()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            state = "connectée" if row["is_connected"] else "absente"
            self.stdout.write(f"{row['name']} — {row['site']} — {state}")
