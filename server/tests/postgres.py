"""Run a command with a PostgreSQL of its own: `python server/tests/postgres.py COMMAND…`.

With `--durable` before the command it writes to the disk as in use, for what is measured.
The command finds it by DATABASE_URL. The cluster lies in a temporary directory, listens on a Unix
socket there and nowhere else, and is gone when the command ends. PostgreSQL refuses to run as
root: then an unprivileged user of this machine runs it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from waiting import wait_until

READY_WITHIN_S = 60


class PostgresMissing(Exception):
    """PostgreSQL's programs are not installed: on Debian, `apt-get install postgresql`."""


@contextmanager
def postgres(*, is_durable: bool = False) -> Iterator[str]:
    """Start a cluster, yield its DATABASE_URL, and remove every trace of it.

    `is_durable`: it writes to the disk as it does in use, for what is measured.
    """
    programs = _programs()
    runs_as = _runs_as()
    with tempfile.TemporaryDirectory(prefix="cordee-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o700)
        if runs_as:
            shutil.chown(folder, runs_as["user"], runs_as["group"])
        data = Path(folder) / "data"
        make = ["--username=cordee", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [programs / "initdb", *make, f"--pgdata={data}"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **runs_as,
        )
        log = Path(folder) / "log"
        # Tests do not outlive a power cut: no fsync.
        careless = [] if is_durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        options = ["-c", "listen_addresses=", *careless]
        with log.open("wb") as sink:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                stdout=sink,
                stderr=sink,
                cwd=folder,
                **runs_as,
            )
        try:
            _wait(programs, folder, server, log)
            yield f"postgres://cordee@/postgres?host={folder}"
        finally:
            server.send_signal(2)  # SIGINT: PostgreSQL's fast shutdown
            server.wait(timeout=READY_WITHIN_S)


def _wait(programs: Path, folder: str, server: subprocess.Popen[bytes], log: Path) -> None:
    asks: list[str | Path] = [
        programs / "pg_isready",
        "--quiet",
        f"--host={folder}",
        "--username=cordee",
    ]

    def is_ready() -> bool:
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        return subprocess.run(asks, check=False).returncode == 0

    wait_until(is_ready, what="PostgreSQL is ready", within_s=READY_WITHIN_S)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise PostgresMissing("PostgreSQL is missing: apt-get install postgresql")
    return found[-1].parent


def _runs_as() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def main(command: list[str]) -> int:
    """Run the command and return its exit code."""
    is_durable = command[:1] == ["--durable"]
    command = command[is_durable:]
    if not command:
        sys.stderr.write("Usage: python server/tests/postgres.py [--durable] COMMAND…\n")
        return 2
    try:
        with postgres(is_durable=is_durable) as url:
            env = {**os.environ, "DATABASE_URL": url}
            return subprocess.run(command, env=env, check=False).returncode
    except PostgresMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
