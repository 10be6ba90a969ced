"""`cordee book`: one appointment, from the command line."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.appointments.hours import local_hour
from cordee.directory.queries import agent_by_email, reason_named
from cordee.fleet.queries import kiosk_named
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal
from cordee.visits.services import book

if TYPE_CHECKING:
    from argparse import ArgumentParser


@permits(OPERATOR)
class Command(BaseCommand):
    """Book a kiosk and an agent at any instant to come."""

    help = "Réserve un rendez-vous."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the appointment."""
        for name in ("--kiosk", "--agent", "--reason", "--at", "--citizen"):
            parser.add_argument(name, required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Book it, or say why not."""
        kiosk = kiosk_named(options["kiosk"])
        if kiosk is None:
            raise CommandError(f"Aucune borne ne s’appelle « {options['kiosk']} ».")
        agent = agent_by_email(options["agent"])
        if agent is None:
            raise CommandError(f"Aucun agent n’a l’adresse « {options['agent']} ».")
        reason = reason_named(agent.partner, options["reason"])
        if reason is None:
            raise CommandError(f"{agent.partner} n’a pas le motif « {options['reason']} ».")
        try:
            starts_at = datetime.fromisoformat(options["at"])
        except ValueError as error:
            raise CommandError("--at : écrivez par exemple 2030-01-31T10:05+01:00.") from error
        try:
            if starts_at.tzinfo is None:
                zone = ZoneInfo(settings.TIME_ZONE)
                starts_at = local_hour(starts_at.date(), starts_at.time(), zone).at
            visit = book(
                kiosk=kiosk,
                agent=agent,
                reason=reason,
                citizen=options["citizen"],
                starts_at=starts_at,
                actor=CONSOLE,
                now=timezone.now(),
                off_grid=True,
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        said = {"visit": visit.public_id, "starts_at": starts_at.timestamp()}
        self.stdout.write(json.dumps(said) if options["json"] else visit.public_id)
