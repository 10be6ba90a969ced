"""The whole of Cordée on this machine: server, partner site, screen, kiosk, certifying root.

    with World(folder) as world:
        visit = world.book(starts_at=time.time() + 20)
        with world.agent() as agent:
            agent.open_counter(visit)

Each part can be stopped, killed and started again: `world.server`, `world.kiosk`, `world.screen`,
`world.site`, `world.relay`. Everything ends with the block, also when it raises.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

from e2e.site.server import Site
from e2e.stand.agent import Agent
from e2e.stand.far_site import FarSite
from e2e.stand.kiosk import Kiosk
from e2e.stand.line import Line
from e2e.stand.processes import Ended, NotInTime, free_port, run, wait_until
from e2e.stand.relay import Relay
from e2e.stand.screen import Screen
from e2e.stand.server import Server

SOON_S = (4, 10, 25, 60)


@dataclass(frozen=True)
class LogIn:
    """An address and a password that seeding made."""

    email: str
    password: str


class World:
    """Everything, seeded and running. A context manager.

    `has_relay` puts a coturn between the two ends that may reach this machine's loopback;
    `server_env` and `kiosk_settings` add settings; `site_port` and `server_port` choose ports;
    `window_on` shows the kiosk as a window on that display. `is_whole` seeds a whole département
    with past and coming appointments instead of five bare places. With a `line`, this process is in
    its town, the kiosk and the partner's site (`far_site`, with `first_page`) in its village.
    """

    def __init__(
        self,
        folder: Path,
        *,
        has_relay: bool = False,
        server_port: int | None = None,
        site_port: int | None = None,
        server_env: Mapping[str, str] | None = None,
        kiosk_settings: Mapping[str, str] | None = None,
        width_px: int = 1920,
        height_px: int = 1080,
        window_on: str | None = None,
        is_whole: bool = False,
        line: Line | None = None,
        first_page: Path | None = None,
    ) -> None:
        """Remember the wishes; everything starts on entering."""
        self.folder = folder
        self._has_relay = has_relay
        self._server_port = server_port
        self._site_port = site_port
        self._server_env = dict(server_env or {})
        self._kiosk_settings = kiosk_settings
        self._size = (width_px, height_px)
        self._window_on = window_on
        self._is_whole = is_whole
        self._line = line
        self._first_page = first_page
        self._stack = ExitStack()
        self.relay: Relay | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def log_in(self, role: str) -> LogIn:
        """Return the log-in of the demo's `agent`, `host`, `manager` or `technician`."""
        person = self.seeded["people"][role]
        return LogIn(person["email"], person["password"])

    def browser(self, **options: Any) -> Agent:
        """Return a browser with a camera in which nobody has logged in."""
        return Agent(self.folder / "agent", server_url=self.server.url, **options)

    def agent(self, **options: Any) -> Agent:
        """Return an agent's browser, logged in, on its home page."""
        agent = self.browser(**options)
        try:
            log_in = self.log_in("agent")
            agent.log_in(log_in.email, log_in.password)
        except BaseException:
            agent.close()
            raise
        return agent

    def book(self, *, starts_at: float, citizen: str = "Élodie") -> str:
        """Book the kiosk and the agent for Unix time `starts_at` and return the visit's id."""
        at = datetime.fromtimestamp(starts_at, UTC).isoformat()
        seeded = self.seeded
        wishes = {
            "--kiosk": seeded["kiosk"],
            "--agent": self.log_in("agent").email,
            "--reason": seeded["reason"],
            "--at": at,
            "--citizen": citizen,
        }
        words = [str(word) for pair in wishes.items() for word in pair]
        printed = self.server.command("book", *words, "--json")
        return str(json.loads(printed)["visit"])

    def book_soon(self, leads_s: Sequence[float] = SOON_S) -> tuple[str, float]:
        """Book for an instant `leads_s` from now; return the visit's id and its Unix time.

        A machine under load may take longer to book than the instant is away: another is tried.
        """
        for lead_s in leads_s:
            starts_at = soon(lead_s)
            try:
                return self.book(starts_at=starts_at), starts_at
            except Ended:
                if time.time() < starts_at:
                    raise
        raise NotInTime(f"not booked within {leads_s[-1]} s")

    def wait_for_kiosk(self, *, within_s: float = 30) -> None:
        """Wait until the server sees the kiosk."""
        wait_until(self._is_kiosk_present, within_s=within_s, what="the kiosk is connected")

    def _start(self) -> None:
        port = self._site_port or _usual_site_port()
        within = self._line.within(self._line.village) if self._line else []
        if self._line:
            far = FarSite(self.folder, port=port, within=within, first=self._first_page)
            self.far_site = self._stack.enter_context(far)
            base = far.base
        else:
            self.site = self._stack.enter_context(
                Site(port=port, record=self.folder / "received.jsonl")
            )
            base = self.site.base
        self.screen = self._stack.enter_context(
            Screen(
                self.folder / "screen",
                width_px=self._size[0],
                height_px=self._size[1],
                window_on=self._window_on,
            )
        )
        if self._has_relay:
            relay = Relay(self.folder / "relay", may_reach_loopback=True)
            self.relay = self._stack.enter_context(relay)
            self._server_env |= relay.env
        self.server = Server(self.folder / "server", port=self._server_port, env=self._server_env)
        self.seeded = self.server.seed(partner_site=base, is_whole=self._is_whole)
        self._stack.enter_context(self.server)
        self._certify()
        if self._line:
            self._line.forward(self.server.port)
        self.kiosk = Kiosk(
            self.folder / "kiosk",
            screen=self.screen,
            settings=self._kiosk_settings,
            within=within,
        )
        code = self.server.command("enrolment_code", "--kiosk", self.seeded["kiosk"]).split()[-1]
        self.kiosk.enrol(self.server.url, code)
        self._stack.enter_context(self.kiosk)

    def _certify(self) -> None:
        """Make the partner's root and let it certify every key that an agent offers."""
        key_file = self.folder / "root" / "root.key"
        key_file.parent.mkdir(parents=True, exist_ok=True)
        which = ["--partner", self.seeded["partner"], "--key-file", str(key_file)]
        identity = run(["age-keygen"])
        (key_file.parent / "recovery.age").write_text(identity)
        recipient = next(
            line.rpartition(" ")[2]
            for line in identity.splitlines()
            if line.startswith("# public key:")
        )
        self.server.command("demo_root", *which, "--recipient", recipient)
        self.server.keep_running("demo_root", *which, "--watch", log=key_file.parent / "log")

    def _is_kiosk_present(self) -> bool:
        return bool(
            self.server.rows("select 1 from fleet_kiosk where connected_at is not null limit 1")
        )


@cache
def _usual_site_port() -> int:
    """Return the port of this process's partner site, so that what was seeded for it serves again.

    Two worlds at once in a process need a `site_port` each.
    """
    return free_port()


def soon(seconds: float) -> float:
    """Return the whole second that comes at least `seconds` from now, as Unix time."""
    return float(int(time.time() + seconds) + 1)
