"""The real server, on SQLite in a folder of its own unless told otherwise."""

from __future__ import annotations

import atexit
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

from e2e.stand.console import Console
from e2e.stand.databases import DATABASE, Seeds, empty_database
from e2e.stand.processes import BIN, Running, free_port

OK = 200


@dataclass(frozen=True)
class Entry:
    """One entry of the journal about a visit: who did what."""

    verb: str
    actor_kind: str
    detail: dict[str, Any]


class Server:
    """`cordee serve` on 127.0.0.1. A context manager; `url` has no slash at its end.

    `env` adds settings (a relay's, `DATABASE_URL`). The port stays the same over `kill` and
    `start`, so that kiosk and counter find the server again.
    """

    def __init__(
        self, folder: Path, *, port: int | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        """Make the database; nothing listens before `start`."""
        self.folder = folder
        self.data = folder / "data"
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            "CORDEE_SECRET_KEY": "this-stand-only-0123456789abcdef0123456789abcdef",
            "CORDEE_DATA": str(self.data),
            "CORDEE_PUBLIC_URL": self.url,
            "CORDEE_DEMO": "1",
            **(env or {}),
        }
        self.process: Running | None = None
        self._console = Console(folder, self.env)
        self.data.mkdir(parents=True, exist_ok=True)
        if "DATABASE_URL" in self.env:
            self.command("migrate", "--verbosity", "0")
        else:
            shutil.copy(empty_database(), self.data / DATABASE)

    def __enter__(self) -> Self:
        if self.process is None:
            self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve, and return once `/healthz` answers."""
        self.process = Running(
            [BIN / "cordee", "serve", "--host", "127.0.0.1", "--port", str(self.port)],
            name="server",
            folder=self.folder,
            env=self.env,
        )
        self.process.wait_until(self._is_healthy, within_s=30, what="answers /healthz")

    def stop(self) -> None:
        """End it in good order, with the console; a command after it starts another."""
        self._console.close()
        if self.process:
            self.process.stop()

    def kill(self) -> None:
        """End it at once."""
        if self.process:
            self.process.kill()

    def command(self, *words: str) -> str:
        """Run `cordee WORDS…` with this server's settings and return what it printed."""
        return self._console.run(*words)

    def keep_running(self, *words: str, log: Path) -> None:
        """Let `cordee WORDS…` run, printing into `log`, until `stop`."""
        self._console.keep_running(*words, log=log)

    def seed(self, *, partner_site: str, is_whole: bool = False) -> dict[str, Any]:
        """Seed five bare places, or a whole département with its life; return log-ins and names.

        To be called before `start`, on an empty database: it may be replaced by a kept copy.
        """
        command = "seed_territory" if is_whole else "seed_demo"
        words = (command, "--partner-site", partner_site, "--json")
        database = self.data / DATABASE
        is_here = "DATABASE_URL" not in self.env
        printed = _seeds().take(words, database) if is_here else None
        if printed is None:
            printed = self.command(*words)
            if is_here:
                _seeds().keep(words, database, printed)
        seeded: dict[str, Any] = json.loads(printed)
        return seeded

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query finds in the stand's SQLite database, read-only."""
        uri = f"file:{self.data / DATABASE}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            return connection.execute(query, values).fetchall()

    def journal(self, visit: str) -> list[Entry]:
        """Return what the journal says about a visit, in the order in which it came."""
        query = (
            "select verb, actor_kind, detail from journal_entry"
            " where object_kind = 'visit' and object_id = ? order by id"
        )
        return [Entry(verb, kind, json.loads(kept)) for verb, kind, kept in self.rows(query, visit)]

    def log(self) -> str:
        """Return everything that the server has logged."""
        return self.process.output() if self.process else ""

    def _is_healthy(self) -> bool:
        # Asked many times a second: no client that reads the world's certificates each time.
        asking = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            asking.request("GET", "/healthz")
            return asking.getresponse().status == OK
        except (OSError, HTTPException):
            return False
        finally:
            asking.close()


@cache
def _seeds() -> Seeds:
    folder = Path(tempfile.mkdtemp(prefix="cordee-stand-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Seeds(folder)
