"""`cordee import_communes`: a territory's communes, from the Geo API or a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.jobs.imports.communes import (
    GEO_API,
    Communes,
    read_communes,
    read_geopackage,
    take_in_communes,
)
from cordee.jobs.imports.geopackage import is_geopackage
from cordee.jobs.imports.tables import TableUnreadable
from cordee.jobs.management.commands.import_table import file_asked, tell
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel import fetch
from cordee.territory.services import open_territory

LIMITS = fetch.Limits(size_bytes=20_000_000, time_s=60.0)


@permits(OPERATOR)
class Command(BaseCommand):
    """Take communes in: all of them or none."""

    help = "Importe les communes d’un département."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the territory and where its communes are told."""
        parser.add_argument("source", nargs="?", help="fichier ou adresse ; sinon l’API Géo")
        parser.add_argument("--territory", required=True, help="le numéro du département")
        parser.add_argument("--name", default="", help="son nom, quand il est nouveau")
        parser.add_argument("--dry-run", action="store_true", help="vérifie sans rien écrire")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Take them in, or say every error."""
        code, now = options["territory"], timezone.now()
        source = options["source"] or GEO_API.format(code=code)
        try:
            communes = _communes(source, code)
        except TableUnreadable as error:
            raise CommandError(str(error)) from error
        where = open_territory(code=code, name=options["name"] or code, actor=CONSOLE, now=now)
        report = take_in_communes(communes, where, is_dry=options["dry_run"], now=now)
        tell(report, is_dry=options["dry_run"], out=self.stdout, err=self.stderr)
        if options["dry_run"]:
            transaction.set_rollback(True)


def _communes(source: str, code: str) -> Communes:
    """Return what the file or the address tells. Raises CommandError and TableUnreadable."""
    if not source.startswith(("https://", "http://")):
        path = Path(source)
        # IGN's holds the whole country in a gigabyte: it is not taken into memory.
        if is_geopackage(file_asked(path, limit=16)):
            return read_geopackage(path, within=code)
        return read_communes(file_asked(path))
    try:
        return read_communes(fetch.fetch(source, LIMITS, way=fetch.OPERATOR))
    except fetch.Unfetched as error:
        raise CommandError(
            f"« {source} » ne répond pas comme il faut ({error.trouble})."
        ) from error
