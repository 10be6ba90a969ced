"""Which addresses the guest may show."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from cordee_kiosk.ports import Unavailable

_DEFAULT_PORTS = {"http": 80, "https": 443}
OUTSIDE = (
    "Cette adresse n’est pas permise pour ce rendez-vous. La page reste où elle est : choisissez "
    "un des sites permis, à côté de l’adresse."
)


NEAR = tuple(
    f"*://{host}*"
    for host in (
        "localhost",
        "*.local",
        "0.",
        "10.",
        "100.",
        "127.",
        "169.254.",
        "172.",
        "192.",
        "[",
    )
)
"""Patterns (of CDP's Fetch domain) that every near address fits, and others too: see `is_near`."""


def is_near(url: str) -> bool:
    """Tell whether `url` names this machine or its own network, as far as its host says it."""
    host = ""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return not address.is_global


class AllowList:
    """Exact hosts, `host` for its usual port or `host:port` for one other.

    Loopback and private addresses get no special treatment: they are open only when listed, as any
    other host, and `localhost` never stands for `127.0.0.1`.
    """

    def __init__(self, hosts: list[str]) -> None:
        self._hosts = frozenset(host.strip().lower().rstrip(".") for host in hosts if host.strip())

    def admits(self, url: str) -> bool:
        """Tell whether a document may come from `url`."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        default_port = _DEFAULT_PORTS.get(parts.scheme)
        host = (parts.hostname or "").rstrip(".")
        if default_port is None or not host or "@" in parts.netloc:
            return False
        if ":" in host:
            host = f"[{host}]"
        if port in (None, default_port) and host in self._hosts:
            return True
        return f"{host}:{port or default_port}" in self._hosts

    def require(self, url: str) -> None:
        """Raise Unavailable(`outside`) when `url` is not admitted."""
        if not self.admits(url):
            raise Unavailable("outside", OUTSIDE)
