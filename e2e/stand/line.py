"""The line between a village and the town: two network namespaces, and a relay between them.

    with Line(LINES["poor"], folder) as line:
        line.run_in(VILLAGE, ["ping", "-c", "1", line.town_ip])

Needs root. Nothing in it reaches anything but the other end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

from e2e.stand.line_relay import DEVICE, Counters
from e2e.stand.processes import Running, is_alive, run

LEAST_QUEUE_BYTES = 32_768
"""What a modem holds at least; above that, one round trip's worth."""
_NUMBERS = count(1)


@dataclass(frozen=True)
class Profile:
    """What a line is like: bits a second up (from the village) and down, seconds there and back.

    A rate of 0 is without limit. `loss` is the share of packets lost on each way.
    """

    name: str
    up_bit_s: float
    down_bit_s: float
    rtt_s: float
    loss: float

    @property
    def queue_bytes(self) -> tuple[int, int]:
        """How many bytes wait at most before each way: more are dropped."""
        return (self._queue(self.up_bit_s), self._queue(self.down_bit_s))

    def _queue(self, bit_s: float) -> int:
        return max(LEAST_QUEUE_BYTES, int(bit_s * self.rtt_s / 8))


LINES = {
    profile.name: profile
    for profile in (
        Profile("lan", 0, 0, 0, 0),
        Profile("adsl", 1e6, 8e6, 0.06, 0.005),
        Profile("poor", 512e3, 2e6, 0.1, 0.01),
        Profile("satellite", 256e3, 2e6, 0.6, 0),
    )
}
"""The lines of DESIGN §12, used wherever a line is spoken of."""


class Line:
    """Two namespaces joined by a line. A context manager.

    `village` and `town` are their names. `counters` says what went over it, and cuts it.
    """

    village_ip, town_ip = "10.77.0.2", "10.77.0.1"

    def __init__(self, profile: Profile, folder: Path) -> None:
        """Remember what the line is like; nothing is made before entering."""
        self.profile = profile
        self.folder = folder
        number = f"{os.getpid()}-{next(_NUMBERS)}"
        self.village, self.town = f"cordee-v{number}", f"cordee-t{number}"
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        _clear_stale()
        try:
            for name, own, other in (
                (self.village, self.village_ip, self.town_ip),
                (self.town, self.town_ip, self.village_ip),
            ):
                self._make(name, own, other)
            self.counters = Counters(self.folder / "counters")
            relay = self._stack.enter_context(self._relay())
            relay.wait_until(lambda: "carrying" in relay.output(), within_s=10, what="carries")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def within(self, namespace: str) -> list[str]:
        """Return what stands before a command that shall run in the village or the town."""
        return ["nsenter", f"--net=/run/netns/{namespace}", "--"]

    def run_in(self, namespace: str, command: Sequence[str | Path]) -> str:
        """Run a command there and return what it prints. Raises Ended when it fails."""
        return run([*self.within(namespace), *command])

    def forward(self, port: int) -> None:
        """Lead a port of the village's 127.0.0.1 to the same of the town's, over the line."""
        loopback = f"127.0.0.1:{port}"
        between = f"{self.town_ip}:{port}"
        for name, here, there in (
            (self.town, between, loopback),
            (self.village, loopback, between),
        ):
            command = [sys.executable, "-m", "e2e.stand.forward", "--from", here, "--to", there]
            running = Running(
                [*self.within(name), *command], name=f"forward-{name}-{port}", folder=self.folder
            )
            self._stack.enter_context(running)
            running.wait_until(
                lambda running=running: "listening" in running.output(),  # type: ignore[misc]
                within_s=10,
                what="listens",
            )

    def _make(self, name: str, own: str, other: str) -> None:
        run(["ip", "netns", "add", name])
        self._stack.callback(run, ["ip", "netns", "del", name])
        for words in (
            ["sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"],
            ["ip", "link", "set", "lo", "up"],
            ["ip", "tuntap", "add", "dev", DEVICE, "mode", "tun"],
            ["ip", "addr", "add", own, "peer", other, "dev", DEVICE],
            ["ip", "link", "set", DEVICE, "up"],
        ):
            self.run_in(name, words)

    def _relay(self) -> Running:
        line = self.profile
        words = {
            "--counters": self.folder / "counters",
            "--up-bit-s": line.up_bit_s,
            "--down-bit-s": line.down_bit_s,
            "--rtt-s": line.rtt_s,
            "--loss": line.loss,
        }
        flat = [str(word) for pair in words.items() for word in pair]
        ends = ["--ends", self.village, self.town]
        queues = ["--queue-bytes", *map(str, line.queue_bytes)]
        command = [sys.executable, "-m", "e2e.stand.line_relay", *ends, *queues, *flat]
        return Running(command, name="line", folder=self.folder)


def _clear_stale() -> None:
    """Remove the namespaces that a killed process has left."""
    for path in Path("/run/netns").glob("cordee-[vt]*-*"):
        owner = path.name[len("cordee-v") :].partition("-")[0]
        if owner.isdecimal() and not is_alive(int(owner)):
            run(["ip", "netns", "del", path.name])
