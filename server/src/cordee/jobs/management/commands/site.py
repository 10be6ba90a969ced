"""`cordee site`: how a place is run: relay, turnover, holidays, what is said of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.jobs.management.commands.create_user import site_asked
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal
from cordee.territory.models import Site
from cordee.territory.services import SiteChanges, describe_site

_YES_NO = {"oui": True, "non": False}
SHOWN = (
    ("relay_only", "appels par le relais seulement"),
    ("turnover_min", "minutes entre deux visites"),
    ("closes_on_public_holidays", "fermé les jours fériés"),
    ("closes_in_school_holidays", "fermé pendant les vacances scolaires"),
    ("is_wheelchair_accessible", "accessible en fauteuil roulant"),
    ("has_confidential_room", "salle confidentielle"),
    ("phone", "téléphone"),
    ("address", "adresse"),
    ("access_note", "accès"),
)


@permits(OPERATOR)
class Command(BaseCommand):
    """Change what is given, then show the site."""

    help = "Montre un lieu et change ses réglages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the place's name and what to change."""
        parser.add_argument("name", help="le nom du lieu")
        for name in ("relay-only", "closes-on-public-holidays", "closes-in-school-holidays"):
            parser.add_argument(f"--{name}", choices=_YES_NO)
        for name in ("wheelchair-accessible", "confidential-room"):
            parser.add_argument(f"--{name}", choices=_YES_NO)
        parser.add_argument("--turnover-min", type=int)
        for name in ("phone", "address", "access-note"):
            parser.add_argument(f"--{name}")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Change it, or say why not."""
        site = site_asked(options["name"])
        try:
            describe_site(site=site, actor=CONSOLE, now=timezone.now(), **_changes(options))
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{site.name} ({site.commune.name})")
        for field, label in SHOWN:
            self.stdout.write(f"  {label} : {_shown(site, field)}")


def _changes(options: dict[str, Any]) -> SiteChanges:
    fields = {
        "wheelchair_accessible": "is_wheelchair_accessible",
        "confidential_room": "has_confidential_room",
    }
    asked = {fields.get(name, name): value for name, value in options.items()}
    changes = SiteChanges()
    for field, _ in SHOWN:
        value = asked.get(field)
        if value is not None:
            changes[field] = _YES_NO.get(value, value)  # type: ignore[literal-required]
    return changes


def _shown(site: Site, field: str) -> str:
    value = getattr(site, field)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value) or "—"
