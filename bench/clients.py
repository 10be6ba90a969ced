"""The inner part of `bench booking`: one database, many clients. Run by it as a process."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context
from typing import Any

import django
import time_machine

django.setup()

from django.core.management import call_command  # noqa: E402 - after Django is set up
from django.db import connection, connections  # noqa: E402 - likewise
from django.test import Client  # noqa: E402 - likewise
from django.urls import reverse  # noqa: E402 - likewise

from bench import browsing  # noqa: E402 - likewise
from bench.report import percentile  # noqa: E402 - likewise
from bench.town import NOW, sow  # noqa: E402 - likewise
from cordee.appointments import availability, holding, services  # noqa: E402 - likewise
from cordee.appointments.availability import Asked, GuestWish  # noqa: E402 - likewise
from cordee.appointments.citizens import Citizen  # noqa: E402 - likewise
from cordee.appointments.models import Appointment  # noqa: E402 - likewise
from cordee.appointments.rules import ContactKind, GuestKind  # noqa: E402 - likewise
from cordee.config.memory import settle  # noqa: E402 - likewise
from cordee.directory.models import Agent, Reason  # noqa: E402 - likewise
from cordee.journal.rules import ANYONE  # noqa: E402 - likewise
from cordee.kernel.refusal import Refusal  # noqa: E402 - likewise
from cordee.territory.models import Commune, Site  # noqa: E402 - likewise
from cordee.visits import booking  # noqa: E402 - likewise
from cordee.visits.models import Visit  # noqa: E402 - likewise

OK = 200
PROCESSES = 5
DAYS_WANTED = 20
"""All want one of these days: about three attempts for each hour that a kiosk has."""
TWICE, LET_GO, MOVED, JOINED = 0.05, 0.05, 0.05, 0.1
"""Shares of clients who send the same request again, who go away, who move their appointment, and
who want a second agent beside."""


@dataclass(frozen=True)
class Known:
    """Where, for what and with whom people may want to book."""

    sites: dict[int, Site]
    reasons: dict[int, Reason]
    agents: list[int]


@dataclass
class Done:
    """What one process's clients were told."""

    said: Counter[str]
    accepted: list[int]


