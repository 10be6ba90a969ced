from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from e2e.stand import processes
from e2e.stand.media import GREEN, ORANGE, is_near, luma_chroma, write_camera
from e2e.stand.processes import (
    ROOT,
    Ended,
    NotInTime,
    Running,
    free_port,
    is_alive,
    is_listening,
    run,
    wait_until,
)
from e2e.stand.relay import Relay
from e2e.stand.screen import Screen, has_display
from e2e.stand.turn import FORBIDDEN, UNAUTHORISED, Refused, TurnClient

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")
SCREEN_ELSEWHERE = """
import signal, sys
from pathlib import Path
from e2e.stand.screen import Screen
with Screen(Path(sys.argv[1]), width_px=320, height_px=200) as screen:
    print(screen.display, flush=True)
    signal.pause()
"""

NEAR_V4 = [
    "0.0.0.1",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.168.0.1",
    "198.18.0.1",
    "240.0.0.1",
]
NEAR_V6 = ["::1", "fc00::1", "fe80::1", "64:ff9b::a00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"]


def has_v6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


def refused_by(client: TurnClient, addresses: Sequence[str]) -> dict[str, int]:
    """Return the codes with which the relay refuses some of these addresses."""
    codes = {}
    for address in addresses:
        try:
            client.permit(address)
        except Refused as refused:
            codes[address] = refused.code
    return codes


def test_free_port_can_be_listened_on() -> None:
    port = free_port()
    assert not is_listening(port)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", port))


def test_no_two_stands_are_given_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    start = free_port()
    monkeypatch.setattr(processes, "PORTS", range(start, start + 1))
    code = (
        "from e2e.stand import processes as p\n"
        f"p.PORTS = range({start}, {start + 1})\n"
        "print(p.free_port())"
    )
    with pytest.raises(RuntimeError, match="is taken"):
        free_port()
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "is taken" in other.stderr


def test_waiting_returns_the_value_and_gives_up_in_time() -> None:
    assert wait_until(lambda: "here", within_s=1, what="it comes") == "here"
    with pytest.raises(NotInTime, match="it comes"):
        wait_until(lambda: None, within_s=0.05, what="it comes")


