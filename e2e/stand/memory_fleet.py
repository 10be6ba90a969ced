"""Many kiosks without screens: the real daemon with devices in memory, and an agent for each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx
import websockets

from e2e.stand.processes import BIN, NotInTime, Running, run, wait_until

if TYPE_CHECKING:
    from e2e.stand.world import World

PASSWORD = "une-longue-phrase-05"  # noqa: S105 - of accounts that live as long as the bench

_MAKE = """
import json
from django.utils import timezone
from cordee.accounts.rules import Role
from cordee.accounts.services import create_user
from cordee.directory.queries import partner_by_slug
from cordee.directory.services import add_agent
from cordee.fleet.services import add_kiosk, issue_code
from cordee.journal.rules import OPERATOR
from cordee.territory.queries import sites
now, partner, site, codes = timezone.now(), partner_by_slug({partner!r}), sites()[0], []
for number in range({size}):
    user = create_user(email=f"agent{{number}}@bench.invalid", password={password!r},
        name=f"Agent {{number}}", role=Role.AGENT, actor=OPERATOR, now=now)
    add_agent(user=user, partner=partner, label=user.name, actor=OPERATOR, now=now)
    kiosk = add_kiosk(site=site, name=f"Bench {{number}}", actor=OPERATOR, now=now)
    codes.append(issue_code(kiosk=kiosk, actor=OPERATOR, now=now)[0])
print(json.dumps(codes))
"""

_BOOK = """
import json
from datetime import datetime, UTC
from django.utils import timezone
from cordee.directory.queries import agent_by_email, reason_named
from cordee.fleet.queries import kiosk_named
from cordee.journal.rules import OPERATOR
from cordee.visits.services import book
at, visits = datetime.fromtimestamp({at!r}, UTC), []
for number in range({size}):
    agent = agent_by_email(f"agent{{number}}@bench.invalid")
    visits.append(book(kiosk=kiosk_named(f"Bench {{number}}"), agent=agent,
        reason=reason_named(agent.partner, {reason!r}), citizen="Usager", starts_at=at,
        actor=OPERATOR, now=timezone.now(), off_grid=True).public_id)
print(json.dumps(visits))
"""


class MemoryFleet:
    """`size` kiosks in one process, enrolled and connected. A context manager."""

    def __init__(self, world: World, *, size: int) -> None:
        """Remember the world; everything starts on entering."""
        self.world, self.size = world, size
        self.visits: list[str] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.process: Running | None = None

    def __enter__(self) -> Self:
        if not self.size:
            return self
        folder = self.world.folder / "fleet"
        folder.mkdir()
        server = self.world.server
        code = _MAKE.format(partner=self.world.seeded["partner"], size=self.size, password=PASSWORD)
        codes = json.loads(server.command("shell", "-v", "0", "-c", code).splitlines()[-1])
        states: list[Path] = []
        for number, one_use in enumerate(codes):
            state = folder / f"kiosk-{number}"
            words = ["--server", server.url, "--code", one_use, "--state", str(state)]
            run([BIN / "cordee-kiosk", "enrol", *words])
            states.append(state)
        words = [part for state in states for part in ("--state", str(state))]
        self.process = Running(
            [BIN / "cordee-kiosk", "run", "--adapters", "memory", *words],
            name="fleet",
            folder=folder,
            env={},
        )
        wait_until(self._are_connected, within_s=60, what="the fleet is connected")
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=20)
        if self.process:
            self.process.stop()

    def book(self, *, starts_at: float) -> None:
        """Book every kiosk with its agent for one instant; the agents take their seats."""
        if not self.size:
            return
        code = _BOOK.format(at=starts_at, size=self.size, reason=self.world.seeded["reason"])
        printed = self.world.server.command("shell", "-v", "0", "-c", code)
        self.visits = json.loads(printed.splitlines()[-1])
        self._thread = threading.Thread(target=lambda: asyncio.run(self._sit()), daemon=True)
        self._thread.start()

    def lateness(self, *, within_s: float) -> list[float]:
        """Return how long after the instant each kiosk went live, once all have or time is up."""
        if not self.visits or self.process is None:
            return []
        with contextlib.suppress(NotInTime):
            wait_until(lambda: len(self._live()) == self.size, within_s=within_s, what="all live")
        return list(self._live().values())

    def _live(self) -> dict[str, float]:
        found = {}
        for line in self.process.output().splitlines() if self.process else []:
            if '"live"' in line and line.startswith("{"):
                entry = json.loads(line)
                if entry.get("kind") == "live" and entry.get("visit") in self.visits:
                    found[entry["visit"]] = float(entry["lateness_s"])
        return found

    def _are_connected(self) -> bool:
        kiosks = json.loads(self.world.server.command("kiosks", "--json"))
        here = [one for one in kiosks if one["name"].startswith("Bench") and one["is_connected"]]
        return len(here) == self.size

    async def _sit(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number, visit in enumerate(self.visits):
                group.create_task(self._sit_at(number, visit))

    async def _sit_at(self, number: int, visit: str) -> None:
        """Log in as the page does and hold the visit's socket; no call is answered."""
        url = self.world.server.url
        async with httpx.AsyncClient(base_url=url, follow_redirects=True, timeout=60) as client:
            await client.get("/connexion/")
            form = {
                "username": f"agent{number}@bench.invalid",
                "password": PASSWORD,
                "csrfmiddlewaretoken": client.cookies["csrftoken"],
            }
            await client.post("/connexion/", data=form, headers={"Referer": url})
            cookie = f"sessionid={client.cookies['sessionid']}"
        address = (
            f"{url.replace('http', 'ws')}/ws/counter/{visit}/?instance={secrets.token_hex(16)}"
        )
        headers = {"Cookie": cookie, "Origin": url}
        async with websockets.connect(address, additional_headers=headers) as socket:
            while not self._stop.is_set():
                try:
                    await asyncio.wait_for(socket.recv(), timeout=0.5)
                except TimeoutError:
                    continue
                except websockets.ConnectionClosed:
                    return
