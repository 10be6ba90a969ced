"""Processes of a stand: started in a group of their own, waited for with a bound, always ended.

Start them from the main thread: the kernel ends a child when the *thread* that started it ends
(PR_SET_PDEATHSIG), which is what keeps a killed test from leaving anything behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Self, TypeVar

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv/bin"
POLL_S = (0.02, 0.1)
"""How soon to look again: at first, and after a while, when the machine has better to do."""
POLL_GROWS = 1.1
PORTS = range(20_000, 32_000)
"""Below those that Linux gives to whoever asks for any (32768 to 60999)."""
_claims: list[IO[str]] = []
"""Locked as long as this process lives; no process that it starts inherits them."""

T = TypeVar("T")


class NotInTime(AssertionError):
    """A condition did not become true within its bound; the text says which."""


class Ended(AssertionError):
    """A process ended that should run; the text holds the end of its log."""


def wait_until(condition: Callable[[], T], *, within_s: float, what: str) -> T:
    """Return the first true value of `condition`, looked at every 20 ms, later every 100 ms.

    Raises NotInTime with `what` after `within_s` seconds.
    """
    deadline = time.monotonic() + within_s
    pause_s, longest_s = POLL_S
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {within_s:g} s: {what}")
        time.sleep(pause_s)
        pause_s = min(longest_s, pause_s * POLL_GROWS)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on.

    No other stand is given it while this process lives, and it is none that the system gives to
    whoever asks for any.
    """
    folder = Path(tempfile.gettempdir()) / f"cordee-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for port in random.sample(PORTS, len(PORTS)):
        claim = (folder / str(port)).open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port
    raise RuntimeError(f"every port from {PORTS.start} to {PORTS.stop} is taken")


def is_listening(port: int, *, host: str = "127.0.0.1") -> bool:
    """Say whether something accepts connections on this port of `host`."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((host, port)) == 0


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and is only still listed does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


class Running:
    """One process and everything it starts, with its output in `log`. A context manager."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        name: str,
        folder: Path,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Start `command`; `env` adds to this process's environment."""
        self.name = name
        self.log = folder / f"{name}.log"
        folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)],
                cwd=ROOT,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pass_fds,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self.process.poll() is None

    def output(self) -> str:
        """Return what the process has printed so far."""
        return self.log.read_text(errors="replace")

    def wait_until(self, condition: Callable[[], T], *, within_s: float, what: str) -> T:
        """Wait as the function of this name does; raise Ended as soon as the process has ended."""

        def looked_at() -> T:
            value = condition()
            if not value and not self.is_running:
                code = self.process.returncode
                raise Ended(f"{self.name} ended with {code}:\n{self.output()[-3000:]}")
            return value

        return wait_until(looked_at, within_s=within_s, what=f"{self.name}: {what}")

    def stop(self, *, grace_s: float = 5) -> None:
        """Ask the process to end (SIGTERM), then end its whole group. Twice does no harm."""
        if self.is_running:
            self.process.terminate()
            try:
                self.process.wait(timeout=grace_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.kill()

    def kill(self) -> None:
        """End the process and its group at once (SIGKILL), as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=5)


def run(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, within_s: float = 180
) -> str:
    """Run a command to its end and return what it printed. Raises Ended when it fails."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    if done.returncode:
        raise Ended(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
