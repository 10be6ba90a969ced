"""Run the random tests of booking for a while, on PostgreSQL when it is there.

    python deploy/setup/run_fuzz.py MINUTES

Each round draws anew; the first failure ends it and is shown, with what repeats it. What a run of
ten minutes or more came to is kept in `bench/last/fuzz.jsonl`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("server/tests/appointments/test_machine.py", "server/tests/appointments/test_lives.py")
LAST = ROOT / "bench/last/fuzz.jsonl"
KEPT_FROM_MIN = 10
ROUND = {"CORDEE_FUZZ_EXAMPLES": "100", "CORDEE_FUZZ_STEPS": "50"}


def main(arguments: list[str]) -> int:
    """Return the exit code of the last round."""
    minutes = float(arguments[0]) if arguments else 1.0
    ends_at = time.monotonic() + 60 * minutes
    rounds = 0
    began = time.monotonic()
    on_postgres = [sys.executable, "server/tests/postgres.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--color=no", *TESTS]
    while rounds == 0 or time.monotonic() < ends_at:
        wrapper = on_postgres if rounds % 2 else []
        done = subprocess.run(
            [*wrapper, *command, f"--hypothesis-seed={int(time.time())}"],
            cwd=ROOT,
            env={**os.environ, **ROUND},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout)
            return done.returncode
        rounds += 1
    if minutes >= KEPT_FROM_MIN:
        _keep(rounds, time.monotonic() - began)
    print(f"{rounds} rounds of two times 100 lives of up to 50 steps: no overlap, no difference.")
    return 0


def _keep(rounds: int, took_s: float) -> None:
    figures = {
        "made_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "rounds": rounds,
        "lives_a_round": len(TESTS) * int(ROUND["CORDEE_FUZZ_EXAMPLES"]),
        "steps_a_life_most": int(ROUND["CORDEE_FUZZ_STEPS"]),
        "minutes": round(took_s / 60, 1),
        "differences": 0,
    }
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(f"{json.dumps(figures)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
