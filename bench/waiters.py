"""The inner part of `bench waiting`: one database, many who wait. Run by it as a process."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after Django is set up
from django.db import connection  # noqa: E402 - likewise

from bench.report import percentile  # noqa: E402 - likewise
from bench.town import NOW, sow  # noqa: E402 - likewise
from cordee.appointments import services, waiting  # noqa: E402 - likewise
from cordee.appointments.citizens import Citizen  # noqa: E402 - likewise
from cordee.appointments.models import Appointment, Offer  # noqa: E402 - likewise
from cordee.appointments.rules import ContactKind  # noqa: E402 - likewise
from cordee.directory.models import Reason  # noqa: E402 - likewise
from cordee.journal.rules import ANYONE  # noqa: E402 - likewise
from cordee.territory.models import Commune, Site  # noqa: E402 - likewise

MINUTE = timedelta(minutes=1)
EVERY = 60
"""Of so many appointments one is cancelled before the busy round."""


def wait(*, people: int) -> Iterator[dict[str, Any]]:
    """Yield how long entering takes, and a round with nothing and with something freed."""
    sow(sites=25, partners=28, agents=120, appointments=3000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # As autovacuum does in a database that has been in use.
    took_ms = list(_entering(people))
    yield {"metric": "enter_ms_p95", "value": percentile(took_ms, 0.95), "unit": "ms", "n": people}
    yield {"metric": "quiet_round_s", "value": _took(_round(1)), "unit": "s", "n": people}
    for row in Appointment.objects.filter(starts_at__gt=NOW + timedelta(days=1))[::EVERY]:
        services.cancel(appointment=row, actor=ANYONE, now=NOW + MINUTE)
    yield {"metric": "busy_round_s", "value": _took(_round(2)), "unit": "s", "n": people}
    yield {"metric": "offered", "value": Offer.objects.count(), "unit": "", "n": people}


def _entering(people: int) -> Iterator[float]:
    """Let people enter, half of them for one place, and yield what each took in milliseconds."""
    chance = random.Random(people)
    reasons = list(Reason.objects.select_related("partner"))
    sites = list(Site.objects.select_related("commune__territory"))
    communes = list(Commune.objects.values_list("pk", flat=True))
    for number in range(people):
        citizen = Citizen(
            f"Personne {number}",
            ContactKind.MOBILE,
            f"+336{number:08d}",
            commune_id=chance.choice(communes),
        )
        began = time.perf_counter()
        waiting.enter(
            reason=chance.choice(reasons),
            site=chance.choice(sites) if number % 2 else None,
            citizen=citizen,
            until_at=NOW + timedelta(days=60),
            actor=ANYONE,
            now=NOW,
        )
        yield 1000 * (time.perf_counter() - began)


def _round(minutes: int) -> Callable[[], object]:
    return lambda: waiting.offer_freed(now=NOW + timedelta(hours=1) + minutes * MINUTE)


def _took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> int:
    """Run it and print its figures, one object a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, required=True)
    call_command("migrate", verbosity=0)
    for figure in wait(people=parser.parse_args().people):
        print(json.dumps(figure), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
