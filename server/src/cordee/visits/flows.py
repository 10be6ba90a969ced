"""What an agent's computer has to let out: to whom, by which port, and for what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from cordee.visits.relays import Relays, ice_servers
from cordee_wire.kiosk_link import IceServer

_DEFAULT_PORTS = {"turn": 3478, "turns": 5349, "http": 80, "https": 443}


class Way(StrEnum):
    """How a flow leaves: the server's pages and socket, or the relay by one of three ways."""

    WEB = "web"
    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


@dataclass(frozen=True)
class Flow:
    """One line for a firewall. `url` is the relay's address as browsers take it; empty for WEB."""

    way: Way
    host: str
    port: int
    url: str = ""

    @property
    def protocol(self) -> str:
        """`TCP` or `UDP`."""
        return "UDP" if self.way is Way.UDP else "TCP"


def flows(relays: Relays, public_url: str) -> list[Flow]:
    """Return what leaves an agent's computer: the server, and each way to the relay, once."""
    return list(dict.fromkeys(_flows(relays, public_url)))


def trial_server(flow: Flow, relays: Relays, *, who: str, now: datetime) -> IceServer:
    """Return the relay of one flow with a credential for a trial: it lasts a quarter of an hour."""
    only = Relays(turn_urls=(flow.url,), turn_secret=relays.turn_secret)
    [server] = ice_servers(only, visit=who, ends_at=now)
    return server


def _flows(relays: Relays, public_url: str) -> Iterator[Flow]:
    web = urlsplit(public_url)
    if web.hostname:
        yield Flow(Way.WEB, web.hostname, web.port or _DEFAULT_PORTS[web.scheme])
    if not relays.turn_secret:
        return
    for url in relays.turn_urls:
        scheme, _, rest = url.partition(":")
        place, _, query = rest.partition("?")
        found = urlsplit(f"//{place}")
        if scheme in ("turn", "turns") and found.hostname:
            port = found.port or _DEFAULT_PORTS[scheme]
            yield Flow(_way(scheme, query), found.hostname, port, url)


def _way(scheme: str, query: str) -> Way:
    if scheme == "turns":
        return Way.TLS
    return Way.TCP if "tcp" in parse_qs(query).get("transport", []) else Way.UDP
