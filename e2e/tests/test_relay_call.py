"""A call from a site that lets nothing but the relay through: a real coturn carries all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.facts import about, face_of
from e2e.stand.media import GREEN, ORANGE, is_near
from e2e.stand.peers import Peer, keep_peers, peers_of
from e2e.stand.processes import wait_until
from e2e.stand.world import World

MARK = "from cordee.territory.models import Site; Site.objects.update(relay_only={is_marked})"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with World(folder, has_relay=True, width_px=1280, height_px=720) as made:
        made.wait_for_kiosk()
        yield made


@pytest.fixture(scope="module")
def agent(world: World) -> Iterator[Agent]:
    with world.agent() as opened:
        keep_peers(opened.context)
        wait_until(lambda: opened.data("keys") == "certified", within_s=30, what="certified keys")
        yield opened


def test_relay_carries_the_whole_call_of_a_site_that_wants_it(world: World, agent: Agent) -> None:
    assert world.relay
    mark_site(world, is_marked=True)
    allocated = world.relay.allocations()
    told = listen(agent)
    counter, visit = meet(world, agent)
    assert_relayed(peers_of(agent.page)[-1])
    ways = {candidate.split(" typ ")[1].split()[0] for candidate in told}
    assert ways == {"relay"}, "an address of an end was told to the other"
    assert world.relay.allocations() >= allocated + 2
    part(world, counter, visit)
    wait_until(lambda: carried_bytes(world) > 0, within_s=20, what="coturn counts what it carried")


def test_same_call_from_another_site_is_direct_and_seen_to_be(world: World, agent: Agent) -> None:
    mark_site(world, is_marked=False)
    counter, visit = meet(world, agent)
    peer = peers_of(agent.page)[-1]
    assert peer.connection == "connected"
    assert "relay" not in (peer.local, peer.remote)
    part(world, counter, visit)


def assert_relayed(peer: Peer) -> None:
    """Assert that the selected pair leads through the relay at both ends, and carries pictures."""
    assert (peer.connection, peer.dtls) == ("connected", "connected")
    assert (peer.local, peer.remote) == ("relay", "relay")
    assert peer.frames > 0


def mark_site(world: World, *, is_marked: bool) -> None:
    world.server.command("shell", "-v", "0", "-c", MARK.format(is_marked=is_marked))


def meet(world: World, agent: Agent) -> tuple[Counter, str]:
    """Bring the two together; return once each has seen a frame of the other's colour."""
    visit, _ = world.book_soon()
    agent.open_counter(visit)
    counter = Counter(agent.page)
    _, colour = counter.wait_for_face(within_s=60)
    assert np.abs(np.array(colour) - np.array(GREEN)).max() < 40
    face = wait_until(
        lambda: face_of(world.kiosk.log(), visit), within_s=20, what="the agent's face"
    )
    assert is_near(tuple(round(part) for part in face["colour"]), ORANGE, within=45)
    return counter, visit


def part(world: World, counter: Counter, visit: str) -> None:
    counter.end(outcome="done")
    wait_until(
        lambda: any(one.get("kind") == "ended" for one in about(world.kiosk.log(), visit)),
        within_s=20,
        what="the visit ends",
    )


def listen(agent: Agent) -> list[str]:
    """Return the list that will hold every candidate that the two ends tell each other."""
    told: list[str] = []

    def keep(data: str | bytes) -> None:
        message = json.loads(data)
        signal = message.get("signal", {}) if message["type"] == "relayed" else {}
        told.extend(filter(None, [signal.get("candidate")]))
        told.extend(
            line.removeprefix("a=")
            for line in signal.get("sdp", "").splitlines()
            if line.startswith("a=candidate:")
        )

    def watch(socket: Any) -> None:
        socket.on("framereceived", keep)
        socket.on("framesent", keep)

    agent.page.on("websocket", watch)
    return told


def carried_bytes(world: World) -> int:
    """Return how many bytes the relay's closed sessions have received, as its log says."""
    assert world.relay
    total = 0
    for line in world.relay.process.output().splitlines():
        if "usage: " in line and "rb=" in line:
            total += int(line.split("rb=")[1].split(",")[0])
    return total
