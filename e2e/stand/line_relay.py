"""A line of a given rate, delay and loss between two network namespaces: the relay's own process.

    python -m e2e.stand.line_relay --ends VILLAGE TOWN --counters FILE [--up-bit-s N] ...

It opens the TUN device `line0` in both namespaces and carries IPv4 packets between them. "Up" is
from the village. What it carried stands in FILE (`Counters`), where others read it at any time.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import mmap
import os
import random
import select
import struct
import sys
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

DEVICE = "line0"
_CLONE_NEWNET = 0x4000_0000
_TUNSETIFF = 0x4004_54CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
LONGEST_PACKET = 2048
IDLE_S = 0.2

KINDS = ("channels", "media", "paths", "tcp", "other")
"""DTLS (the data channels), SRTP and SRTCP (the call), STUN (RFC 7983's first byte); TCP; rest."""
_TCP, _UDP = 6, 17
_UDP_HEAD = 8
_STUN, _DTLS, _SRTP = range(4), range(20, 64), range(128, 192)
_PORTS = ("port 1", "port 2")
_SWITCHES = ("cut", "no udp", *_PORTS)


class Counters:
    """What went over a line, in a file that both processes have mapped.

    For each way (`up`, `down`) and kind the bytes sent, IP headers with them, and for each
    way the packets that were lost and those for which the queue was too full. `is_cut` lets
    nothing pass while it is set; `only_ports` lets nothing but TCP to these ports of the town pass,
    `is_udp_barred` no UDP, as the walls of an administration do.
    """

    _SIZE = 8
    _WAYS = ("up", "down")
    _NAMES = (*KINDS, "lost", "full")

    def __init__(self, path: Path) -> None:
        """Map the file; it is made, of zeros, when it is not there."""
        names = [f"{way} {name}" for way in self._WAYS for name in self._NAMES]
        self._places = {name: place for place, name in enumerate([*_SWITCHES, *names])}
        length = self._SIZE * len(self._places)
        if not path.exists():
            path.write_bytes(bytes(length))
        with path.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), length)

    @property
    def is_cut(self) -> bool:
        """Whether the line is cut."""
        return bool(self._read("cut"))

    @is_cut.setter
    def is_cut(self, value: bool) -> None:
        self._write("cut", int(value))

    @property
    def is_udp_barred(self) -> bool:
        """Whether no UDP passes."""
        return bool(self._read("no udp"))

    @is_udp_barred.setter
    def is_udp_barred(self, value: bool) -> None:
        self._write("no udp", int(value))

    @property
    def only_ports(self) -> frozenset[int]:
        """The town's TCP ports beside which nothing passes; empty: there is no such wall."""
        return frozenset(filter(None, map(self._read, _PORTS)))

    @only_ports.setter
    def only_ports(self, ports: Collection[int]) -> None:
        for name, port in zip_longest(_PORTS, sorted(ports), fillvalue=0):
            self._write(str(name), int(port))

    def read(self) -> dict[str, int]:
        """Return every counter by its name, such as `up channels` (bytes) or `down lost`."""
        return {name: self._read(name) for name in self._places if name not in _SWITCHES}

    def add(self, way: str, name: str, amount: int) -> None:
        """Count further; by the relay alone."""
        self._write(f"{way} {name}", self._read(f"{way} {name}") + amount)

    def _read(self, name: str) -> int:
        found: tuple[int] = struct.unpack_from("<Q", self._map, self._SIZE * self._places[name])
        return found[0]

    def _write(self, name: str, value: int) -> None:
        struct.pack_into("<Q", self._map, self._SIZE * self._places[name], value)


def may_pass(packet: bytes, way: str, *, is_udp_barred: bool, only_ports: Collection[int]) -> bool:
    """Return whether a wall lets an IPv4 packet through that goes this way, `up` or `down`."""
    if not is_udp_barred and not only_ports:
        return True
    head = 4 * (packet[0] & 15)
    protocol = packet[9]
    if protocol != _TCP:
        return not only_ports and protocol != _UDP
    at = head + 2 if way == "up" else head
    return not only_ports or int.from_bytes(packet[at : at + 2]) in only_ports


def kind_of(packet: bytes) -> str:
    """Return what an IPv4 packet carries, one of KINDS."""
    if len(packet) < 20 or packet[0] >> 4 != 4:  # noqa: PLR2004 - RFC 791: length and version
        return "other"
    head = 4 * (packet[0] & 15)
    if packet[9] == _TCP:
        return "tcp"
    if packet[9] != _UDP or len(packet) <= head + _UDP_HEAD:
        return "other"
    first = packet[head + _UDP_HEAD]
    found = [name for name, firsts in _FIRST_BYTES.items() if first in firsts]
    return found[0] if found else "other"