def book(*, attempts: int, clients: int) -> Iterator[dict[str, Any]]:
    """Yield what came of it when so many clients tried to book."""
    sow(sites=25, partners=12, agents=60, appointments=0)
    connections.close_all()
    share = [attempts // PROCESSES] * PROCESSES
    share[0] += attempts % PROCESSES
    began = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(_clients, seed, tries, max(1, clients // PROCESSES))
            for seed, tries in enumerate(share)
        ]
        found = [job.result() for job in jobs]
    took_s = time.perf_counter() - began
    said = sum((done.said for done in found), Counter[str]())
    accepted = [key for done in found for key in done.accepted]
    sys.stderr.write(f"{dict(said)}\n")

    def figure(metric: str, value: float, unit: str = "") -> dict[str, Any]:
        return {"metric": metric, "value": value, "unit": unit, "n": attempts}

    yield figure("overlaps", _overlaps())
    yield figure("service_errors", said["error"])
    yield figure("not_confirmed_once", _not_confirmed_once(accepted))
    yield figure("booked", len(accepted))
    yield figure("attempts_per_s", attempts / took_s, "1/s")
    yield figure("bookings_per_s", len(accepted) / took_s, "1/s")


def browse(*, attempts: int, clients: int, flood: int) -> Iterator[dict[str, Any]]:
    """Yield what came of it when so many people tried to book by page, and of a flood."""
    town = sow(sites=25, partners=12, agents=60, appointments=0)
    reasons = list(Reason.objects.values_list("pk", flat=True))
    connections.close_all()
    with browsing.serving() as base:
        began = time.perf_counter()
        counters = browsing.Counters(base, town.sites, reasons)
        told = browsing.book(counters, attempts=attempts, clients=clients)
        took_s = time.perf_counter() - began
        flooded = list(browsing.flood(base, searches=flood))
    sys.stderr.write(f"{dict(told.said)}\n")
    keys = dict(Visit.objects.values_list("public_id", "appointment"))
    accepted = [keys.get(visit, 0) for visit in told.visits]

    def figure(metric: str, value: float, unit: str = "") -> dict[str, Any]:
        return {"metric": metric, "value": value, "unit": unit, "n": attempts}

    errors = [each["value"] for each in flooded if each["metric"] == "flood_errors_500"]
    yield figure("errors_500", told.said["error"] + sum(errors))
    yield figure("by_page_overlaps", _overlaps())
    yield figure("by_page_errors_500", told.said["error"])
    yield figure("by_page_refused_as_too_often", told.said["too_often"])
    yield figure("by_page_not_confirmed_once", _not_confirmed_once(accepted))
    yield figure("by_page_booked", len(accepted))
    yield figure("by_page_attempts_per_s", attempts / took_s, "1/s")
    yield figure("by_page_send_ms_p95", percentile(told.took_ms, 0.95), "ms")
    yield from flooded


def search(*, searches: int, times: int) -> Iterator[dict[str, Any]]:
    """Yield how long a search takes in a territory so many times the usual one."""
    town = sow(sites=25 * times, partners=28, agents=120 * times, appointments=3000 * times)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # As autovacuum does in a database that has been in use.
    chance = random.Random(times)
    reasons = list(Reason.objects.select_related("partner"))
    took_ms = []
    for number in range(searches):
        minutes = {site: chance.randrange(5, 120) for site in town.sites}
        asked = Asked(reason=chance.choice(reasons))
        began = time.perf_counter()
        if number % 3 == 0:
            availability.by_travel(asked=asked, minutes=minutes, now=NOW)
        elif number % 3 == 1:
            availability.by_travel(asked=asked, minutes=minutes, within_min=30, now=NOW)
        else:
            availability.soonest(asked=asked, minutes=minutes, now=NOW)
        took_ms.append(1000 * (time.perf_counter() - began))
    pages_ms = list(_pages_ms(searches, chance, reasons))
    for name, found in (("search_ms", took_ms), ("page_ms", pages_ms)):
        for metric, part in ((f"{name}_p50", 0.5), (f"{name}_p95", 0.95)):
            value = percentile(found, part)
            yield {"metric": metric, "value": value, "unit": "ms", "n": len(found)}


def _pages_ms(count: int, chance: random.Random, reasons: list[Reason]) -> Iterator[float]:
    """Yield how long the page of places takes to be made, in milliseconds, each for another person.

    It goes through all of Django, compressed, as the server would send it, which has settled.
    """
    settle()
    communes = list(Commune.objects.values_list("insee_code", flat=True))
    with time_machine.travel(NOW, tick=True):
        for number in range(count):
            client = Client(headers={"Accept-Encoding": "gzip"})
            asked: dict[str, str | int] = {
                "motif": chance.choice(reasons).pk,
                "commune": chance.choice(communes),
                "tri": ("", "30-minutes", "plus-tot")[number % 3],
            }
            began = time.perf_counter()
            answer = client.get(
                reverse("citizen_where"),
                asked,
                # Nobody looks so often: each has an address of their own.
                REMOTE_ADDR=f"10.0.{number // 250}.{number % 250}",
                SERVER_NAME="localhost",
            )
            took_ms = 1000 * (time.perf_counter() - began)
            if answer.status_code != OK:
                raise AssertionError(f"the page answered {answer.status_code}")
            yield took_ms


def _clients(seed: int, attempts: int, threads: int) -> Done:
    """Let the threads of one process try, and return what they were told."""
    done = Done(Counter(), [])
    sites = Site.objects.in_bulk()
    reasons = Reason.objects.select_related("partner").in_bulk()
    known = Known(sites, reasons, list(Agent.objects.values_list("pk", flat=True)))
    connections.close_all()

    def client(number: int) -> None:
        chance = random.Random(seed * 1000 + number)
        for attempt in range(number, attempts, threads):
            try:
                said = _attempt(chance, f"{seed}-{attempt}", known, done.accepted)
            except Refusal as refusal:
                said = refusal.code
            except Exception:  # noqa: BLE001 - what a person would see as an error 500
                traceback.print_exc()
                said = "error"
            done.said[said] += 1
        connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(client, range(threads)))
    return done


def _attempt(chance: random.Random, key: str, known: Known, accepted: list[int]) -> str:
    """Try to book once, as a person would, and return what they were told."""
    number = chance.randrange(100_000_000)
    request: dict[str, Any] = {
        "reason": known.reasons[chance.choice(list(known.reasons))],
        "citizen": Citizen(f"Personne {number}", ContactKind.MOBILE, f"06{number:08d}"),
        "key": key,
        "actor": ANYONE,
        "now": NOW,
    }
    if chance.random() < JOINED:
        second = GuestWish(GuestKind.SECOND_AGENT, agent_id=chance.choice(known.agents))
        request["guests"] = (second,)
    where: dict[str, Any] = _wanted(chance, known.sites)
    held = holding.hold(**request, **where)
    draw = chance.random()
    if draw < LET_GO:
        services.release(appointment=held, actor=ANYONE, now=NOW)
        return "let_go"
    if draw < LET_GO + TWICE:
        again = holding.hold(**request, **where)
        if again != held:
            raise AssertionError("the same key was given another appointment")
    visit = booking.confirm(appointment=held, actor=ANYONE, now=NOW)
    if chance.random() < MOVED:
        try:
            wanted = _wanted(chance, known.sites)
            visit = booking.move(visit=visit, actor=ANYONE, now=NOW, **wanted)
        except Refusal:
            pass
    accepted.append(visit.appointment_id)
    return "booked"


def _wanted(chance: random.Random, sites: dict[int, Site]) -> dict[str, Any]:
    day = NOW + timedelta(days=1 + chance.randrange(DAYS_WANTED))
    starts_at = day.replace(hour=8) + timedelta(minutes=15 * chance.randrange(32))
    return {"site": sites[chance.choice(list(sites))], "starts_at": starts_at}


def _overlaps() -> int:
    """Count pairs that share a kiosk or one of our people and an instant, from the rows alone."""
    seats: dict[tuple[str, int], list[tuple[datetime, datetime]]] = {}
    rows = Appointment.objects.standing().order_by("starts_at").prefetch_related("guests")
    for row in rows:
        free_at = row.ends_at + timedelta(minutes=row.turnover_min)
        seats.setdefault(("kiosk", row.kiosk_id), []).append((row.starts_at, free_at))
        joined = [guest.agent_id for guest in row.guests.all() if guest.agent_id is not None]
        for agent in (row.agent_id, *joined):
            seats.setdefault(("agent", agent), []).append((row.starts_at, row.ends_at))
    return sum(
        first[1] > second[0] for taken in seats.values() for first, second in pairwise(taken)
    )


def _not_confirmed_once(accepted: list[int]) -> int:
    """Count what differs between what people were told and what the database holds."""
    confirmed = set(Appointment.objects.confirmed().values_list("pk", flat=True))
    visits = Counter(Visit.objects.open().values_list("appointment", flat=True))
    told = Counter(accepted)
    keys = confirmed | set(visits) | set(told)
    return sum(not (key in confirmed and visits[key] == 1 and told[key] == 1) for key in keys)


def main() -> int:
    """Run one part and print its figures, one object a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=("book", "browse", "search"))
    parser.add_argument("--attempts", type=int, default=0)
    parser.add_argument("--clients", type=int, default=0)
    parser.add_argument("--flood", type=int, default=0)
    parser.add_argument("--searches", type=int, default=0)
    parser.add_argument("--times", type=int, default=1)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    if options.part == "search":
        figures = search(searches=options.searches, times=options.times)
    else:
        size = {"attempts": options.attempts, "clients": options.clients}
        is_browse = options.part == "browse"
        figures = browse(**size, flood=options.flood) if is_browse else book(**size)
    for figure in figures:
        print(json.dumps(figure), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
