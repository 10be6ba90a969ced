"""Fifty people who book by page at once, and a flood of searches, on the real server by HTTP.

Run by `bench.clients` as a part. A person is a connection with its own address of this machine
(127.0.0.0/8), so that the limits on what one address may ask for hold as they do outside.
"""

from __future__ import annotations

import logging
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx

from bench.report import percentile
from e2e.stand.processes import BIN, Running, free_port

PARIS = ZoneInfo("Europe/Paris")
PROCESSES = 2
BOOKINGS_AN_ADDRESS = 10
"""Below the hours that one address may keep while typing (`web.citizen.limits.HOLDS`)."""
DAYS_WANTED = 20
TWICE = 0.05
TOO_MANY, ERRORS_FROM = 429, 500
HOURS, PAGE = "/rendez-vous/heure/", "/rendez-vous/vous/"
FLOOD_CONNECTIONS, FLOOD_ADDRESS = 8, "127.9.9.9"
WORDS = ("allocation logement", "carte grise", "retraite", "impots", "permis", "emploi", "santé")
_KEPT = 'class="kept"'
_KEY = re.compile(r'name="cle" value="([0-9a-f]+)"')
_VISIT = re.compile(r"/mon-rendez-vous/([0-9a-f]{32})/")


@dataclass(frozen=True)
class Counters:
    """Where to book: the server's address, and what there is to choose from, by key."""

    base: str
    sites: list[int]
    reasons: list[int]


