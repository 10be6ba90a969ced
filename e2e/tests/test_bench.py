"""The bench of booking on a small scale: it runs, and it sees what must not be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PLANTED = """
import bench.clients as clients
from django.core.management import call_command
from cordee.appointments.models import Appointment, GuestSeat
from cordee.appointments.rules import GuestKind
from datetime import timedelta

call_command("migrate", verbosity=0)
clients.sow(sites=2, partners=1, agents=3, appointments=2)
one, other = Appointment.objects.order_by("pk")
Appointment.objects.filter(pk=other.pk).update(
    starts_at=one.starts_at + timedelta(days=1), ends_at=one.ends_at + timedelta(days=1)
)
print(clients._overlaps())
Appointment.objects.filter(pk=other.pk).update(
    starts_at=one.starts_at + timedelta(minutes=15), ends_at=one.ends_at + timedelta(minutes=15),
    kiosk={kiosk}, agent={agent},
)
if {joins!r}:
    GuestSeat.objects.create(appointment=other, kind=GuestKind.SECOND_AGENT, agent=one.agent)
print(clients._overlaps(), clients._not_confirmed_once([one.pk]))
"""
OTHER_KIOSK = "next(k for k in type(one.kiosk).objects.all() if k != one.kiosk)"
OTHER_AGENT = "next(a for a in type(one.agent).objects.all() if a != one.agent)"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CORDEE_DATA": str(tmp_path),
        "CORDEE_DEBUG": "",
        "CORDEE_SECRET_KEY": "a bench keeps no secret, whatever its length",
        "DJANGO_SETTINGS_MODULE": "cordee.config.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/bench.sqlite3",
    }


@pytest.mark.parametrize(
    ("kiosk", "agent", "joins"),
    [
        ("one.kiosk", OTHER_AGENT, ""),
        (OTHER_KIOSK, "one.agent", ""),
        (OTHER_KIOSK, OTHER_AGENT, "one"),
    ],
    ids=["kiosk", "agent", "second agent"],
)
def test_an_overlap_is_seen_in_the_rows_alone(
    env: dict[str, str], kiosk: str, agent: str, joins: str
) -> None:
    code = _PLANTED.format(kiosk=kiosk, agent=agent, joins=joins)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    before, after = done.stdout.splitlines()
    assert before == "0"
    # The two rows have no visit, and one of them nobody was told of.
    assert after == "1 2"


@pytest.mark.parametrize(
    ("part", "positive", "nought"),
    [
        (
            ["book", "--attempts", "30", "--clients", "5"],
            {"booked", "attempts_per_s"},
            {"overlaps", "service_errors", "not_confirmed_once"},
        ),
        (
            ["browse", "--attempts", "12", "--clients", "4", "--flood", "40"],
            {"by_page_booked", "flood_a_minute", "beside_flood_ms_p95"},
            {"errors_500", "by_page_overlaps", "by_page_errors_500", "by_page_not_confirmed_once"},
        ),
        (["search", "--searches", "3"], {"search_ms_p95", "page_ms_p95"}, set[str]()),
    ],
    ids=["book", "browse", "search"],
)
def test_each_part_runs_and_misses_no_goal_of_nought(
    env: dict[str, str], part: list[str], positive: set[str], nought: set[str]
) -> None:
    command = [sys.executable, "-m", "bench.clients", *part]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    lines = (json.loads(line) for line in done.stdout.splitlines())
    found = {line["metric"]: line["value"] for line in lines}
    assert {metric for metric in positive if found[metric] <= 0} == set()
    assert {metric for metric in nought if found[metric] != 0} == set()
