"""The line that benches and stories run over: what it delays, limits, drops and counts."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from e2e.stand.line import LINES, Line
from e2e.stand.line_relay import Counters, Way, kind_of, may_pass
from e2e.stand.processes import Running

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")
PORT = 9
ECHO = f"""
import socket
end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end.bind(("{Line.town_ip}", {PORT}))
print("bound", flush=True)
while True:
    data, where = end.recvfrom(2048)
    end.sendto(data, where)
"""
ASK = f"""
import json, socket, sys, time
end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end.settimeout(2)
took = []
for _ in range(int(sys.argv[1])):
    began = time.monotonic()
    end.sendto(bytes([25]) * int(sys.argv[2]), ("{Line.town_ip}", {PORT}))
    try:
        end.recv(2048)
        took.append(time.monotonic() - began)
    except TimeoutError:
        took.append(None)
print(json.dumps(took))
"""


@contextmanager
def _echoing(line: Line) -> Iterator[None]:
    """Send back what comes to the town."""
    echo = [*line.within(line.town), sys.executable, "-c", ECHO]
    with Running(echo, name="echo", folder=line.folder) as running:
        running.wait_until(lambda: "bound" in running.output(), within_s=10, what="bound")
        yield


def _asked(line: Line, times: int, size: int) -> list[float | None]:
    """Send packets there and back one by one; return what each took in seconds, None: lost."""
    command = [sys.executable, "-c", ASK, str(times), str(size)]
    found: list[float | None] = json.loads(line.run_in(line.village, command))
    return found


@needs_root
def test_a_packet_takes_the_time_of_the_line_and_is_counted(tmp_path: Path) -> None:
    profile = replace(LINES["poor"], loss=0)
    with Line(profile, tmp_path) as line, _echoing(line):
        took = _asked(line, 3, 1000)
        counted = line.counters.read()
    up_s, down_s = (8 * 1028 / rate for rate in (profile.up_bit_s, profile.down_bit_s))
    assert all(each is not None and each >= profile.rtt_s + up_s + down_s for each in took)
    assert counted["up channels"] == counted["down channels"] == 3 * 1028
    assert counted["up lost"] == counted["up full"] == counted["up tcp"] == 0


@needs_root
def test_a_cut_lets_nothing_pass_until_it_is_mended(tmp_path: Path) -> None:
    with Line(LINES["lan"], tmp_path) as line, _echoing(line):
        line.counters.is_cut = True
        assert _asked(line, 1, 100) == [None]
        line.counters.is_cut = False
        assert None not in _asked(line, 3, 100)
        assert line.counters.read()["up lost"] == 1


def test_packets_wait_in_turn_and_a_full_queue_drops_the_newest() -> None:
    way = Way(8000, 0.5, 0, queue_bytes=2000, chance=random.Random(1))
    packets = [bytes([number]) * 1000 for number in range(4)]

    assert [way.admit(packet, 0.0) for packet in packets] == ["", "", "full", "full"]

    assert way.due(1.49) is None
    assert way.due(1.5) == packets[0]
    assert way.due(2.49) is None
    assert way.due(2.5) == packets[1]
    assert way.next_at is None
    assert way.admit(packets[2], 3.0) == ""
    assert way.next_at == 4.5


def test_as_many_packets_are_lost_as_the_profile_says() -> None:
    way = Way(0, 0, 0.01, queue_bytes=1 << 30, chance=random.Random(1))
    lost = sum(way.admit(b"x", 0.0) == "lost" for _ in range(20_000))
    assert 0.008 < lost / 20_000 < 0.012


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (0, "paths"),
        (1, "paths"),
        (22, "channels"),
        (23, "channels"),
        (128, "media"),
        (200, "other"),
    ],
)
def test_what_shares_one_flow_is_told_apart_by_its_first_byte(first: int, kind: str) -> None:
    head = bytes([0x45, *[0] * 8, 17, *[0] * 10])
    assert kind_of(head + bytes(8) + bytes([first])) == kind


@pytest.mark.parametrize("packet", [b"", b"\x60" + bytes(60), bytes([0x45, *[0] * 8, 17])])
def test_what_is_no_whole_packet_of_ours_is_other(packet: bytes) -> None:
    assert kind_of(packet) == "other"


TCP, UDP, ICMP = 6, 17, 1
Wall = tuple[bool, tuple[int, ...]]
NO_WALL: Wall = (False, ())
NO_UDP: Wall = (True, ())
ONLY_443: Wall = (False, (443,))


def packet_of(protocol: int, source: int, target: int) -> bytes:
    head = bytes([0x45, *[0] * 8, protocol, *[0] * 10])
    return head + source.to_bytes(2) + target.to_bytes(2) + bytes(16)


@pytest.mark.parametrize(
    ("packet", "way", "wall", "passes"),
    [
        ((UDP, 5, 443), "up", NO_UDP, False),
        ((UDP, 5, 443), "up", NO_WALL, True),
        ((TCP, 5, 443), "up", NO_UDP, True),
        ((TCP, 5, 443), "up", ONLY_443, True),
        ((TCP, 443, 5), "down", ONLY_443, True),
        ((TCP, 5, 443), "down", ONLY_443, False),
        ((TCP, 443, 5), "up", ONLY_443, False),
        ((UDP, 5, 443), "up", ONLY_443, False),
        ((ICMP, 0, 0), "up", ONLY_443, False),
    ],
)
def test_a_wall_lets_through_what_it_is_told(
    packet: tuple[int, int, int], way: str, wall: Wall, *, passes: bool
) -> None:
    no_udp, ports = wall
    found = may_pass(packet_of(*packet), way, is_udp_barred=no_udp, only_ports=ports)
    assert found is passes


def test_switches_of_a_line_are_seen_by_who_maps_the_same_file(tmp_path: Path) -> None:
    one = Counters(tmp_path / "counters")
    other = Counters(tmp_path / "counters")
    one.is_udp_barred = True
    one.only_ports = {443, 8000}
    assert other.is_udp_barred
    assert other.only_ports == {443, 8000}
    one.only_ports = ()
    assert not other.only_ports
    assert not any(other.read().values())