@dataclass
class Told:
    """What one process's people were told; times in milliseconds."""

    said: Counter[str] = field(default_factory=Counter)
    visits: list[str] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[str]:
    """Yield the address of a real server on this process's database."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="cordee-bench-") as folder:
        command: list[str | Path] = [
            BIN / "cordee",
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        with Running(command, name="server", folder=Path(folder), env=os.environ) as server:
            base = f"http://127.0.0.1:{port}"
            server.wait_until(lambda: _answers(base), within_s=60, what="answers /healthz")
            yield base


def book(counters: Counters, *, attempts: int, clients: int) -> Told:
    """Let so many people try, spread over processes; return what all were told."""
    share = [attempts // PROCESSES] * PROCESSES
    share[0] += attempts % PROCESSES
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        threads = max(1, clients // PROCESSES)
        jobs = [
            pool.submit(_people, counters, seed, tries, threads) for seed, tries in enumerate(share)
        ]
        found = [job.result() for job in jobs]
    return Told(
        sum((told.said for told in found), Counter[str]()),
        [visit for told in found for visit in told.visits],
        [ms for told in found for ms in told.took_ms],
    )


def flood(base: str, *, searches: int) -> Iterator[dict[str, Any]]:
    """Yield what comes of so many searches from one address, and of others who read meanwhile.

    Each of the flood's connections asks again as soon as it is answered.
    """
    said: Counter[int] = Counter()
    beside_ms: list[float] = []
    is_over = threading.Event()

    def search(number: int) -> None:
        chance = random.Random(number)
        # The plainest client: what it takes itself is taken from the server.
        address = base.removeprefix("http://")
        person = HTTPConnection(address, source_address=(FLOOD_ADDRESS, 0), timeout=120)
        with closing(person):
            for _ in range(number, searches, FLOOD_CONNECTIONS):
                person.request("GET", f"/rendez-vous/?{urlencode(_words(chance))}")
                with person.getresponse() as answer:
                    answer.read()
                    said[answer.status] += 1

    def read() -> None:
        chance = random.Random(1)
        while not is_over.is_set():
            with _person(base, _address(200, len(beside_ms) // 50)) as person:
                began = time.perf_counter()
                person.get("/rendez-vous/", params=_words(chance)).raise_for_status()
                beside_ms.append(1000 * (time.perf_counter() - began))

    began = time.perf_counter()
    with ThreadPoolExecutor(FLOOD_CONNECTIONS + 1) as pool:
        reader = pool.submit(read)
        list(pool.map(search, range(FLOOD_CONNECTIONS)))
        is_over.set()
        reader.result()
    minutes = (time.perf_counter() - began) / 60
    errors = sum(count for status, count in said.items() if status >= ERRORS_FROM)
    sys.stderr.write(f"{dict(said)}\n")
    yield {"metric": "flood_a_minute", "value": searches / minutes, "unit": "1/min", "n": searches}
    yield {"metric": "flood_errors_500", "value": errors, "unit": "", "n": searches}
    yield {
        "metric": "beside_flood_ms_p95",
        "value": percentile(beside_ms, 0.95),
        "unit": "ms",
        "n": len(beside_ms),
    }


def _people(counters: Counters, seed: int, attempts: int, threads: int) -> Told:
    told = Told()

    def client(number: int) -> None:
        chance = random.Random(1000 * seed + number)
        mine = range(number, attempts, threads)
        for first in range(0, len(mine), BOOKINGS_AN_ADDRESS):
            address = _address(10 + seed, number, first // BOOKINGS_AN_ADDRESS)
            with _person(counters.base, address) as person:
                for _ in mine[first : first + BOOKINGS_AN_ADDRESS]:
                    told.said[_attempt(person, chance, counters, told)] += 1

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(client, range(threads)))
    return told


def _attempt(person: httpx.Client, chance: random.Random, counters: Counters, told: Told) -> str:
    """Choose an hour, which is then kept, give a name, send it: return what the pages said."""
    asked = {
        "motif": str(chance.choice(counters.reasons)),
        "lieu": str(chance.choice(counters.sites)),
        "heure": _hour(chance),
    }
    if "csrftoken" not in person.cookies:
        person.get(HOURS, params={name: asked[name] for name in ("motif", "lieu")})
    token = person.cookies.get("csrftoken", "")
    chosen = person.post(HOURS, data={**asked, "csrfmiddlewaretoken": token})
    if not chosen.is_redirect:
        return _refused(chosen, "not_free")
    page = person.get(chosen.headers["location"])
    key = _KEY.search(page.text)
    if key is None or _KEPT not in page.text:
        return _refused(page, "not_kept")
    number = chance.randrange(100_000_000)
    form = {
        **asked,
        "csrfmiddlewaretoken": token,
        "cle": key[1],
        "name": f"Personne {number}",
        "contact_kind": "mobile",
        "contact": f"06{number:08d}",
    }
    began = time.perf_counter()
    answer = person.post(PAGE, data=form)
    told.took_ms.append(1000 * (time.perf_counter() - began))
    visit = _visit(answer)
    if not visit:
        return _refused(answer, "taken_meanwhile")
    if chance.random() < TWICE and _visit(person.post(PAGE, data=form)) != visit:
        return "booked_twice"
    told.visits.append(visit)
    return "booked"


def _refused(answer: httpx.Response, otherwise: str) -> str:
    if answer.status_code >= ERRORS_FROM:
        return "error"
    return "too_often" if answer.status_code == TOO_MANY else otherwise


def _visit(answer: httpx.Response) -> str:
    found = _VISIT.search(answer.headers.get("location", ""))
    return found[1] if found else ""


def _hour(chance: random.Random) -> str:
    day = datetime.now(PARIS).date() + timedelta(days=1 + chance.randrange(DAYS_WANTED))
    minutes = 9 * 60 + 15 * chance.randrange(32)
    return f"{day}T{minutes // 60:02}:{minutes % 60:02}"


def _words(chance: random.Random) -> dict[str, str]:
    return {"mots": f"{chance.choice(WORDS)} {chance.randrange(1000)}"}


def _address(*parts: int) -> str:
    """Return an address of this machine of its own for each person."""
    return "127." + ".".join(str(part) for part in (*parts, 1, 1)[:3])


def _person(base: str, address: str) -> httpx.Client:
    # Else each request is a line of the log.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    transport = httpx.HTTPTransport(local_address=address, verify=False)
    return httpx.Client(base_url=base, transport=transport, timeout=120)


def _answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/healthz", timeout=5).is_success
    except httpx.TransportError:
        return False