def test_stopping_ends_the_children_of_a_process_that_ignores_the_request(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 300 & echo child $!; wait; wait"
    running = Running(["bash", "-c", script], name="stubborn", folder=tmp_path)
    child = int(
        running.wait_until(
            lambda: running.output().removeprefix("child ").strip(), within_s=5, what="its child"
        )
    )
    running.stop(grace_s=0.1)
    wait_until(lambda: not is_alive(child), within_s=5, what="the child ends")
    running.stop()


def test_process_ends_when_its_stand_is_killed(tmp_path: Path) -> None:
    code = (
        "from e2e.stand.processes import Running; from pathlib import Path; import time\n"
        f"r = Running(['sleep', '300'], name='orphan', folder=Path({str(tmp_path)!r}))\n"
        "print(r.process.pid, flush=True); time.sleep(300)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as stand:
        assert stand.stdout
        orphan = int(stand.stdout.readline())
        # The child asks for the kernel's signal just before it becomes `sleep`.
        wait_until(
            lambda: Path(f"/proc/{orphan}/comm").read_text() == "sleep\n",
            within_s=5,
            what="sleep runs",
        )
        os.kill(stand.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(orphan), within_s=5, what="the orphan ends")


def test_waiting_for_a_process_that_ended_shows_its_log(tmp_path: Path) -> None:
    with (
        Running(["bash", "-c", "echo broken; exit 3"], name="broken", folder=tmp_path) as running,
        pytest.raises(Ended, match="ended with 3:\nbroken"),
    ):
        running.wait_until(lambda: False, within_s=5, what="never")


def test_camera_film_has_the_colour_asked_for(tmp_path: Path) -> None:
    film = write_camera(tmp_path / "green.y4m", GREEN).read_bytes()
    assert film.startswith(b"YUV4MPEG2 W320 H240 ")
    frame = film.split(b"FRAME\n", 2)[1]
    assert len(frame) == 320 * 240 * 3 // 2
    y, cb, cr = luma_chroma(*GREEN)
    assert np.median(np.frombuffer(frame[: 320 * 240], np.uint8)) == y
    assert (frame[320 * 240], frame[-1]) == (cb, cr)
    assert not is_near(GREEN, ORANGE)


def test_screen_shows_what_is_drawn_and_takes_keys(tmp_path: Path) -> None:
    with Screen(tmp_path, width_px=320, height_px=200) as screen:
        run(["xsetroot", "-solid", "#14a03c"], env=screen.env)
        wait_until(
            lambda: screen.pixel(100, 100) == (0x14, 0xA0, 0x3C), within_s=5, what="the colour"
        )
        assert screen.picture().shape == (200, 320, 3)
        screen.press("Pause")
        screen.click(10, 10)
    assert not screen.server.is_running


def test_screen_can_be_a_window_on_another(tmp_path: Path) -> None:
    with (
        Screen(tmp_path / "outer", width_px=640, height_px=480) as outer,
        Screen(tmp_path / "inner", width_px=320, height_px=200, window_on=outer.display) as inner,
    ):
        run(["xsetroot", "-solid", "#14a03c"], env=inner.env)
        wait_until(
            lambda: inner.pixel(100, 100) == (0x14, 0xA0, 0x3C), within_s=5, what="the colour"
        )
        assert inner.picture().shape == (200, 320, 3)


def test_two_screens_stand_beside_each_other(tmp_path: Path) -> None:
    with Screen(tmp_path / "one") as one, Screen(tmp_path / "two") as two:
        assert one.display != two.display


@needs_root
def test_screens_in_two_networks_do_not_take_each_others_name(tmp_path: Path) -> None:
    with ExitStack() as stack:
        shown = []
        for name in ("one", "other"):
            words = [sys.executable, "-c", SCREEN_ELSEWHERE, str(tmp_path / name)]
            running = Running(["unshare", "--net", *words], name=name, folder=tmp_path)
            stack.enter_context(running)
            running.wait_until(lambda one=running: ":" in one.output(), within_s=30, what="shows")  # type: ignore[misc]
            shown.append(running.output().strip().splitlines()[-1])
        assert all(has_display(display) for display in shown)
    assert shown[0] != shown[1]


def test_relay_listens_and_ends(tmp_path: Path) -> None:
    with Relay(tmp_path) as relay:
        assert is_listening(relay.port)
        assert relay.allocations() == 0
        # coturn refuses 127.0.0.1 without this line too: its answer alone would not show it.
        assert "denied-peer-ip=127." in (tmp_path / "turnserver.conf").read_text()
    assert not is_listening(relay.port)


def test_relay_reaches_nothing_of_its_own_network(tmp_path: Path) -> None:
    with Relay(tmp_path) as relay, TurnClient(relay.port, relay.secret) as client:
        wait_until(lambda: relay.allocations() == 1, within_s=10, what="it is written down")
        client.permit("203.0.113.5")
        assert refused_by(client, NEAR_V4) == dict.fromkeys(NEAR_V4, FORBIDDEN)


@pytest.mark.skipif(not has_v6(), reason="This machine has no IPv6.")
def test_relay_reaches_nothing_of_its_own_network_by_ipv6(tmp_path: Path) -> None:
    with (
        Relay(tmp_path, relays_v6=True) as relay,
        TurnClient(relay.port, relay.secret, version=6) as client,
    ):
        client.permit("2001:db8::1")
        assert refused_by(client, NEAR_V6) == dict.fromkeys(NEAR_V6, FORBIDDEN)


def test_relay_for_two_ends_on_this_machine_reaches_it_and_nothing_else(tmp_path: Path) -> None:
    with (
        Relay(tmp_path, may_reach_loopback=True) as relay,
        TurnClient(relay.port, relay.secret) as client,
    ):
        others = [address for address in NEAR_V4 if address != "127.0.0.1"]
        assert refused_by(client, NEAR_V4) == dict.fromkeys(others, FORBIDDEN)


def test_relay_gives_nothing_to_who_does_not_know_its_secret(tmp_path: Path) -> None:
    with Relay(tmp_path) as relay:
        with pytest.raises(Refused) as refused, TurnClient(relay.port, "another"):
            pass
        assert refused.value.code == UNAUTHORISED
        assert relay.allocations() == 0
