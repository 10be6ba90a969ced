"""The bench of booking on a small scale: it runs, and it sees what must not be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.stand.databases import DATABASE, empty_database

ROOT = Path(__file__).resolve().parents[2]
_PLANTED = """
import json, sys
from datetime import timedelta

import bench.clients as clients
from cordee.appointments.models import Appointment, GuestSeat
from cordee.appointments.rules import GuestKind
from django.db import transaction

clients.sow(sites=2, partners=1, agents=3, appointments=2)
one, other = Appointment.objects.order_by("pk")
theirs = Appointment.objects.filter(pk=other.pk)
for apart in (timedelta(days=1), timedelta(minutes=15)):
    theirs.update(starts_at=one.starts_at + apart, ends_at=one.ends_at + apart)
    for shared in json.loads(sys.argv[1]):
        kiosk, agent = (
            next(each for each in type(mine).objects.all() if (each == mine) == (name == shared))
            for name, mine in (("kiosk", one.kiosk), ("agent", one.agent))
        )
        with transaction.atomic():
            theirs.update(kiosk=kiosk, agent=agent)
            if shared == "second agent":
                seat = {"kind": GuestKind.SECOND_AGENT, "agent": one.agent}
                GuestSeat.objects.create(appointment=other, **seat)
            print(clients._overlaps(), clients._not_confirmed_once([one.pk]))
            transaction.set_rollback(True)
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CORDEE_DATA": str(tmp_path),
        "CORDEE_DEBUG": "",
        "CORDEE_SECRET_KEY": "a bench keeps no secret, whatever its length",
        "DJANGO_SETTINGS_MODULE": "cordee.config.settings",
        "DATABASE_URL": f"sqlite:///{shutil.copy(empty_database(), tmp_path / DATABASE)}",
    }


def test_an_overlap_is_seen_in_the_rows_alone(env: dict[str, str]) -> None:
    shared = json.dumps(["kiosk", "agent", "second agent"])
    command = [sys.executable, "-c", f"import django; django.setup()\n{_PLANTED}", shared]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    apart, beside = done.stdout.split()[:6], done.stdout.split()[6:]
    # The two rows have no visit, and one of them nobody was told of.
    assert apart == ["0", "2"] * 3
    assert beside == ["1", "2"] * 3


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
