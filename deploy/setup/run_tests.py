"""Run every test suite and end with one closing line that counts them all.

    python deploy/setup/run_tests.py [wire] [server] [kiosk] [frontend] [e2e]

Without names all suites run: the small ones two at a time, then the end-to-end suite in two
lanes: with a third, calls on a slow machine starve each other until their tests fail. Processes
that a suite leaves behind are ended with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTEST = [sys.executable, "-m", "pytest", "-q", "--color=no"]
SUITE_LIMIT_S = 1500
LANES = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""A file's tests share a world, so they stay in one lane; `e2e/conftest.py` says which begin."""
LONGEST_FIRST = ("frontend-browser", "server-sqlite", "kiosk", "server-postgresql")
"""Which suites begin, so that the two that run at a time end together."""
ORPHANS_DEPTH_MOST = 50
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Suite:
    """One runner's share. `group` is the name that selects it; `is_alone`: nothing beside it."""

    name: str
    group: str
    command: list[str]
    cwd: Path = ROOT
    is_alone: bool = False


@dataclass(frozen=True)
class Result:
    """What a suite came to."""

    suite: Suite
    code: int
    passed: int
    failed: int
    skipped: int
    took_s: float
    output: str


def suites(report_dir: Path) -> list[Suite]:
    """Return the suites that the tree holds, each writing a JUnit report into `report_dir`."""

    def pytest(name: str, group: str, *paths: str, wrapper: tuple[str, ...] = ()) -> Suite:
        command = [*wrapper, *PYTEST, f"--junitxml={report_dir / name}.xml", *paths]
        return Suite(name, group, command, is_alone=group == "e2e")

    found = [pytest("wire", "wire", "wire/tests")]
    if (ROOT / "server/tests").exists():
        found.append(pytest("server-sqlite", "server", "server/tests"))
    postgres = ROOT / "server/tests/postgres.py"
    if postgres.exists():
        wrapper = (sys.executable, str(postgres))
        found.append(pytest("server-postgresql", "server", "server/tests", wrapper=wrapper))
    if (ROOT / "kiosk/tests").exists():
        found.append(pytest("kiosk", "kiosk", "kiosk/tests"))
    if list((ROOT / "frontend").rglob("src/**/*.test.ts")) or (ROOT / "frontend/tests").exists():
        report = f"--outputFile={report_dir / 'frontend'}.xml"
        reporters = ["--reporter=default", "--reporter=junit"]
        npm = ["npm", "run", "--silent", "test", "--", *reporters, report]
        found.append(Suite("frontend", "frontend", npm, cwd=ROOT / "frontend"))
    if (ROOT / "frontend/tests_browser").exists():
        found.append(pytest("frontend-browser", "frontend", "frontend/tests_browser"))
    found.append(pytest("e2e", "e2e", *LANES, "e2e"))
    return found


def main(wanted: list[str]) -> int:
    """Run the wanted groups (none named: all) and return the exit code."""
    _adopt_orphans()
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cordee-tests-") as folder:
        reports = Path(folder)
        chosen = [suite for suite in suites(reports) if not wanted or suite.group in wanted]
        unknown = set(wanted) - {suite.group for suite in chosen}
        if unknown:
            print(f"No such suite: {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        with ThreadPoolExecutor(max_workers=2) as pool:
            beside = sorted((suite for suite in chosen if not suite.is_alone), key=_place)
            results = list(pool.map(lambda suite: _run(suite, reports), beside))
        results += [_run(suite, reports) for suite in chosen if suite.is_alone]
    _end_orphans()
    print()
    for result in results:
        print(
            f"{result.suite.name:<20}{result.passed:>6} passed {result.failed:>4} failed"
            f"{result.took_s:>8.1f} s{'' if result.code == 0 else '   FAILED'}"
        )
    failed = sum(result.failed for result in results)
    # A suite that broke before its first test counts as one failure, so that nothing hides it.
    failed += sum(1 for result in results if result.code and not result.failed)
    print(f"{'all':<20}{time.monotonic() - started_at:>34.1f} s")
    print(_closing_line(results, failed))
    return 1 if failed else 0


def _place(suite: Suite) -> int:
    return LONGEST_FIRST.index(suite.name) if suite.name in LONGEST_FIRST else len(LONGEST_FIRST)


def _closing_line(results: list[Result], failed: int) -> str:
    skipped = sum(result.skipped for result in results)
    line = f"{sum(result.passed for result in results)} passed, {failed} failed"
    return f"{line}, {skipped} skipped" if skipped else line


def _run(suite: Suite, reports: Path) -> Result:
    """Run one suite in a process group of its own; print its output whole when it fails."""
    started_at = time.monotonic()
    print(f"{suite.name}: started", flush=True)
    # Hundreds of short-lived processes: each would compile what the one before it has compiled.
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    # The output goes to a file: a pipe would stay open for as long as any leftover holds it.
    log = reports / f"{suite.name}.log"
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            suite.command,
            cwd=suite.cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            code = process.wait(timeout=SUITE_LIMIT_S)
        except subprocess.TimeoutExpired:
            code = 124
        finally:
            _kill_group(process.pid)
    output = log.read_text(errors="replace")
    passed, failed, skipped = _counts(reports / f"{suite.name}.xml")
    took_s = time.monotonic() - started_at
    result = Result(suite, code, passed, failed, skipped, took_s, output)
    if code:
        print(f"----- {suite.name} -----\n{output.rstrip()}\n-----", flush=True)
    print(f"{suite.name}: {passed} passed, {failed} failed in {took_s:.1f} s", flush=True)
    return result


def _counts(report: Path) -> tuple[int, int, int]:
    """Return passed, failed and skipped of a JUnit report; zeros when there is none."""
    if not report.exists():
        return 0, 0, 0
    total = failed = skipped = 0
    # The report comes from the runner that this program just started.
    for case in ET.parse(report).iter("testcase"):
        total += 1
        failed += any(case.find(tag) is not None for tag in ("failure", "error"))
        skipped += case.find("skipped") is not None
    return total - failed - skipped, failed, skipped


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _adopt_orphans() -> None:
    """Become the parent of what suites leave behind, so that it can be found and ended."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_orphans() -> None:
    """End what is left, and what that leaves in turn, for as long as something ends."""
    for _ in range(ORPHANS_DEPTH_MOST):
        if not _end_children():
            return


def _end_children() -> bool:
    """End every process whose parent this is; return whether there was one."""
    ended = False
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == os.getpid():
            pid = int(stat.parent.name)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            ended = True
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
