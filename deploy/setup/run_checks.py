"""Run every check, two at a time, and say which failed.

Fails when one fails; shows the output of those only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv/bin"
# The slowest first, so that the two lanes end together.
CHECKS = (
    ("types", [str(BIN / "mypy")], ROOT),
    ("frontend", ["npm", "run", "--silent", "check"], ROOT / "frontend"),
    ("migrations", [str(BIN / "cordee"), "makemigrations", "--check", "--dry-run"], ROOT),
    ("imports", [str(BIN / "lint-imports")], ROOT),
    ("lint", [str(BIN / "ruff"), "check", "--quiet", "."], ROOT),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."], ROOT),
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


def _run(check: tuple[str, list[str], Path]) -> tuple[str, bool]:
    name, command, cwd = check
    started_at = time.monotonic()
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "CORDEE_DEBUG": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    is_good = done.returncode == 0
    verdict = "ok" if is_good else "FAILED"
    text = f"{name:<12}{verdict:<8}{time.monotonic() - started_at:5.1f} s"
    print(text if is_good else f"{text}\n{done.stdout.rstrip()}\n", flush=True)
    return name, is_good


if __name__ == "__main__":
    sys.exit(main())
