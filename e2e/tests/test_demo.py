from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import numpy as np
import numpy.typing as npt
import pytest

from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.processes import ROOT, wait_until
from e2e.stand.watch import pictures

PLACE = "CORDEE_DEMO_TEST"
CONTRAST = 10


def processes_of(mark: str) -> list[int]:
    """Return the processes whose environment holds `mark`: all that the demo started."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = mark.encode() in (path / "environ").read_bytes()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if is_ours and state != "Z":
            found.append(int(path.name))
    return found


def is_drawn(picture: npt.NDArray[np.uint8]) -> bool:
    """Return whether there is more than one colour: the kiosk's own page is on its screen."""
    return float(picture.std()) > CONTRAST


def answer_to_enter(terminal: int, log: Path) -> str:
    """Press Enter in the demo's window and return what it prints."""
    before = log.read_text()
    os.write(terminal, b"\n")
    wait_until(lambda: log.read_text() != before, within_s=20, what="the demo answers to Enter")
    return log.read_text().removeprefix(before)


@pytest.fixture
def keyboard() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal: a person's, and the program's."""
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


@pytest.fixture
def demo(tmp_path: Path, keyboard: tuple[int, int]) -> Iterator[subprocess.Popen[bytes]]:
    env = {**os.environ, PLACE: str(tmp_path)}
    # A display that is gone, as a closed session leaves it: the demo must do without.
    env["DISPLAY"] = ":99999"
    command = [sys.executable, "-m", "e2e.stand.demo", "--in", "45", "--folder", str(tmp_path)]
    with (tmp_path.parent / f"{tmp_path.name}.log").open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=keyboard[1], stdout=sink, stderr=sink
        )
    yield process
    process.kill()
    process.wait()


def test_demo_brings_a_newcomer_to_a_call_and_leaves_no_process_behind(
    demo: subprocess.Popen[bytes], keyboard: tuple[int, int], tmp_path: Path
) -> None:
    log = tmp_path.parent / f"{tmp_path.name}.log"
    wait_until(
        lambda: "Ctrl-C" in log.read_text() or demo.poll() is not None,
        within_s=180,
        what="the demo is up",
    )
    addresses = re.findall(r"http://127\.0\.0\.1:\d+/[^\s()]*", log.read_text())
    assert len(addresses) == 7, log.read_text()
    for address in addresses:
        assert httpx.get(address, follow_redirects=True).status_code == 200
    watch, page = addresses[:2]
    log_in = re.search(r"adresse (\S+)  mot de passe (\S+)", log.read_text())
    assert log_in, log.read_text()
    server, _, visit = page.rstrip("/").rpartition("/guichet/")
    with Agent(tmp_path.parent / f"{tmp_path.name}-agent", server_url=server) as agent:
        agent.log_in(*log_in.groups())
        agent.open_counter(visit)
        # The call starts by itself, and both sides are seen.
        counter = Counter(agent.page)
        counter.wait_for_face(within_s=120)
        with httpx.stream("GET", f"{watch}screen.mjpeg", timeout=20) as film:
            assert any(is_drawn(picture) for picture in islice(pictures(film.iter_bytes()), 50))
        # One visit at a time: the next is booked once this one has ended.
        assert "celui d’avant n’est pas fini" in answer_to_enter(keyboard[0], log)
        counter.end(outcome="done")
        wait_until(
            lambda: "commence tout seul à" in answer_to_enter(keyboard[0], log),
            within_s=20,
            what="the next visit is booked",
        )
    mark = f"{PLACE}={tmp_path}"
    assert len(processes_of(mark)) > 5
    second = subprocess.run(demo.args, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "tourne déjà" in second.stderr
    demo.send_signal(signal.SIGINT)
    wait_until(lambda: "J’arrête tout" in log.read_text(), within_s=10, what="it is ending")
    # Whoever presses Ctrl-C twice leaves nothing behind either.
    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=20) == 0
    wait_until(lambda: not processes_of(mark), within_s=5, what="every process has ended")
