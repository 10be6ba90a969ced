"""`cordee import_table`: sites, partners, reasons, agents and their hours from a spreadsheet."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.jobs.imports.kinds import KINDS
from cordee.jobs.imports.run import Report, take_in
from cordee.jobs.imports.tables import TableUnreadable, read_table


@permits(OPERATOR)
class Command(BaseCommand):
    """Take a CSV, XLSX or ODS file in: all of it or nothing."""

    help = "Importe un tableau : lieux, administrations, motifs, agents, horaires, plages, trajets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the table holds, and the file."""
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="vérifie sans rien écrire")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Take it in, or say every error with its line."""
        try:
            table = read_table(file_asked(options["file"]))
        except TableUnreadable as error:
            raise CommandError(str(error)) from error
        report = take_in(
            table, KINDS[options["kind"]], is_dry=options["dry_run"], now=timezone.now()
        )
        tell(report, is_dry=options["dry_run"], out=self.stdout, err=self.stderr)


def file_asked(path: Path, *, limit: int = -1) -> bytes:
    """Return a file's first `limit` bytes, or all of it. Raises CommandError."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise CommandError(f"Le fichier « {path} » ne se lit pas : {error.strerror}.") from error


def tell(
    report: Report, *, is_dry: bool, out: OutputWrapper, err: OutputWrapper, word: str = "Ligne"
) -> None:
    """Say what came of it. Raises CommandError when there are errors, after naming each."""
    for problem in report.problems:
        err.write(f"{word} {problem.line} : {problem.message}")
    if report.problems:
        raise CommandError(f"{len(report.problems)} erreur(s) : rien n’a été écrit.")
    said = f"{report.rows} ligne(s) : {report.changed} modifiée(s), {report.same} sans changement."
    out.write(f"Essai. {said} Rien n’a été écrit." if is_dry else said)
