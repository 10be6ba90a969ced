"""The command's territory is the same for the same seed, and never made over another."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from factories import World

from cordee.appointments.models import Appointment
from cordee.jobs.demo.territory import Demo

NOW = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)


def _booked() -> list[tuple[datetime, str, str, str]]:
    found = Appointment.objects.order_by("starts_at", "kiosk__name")
    return list(found.values_list("starts_at", "kiosk__name", "agent__label", "citizen"))


def test_the_same_seed_makes_the_same_territory(db: None) -> None:
    made = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            Demo(seed=seed, hours_a_month=5, now=NOW).make()
            made.append(_booked())
            transaction.set_rollback(True)

    assert made[0] == made[1]
    assert made[0] != made[2]


def test_a_database_in_use_is_not_touched(world: World) -> None:
    with pytest.raises(CommandError, match="n’est pas vide"):
        call_command("seed_territory")
