"""Run every test suite and end with one closing line that counts them all.

    python deploy/setup/run_tests.py [wire] [server] [kiosk] [frontend] [e2e]

Without names all suites run. Those with browsers run two at a time, then the end-to-end suite in
two lanes; with a third lane of browsers, calls on a slow machine starve each other until their
tests fail. The others run one after the other beside them. Processes that a suite leaves behind
are ended with it.
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
ORPHANS_DEPTH_MOST = 50
PR_SET_CHILD_SUBREAPER = 36
_running: set[int] = set()
"""The process groups of the suites that run now."""


@dataclass(frozen=True)
class Suite:
    """One runner's share. `group` is the name that selects it.

    Those that have a browser share the machine two at a time; `is_last`: alone among them.
    """

    name: str
    group: str
    command: list[str]
    cwd: Path = ROOT
    has_browser: bool = True
    is_last: bool = False


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
    """Return every suite in the order in which they begin, each with a JUnit report to write."""

    def pytest(
        name: str, *paths: str, wrapper: tuple[str, ...] = (), has_browser: bool = True
    ) -> Suite:
        command = [*wrapper, *PYTEST, f"--junitxml={report_dir / name}.xml", *paths]
        group = name.partition("-")[0]
        return Suite(name, group, command, has_browser=has_browser, is_last=group == "e2e")

    report = f"--outputFile={report_dir / 'frontend'}.xml"
    vitest = ["npm", "run", "--silent", "test", "--", "--reporter=default", "--reporter=junit"]
    postgres = (sys.executable, str(ROOT / "server/tests/postgres.py"))
    return [
        pytest("frontend-browser", "frontend/tests_browser"),
        pytest("kiosk", "kiosk/tests"),
        pytest("server-sqlite", "server/tests", has_browser=False),
        pytest("server-postgresql", "server/tests", wrapper=postgres, has_browser=False),
        pytest("wire", "wire/tests", has_browser=False),
        Suite("frontend", "frontend", [*vitest, report], cwd=ROOT / "frontend", has_browser=False),
        pytest("e2e", *LANES, "e2e"),
    ]


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
        try:
            results = _run_all(chosen, reports)
        finally:
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


def _run_all(chosen: list[Suite], reports: Path) -> list[Result]:
    """Run the chosen suites, those of one kind in their order; return what they came to."""

    def run(suite: Suite) -> Result:
        return _run(suite, reports)

    with_browser = [suite for suite in chosen if suite.has_browser]
    lanes = 1 if with_browser else 2
    with ThreadPoolExecutor(lanes) as beside, ThreadPoolExecutor(2) as browsers:
        try:
            others = beside.map(run, [suite for suite in chosen if not suite.has_browser])
            first = browsers.map(run, [suite for suite in with_browser if not suite.is_last])
            results = [*first, *(run(suite) for suite in with_browser if suite.is_last), *others]
        except BaseException:
            # Ctrl-C: leaving the pools would wait for every suite, also those not begun.
            for pool in (beside, browsers):
                pool.shutdown(wait=False, cancel_futures=True)
            for group in tuple(_running):
                _kill_group(group)
            raise
        return results


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
        _running.add(process.pid)
        try:
            code = process.wait(timeout=SUITE_LIMIT_S)
        except subprocess.TimeoutExpired:
            code = 124
        finally:
            _kill_group(process.pid)
            _running.discard(process.pid)
    output = log.read_text(errors="replace")
    passed, failed, skipped = _counts(reports / f"{suite.name}.xml")
    took_s = time.monotonic() - started_at
    result = Result(suite, code, passed, failed, skipped, took_s, output)
    if code:
        print(f"----- {suite.name} -----\n{output.rstrip()}\n-----", flush=True)
    print(f"{suite.name}: {passed} passed, {failed} failed in {took_s:.1f} s", flush=True)
    return result


def _counts(report: Path) -> tuple[int, int, int]:
    """Return passed, failed and skipped of a JUnit report; zeros when there is none.

    One that cannot be read counts as a failure.
    """
    if not report.exists():
        return 0, 0, 0
    total = failed = skipped = 0
    try:
        # It comes from the runner that this program just started.
        cases = list(ET.parse(report).iter("testcase"))
    except ET.ParseError:
        return 0, 1, 0
    for case in cases:
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
