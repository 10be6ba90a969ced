"""`cordee read_calendars`: what agents' own calendars say blocks slots."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.directory.calendars import calendars_to_read, read_calendar
from cordee.directory.ical_reader import IcalReader
from cordee.directory.rules import calendar_trouble_text


@permits(OPERATOR)
class Command(BaseCommand):
    """Read every calendar once, as the rounds do every quarter of an hour."""

    help = "Lit les agendas iCal des agents."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Read them, and name those that could not be read."""
        agents = calendars_to_read()
        count = 0
        with IcalReader() as reader:
            for agent in agents:
                trouble = read_calendar(agent=agent, reader=reader, now=timezone.now())
                if trouble:
                    self.stderr.write(f"{agent.user.email} : {calendar_trouble_text(trouble)}")
                else:
                    count += 1
        self.stdout.write(f"{count} agenda(s) lu(s) sur {len(agents)}")
