"""A call from behind a wall: through the relay by the way that the wall leaves open."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from e2e.stand.counter import Counter
from e2e.stand.facts import about
from e2e.stand.kiosk import camera_flags
from e2e.stand.line import LINES, Line
from e2e.stand.media import GREEN
from e2e.stand.over_line import LEADS_S, WITHIN_S, needs_root, tell
from e2e.stand.peers import keep_peers, peers_of
from e2e.stand.processes import free_port, wait_until
from e2e.stand.proxy import Proxy
from e2e.stand.relay import TownRelay
from e2e.stand.world import World


@needs_root
def test_without_udp_the_call_goes_by_tcp(tmp_path: Path) -> None:
    tell(no_udp, LINES["adsl"], tmp_path)


@needs_root
def test_where_only_port_443_is_open_the_call_goes_by_tls(tmp_path: Path) -> None:
    tell(only_443, LINES["adsl"], tmp_path)


@needs_root
def test_behind_an_http_proxy_the_call_and_the_kiosk_go_through_it(tmp_path: Path) -> None:
    tell(only_proxy, LINES["adsl"], tmp_path)


def no_udp(line: Line, folder: Path) -> None:
    line.counters.is_udp_barred = True
    with TownRelay(folder / "relay", line.town_ip, ways=("udp", "tcp")) as relay:
        met(line, folder, relay, server_port=free_port())


def only_443(line: Line, folder: Path) -> None:
    port = free_port()
    # What stands for the server's own 443 is the port of the stand's server.
    line.counters.only_ports = {TownRelay.TLS_PORT, port}
    with TownRelay(folder / "relay", line.town_ip) as relay:
        met(line, folder, relay, server_port=port)


def only_proxy(line: Line, folder: Path) -> None:
    with TownRelay(folder / "relay", line.town_ip) as relay, Proxy(line.town_ip) as proxy:
        line.counters.only_ports = {proxy.port}
        port = free_port()
        met(line, folder, relay, server_port=port, CORDEE_KIOSK_PROXY=proxy.url)
        assert f"127.0.0.1:{port}" in proxy.asked, "the kiosk's link"
        assert f"{line.town_ip}:{TownRelay.TLS_PORT}" in proxy.asked, "the relay, by TLS"


def met(line: Line, folder: Path, relay: TownRelay, *, server_port: int, **settings: str) -> None:
    """Bring both ends together, the kiosk by the relay, and part again."""
    film = folder / "world" / "kiosk" / "kiosk.y4m"
    flags = f"{camera_flags(film)} {relay.trusted}"
    with World(
        folder / "world",
        width_px=1280,
        height_px=800,
        line=line,
        server_env=relay.env,
        server_port=server_port,
        kiosk_settings={"CORDEE_KIOSK_CHROMIUM_FLAGS": flags, **settings},
    ) as world:
        world.wait_for_kiosk(within_s=WITHIN_S)
        with world.agent() as agent:
            keep_peers(agent.context)
            wait_until(lambda: agent.data("keys") == "certified", within_s=WITHIN_S, what="keys")
            visit, _ = world.book_soon(LEADS_S)
            agent.open_counter(visit)
            counter = Counter(agent.page)
            _, colour = counter.wait_for_face(within_s=2 * WITHIN_S)
            assert np.abs(np.array(colour) - np.array(GREEN)).max() < 40
            peer = peers_of(agent.page)[-1]
            assert (peer.connection, peer.remote) == ("connected", "relay"), peer
            carried = line.counters.read()
            assert carried["up media"] == carried["up channels"] == 0, carried
            assert carried["up tcp"] > 0
            counter.end(outcome="done")
            wait_until(
                lambda: any(one.get("kind") == "ended" for one in about(world.kiosk.log(), visit)),
                within_s=WITHIN_S,
                what="the visit ends",
            )
