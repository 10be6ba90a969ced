"""Run every check, two at a time, and say which failed.

Fails when one fails; shows the output of those only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv/bin"


@dataclass(frozen=True)
class Check:
    """One tool, run in `cwd` with `env` added."""

    name: str
    command: list[str]
    cwd: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)


def _types(program: str, *paths: str) -> Check:
    """Check types with one program's tests as an import root: two have a `conftest` each."""
    cache = f"--cache-dir={ROOT / '.mypy_cache' / program}"
    env = {"MYPYPATH": str(ROOT / program / "tests")}
    return Check(f"types {program}", [str(BIN / "mypy"), cache, *paths], env=env)


# The slowest first, so that the two lanes end together.
CHECKS = (
    _types("server", "wire", "server"),
    _types("kiosk", "kiosk", "e2e", "bench", "deploy/setup"),
    Check("frontend", ["npm", "run", "--silent", "check"], ROOT / "frontend"),
    Check("migrations", [str(BIN / "cordee"), "makemigrations", "--check", "--dry-run"]),
    Check("docs", [str(BIN / "pytest"), "-q", "e2e/tests/test_docs.py"]),
    Check("imports", [str(BIN / "lint-imports")]),
    Check("lint", [str(BIN / "ruff"), "check", "--quiet", "--output-format=concise", "."]),
    Check("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
)


def main() -> int:
    """Run all checks and return an exit code."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        failed = [name for name, is_good in pool.map(_run, CHECKS) if not is_good]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
        return 1
    print("All checks passed.")
    return 0


def _run(check: Check) -> tuple[str, bool]:
    started_at = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=check.cwd,
        env={**os.environ, "CORDEE_DEBUG": "1", **check.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_good = done.returncode == 0
    verdict = "ok" if is_good else "FAILED"
    text = f"{check.name:<14}{verdict:<8}{time.monotonic() - started_at:5.1f} s"
    print(text if is_good else f"{text}\n{done.stdout.rstrip()}\n", flush=True)
    return check.name, is_good


if __name__ == "__main__":
    sys.exit(main())