_FIRST_BYTES = {"channels": _DTLS, "media": _SRTP, "paths": _STUN}


@dataclass
class Way:
    """One direction: `bit_s` (0: without limit), `delay_s` one way, `loss` 0…1, `queue_bytes`.

    A packet waits until those before it have left, then travels for `delay_s`. Who comes when more
    than `queue_bytes` wait is dropped, as at a modem. Instants are of one steady clock, in seconds.
    """

    bit_s: float
    delay_s: float
    loss: float
    queue_bytes: int
    chance: random.Random
    free_at: float = 0.0
    under_way: deque[tuple[float, bytes]] = field(default_factory=deque)

    def admit(self, packet: bytes, now: float) -> str:
        """Take a packet; return "" or why it is dropped: "lost" or "full"."""
        begins = max(now, self.free_at)
        if self.bit_s and (begins - now) * self.bit_s / 8 + len(packet) > self.queue_bytes:
            return "full"
        self.free_at = begins + (8 * len(packet) / self.bit_s if self.bit_s else 0.0)
        # It has used the line before it is lost.
        if self.chance.random() < self.loss:
            return "lost"
        self.under_way.append((self.free_at + self.delay_s, packet))
        return ""

    def due(self, now: float) -> bytes | None:
        """Return the next packet that has arrived by `now`, if any."""
        if self.under_way and self.under_way[0][0] <= now:
            return self.under_way.popleft()[1]
        return None

    @property
    def next_at(self) -> float | None:
        """When the next packet arrives, None: none is under way."""
        return self.under_way[0][0] if self.under_way else None


def open_end(namespace: str) -> int:
    """Return the TUN device of a namespace, opened; this process stays in that namespace."""
    with Path(f"/run/netns/{namespace}").open() as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), _IFF_TUN | _IFF_NO_PI))
    return end


def carry(ends: Sequence[int], ways: Sequence[Way], counters: Counters) -> None:
    """Carry packets between the two ends until the process is ended."""
    names = ("up", "down")
    while True:
        nexts = [way.next_at for way in ways if way.next_at is not None]
        now = time.monotonic()
        rest_s = min([IDLE_S, *(max(0.0, at - now) for at in nexts)])
        readable, _, _ = select.select(ends, [], [], rest_s)
        now = time.monotonic()
        is_cut = counters.is_cut
        barred, ports = counters.is_udp_barred, counters.only_ports
        for number, (way, name) in enumerate(zip(ways, names, strict=True)):
            if ends[number] in readable:
                for packet in _waiting(ends[number]):
                    counters.add(name, kind_of(packet), len(packet))
                    passes = not is_cut and may_pass(
                        packet, name, is_udp_barred=barred, only_ports=ports
                    )
                    dropped = way.admit(packet, now) if passes else "lost"
                    if dropped:
                        counters.add(name, dropped, 1)
            while (packet_due := way.due(now)) is not None:
                if not is_cut:
                    os.write(ends[1 - number], packet_due)


def _waiting(end: int) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(os.read(end, LONGEST_PACKET))
        except BlockingIOError:
            return found


def main() -> int:
    """Open both ends, say so, and carry."""
    parser = argparse.ArgumentParser(prog="python -m e2e.stand.line_relay")
    parser.add_argument("--ends", nargs=2, required=True, help="two namespaces: village, town")
    parser.add_argument("--counters", type=Path, required=True)
    parser.add_argument("--up-bit-s", type=float, default=0)
    parser.add_argument("--down-bit-s", type=float, default=0)
    parser.add_argument("--rtt-s", type=float, default=0)
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--queue-bytes", type=int, nargs=2, default=(1 << 30, 1 << 30))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counters = Counters(options.counters)
    ends = [open_end(name) for name in options.ends]
    ways = [
        Way(bit_s, options.rtt_s / 2, options.loss, queue, random.Random(options.seed + number))
        for number, (bit_s, queue) in enumerate(
            zip((options.up_bit_s, options.down_bit_s), options.queue_bytes, strict=True)
        )
    ]
    print("carrying", flush=True)
    carry(ends, ways, counters)
    return 0


if __name__ == "__main__":
    sys.exit(main())
