"""One part of a bench in a process of its own, on an empty database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.report import Measure

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = str(ROOT / "server/tests/postgres.py")
DATABASES = ("sqlite", "postgresql")


def run_on(database: str, bench: str, module: str, *words: str) -> list[Measure]:
    """Run `python -m MODULE WORDS` on a new database and return the figures that it prints.

    It prints one JSON object a line with `metric`, `value`, `unit` and `n`. SQLite is a file,
    PostgreSQL a server that is started for it and writes as surely as in production. Raises
    CalledProcessError when the part fails.
    """
    with tempfile.TemporaryDirectory(prefix="cordee-bench-") as folder:
        env = {
            **os.environ,
            "CORDEE_DATA": folder,
            "CORDEE_DEBUG": "",
            "CORDEE_SECRET_KEY": "a bench keeps no secret, whatever its length",
            "DJANGO_SETTINGS_MODULE": "cordee.config.settings",
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        }
        wrapper = [sys.executable, POSTGRES, "--durable"] if database == "postgresql" else []
        command = [*wrapper, sys.executable, "-m", module, *words]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")
    ]
    return [Measure(bench=bench, profile=database, **line) for line in lines]
