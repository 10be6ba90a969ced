"""Fetching what lies at an address that somebody else gave, within limits.

Whoever names an address may want the server to reach what only the server can reach. So a name is
resolved once, every address it has must be public, and the connection goes to the very address
that was checked: a second answer of the DNS changes nothing. Every redirect is checked again.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore

IPAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[IPAddress]]

_NAT64 = IPv6Network("64:ff9b::/96")
_CLOUD = ip_address("168.63.129.16")
"""A cloud's own services under an address that looks public (Microsoft Azure)."""
_PORTS = {"https": 443, "http": 80}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200


class Unfetched(Exception):
    """Nothing was fetched. `trouble` is one plain code, fit to be kept and compared.

    `bad_address`, `unknown_host`, `private_address`, `unreachable`, `untrusted_certificate`,
    `too_slow`, `too_big`, `too_many_redirects`, `encoded`, `broken_answer` or `http_404` (the
    status).
    """

    def __init__(self, trouble: str) -> None:
        """Keep the code."""
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True)
class Limits:
    """How much may come, in how long a time all told, over how many redirects."""

    size_bytes: int
    time_s: float
    redirects: int = 3


def is_public(address: IPAddress) -> bool:
    """Return whether the address is one of the public Internet.

    An IPv4 address wrapped in an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged by itself.
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and address != _CLOUD


def any_address(_address: IPAddress) -> bool:
    """Return True: for an address that the operator of this server gave."""
    return True


def resolve(host: str, port: int) -> list[IPAddress]:
    """Ask the system for the addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


@dataclass(frozen=True)
class Way:
    """How a fetch goes out: by which schemes, to which addresses, trusting which certificates."""

    schemes: frozenset[str]
    is_allowed: Callable[[IPAddress], bool]
    resolve: Resolve = resolve
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context


PUBLIC = Way(frozenset({"https"}), is_public)
"""For addresses that anyone may have given."""
OPERATOR = Way(frozenset({"https", "http"}), any_address)
"""For addresses in this server's own settings and commands."""


def fetch(url: str, limits: Limits, *, way: Way = PUBLIC, accept: str = "*/*") -> bytes:
    """Return the body at `url`. Not to be called inside an event loop. Raises Unfetched."""
    # The name server's answer can only be waited for in a thread, which may outlive the deadline.
    names = ThreadPoolExecutor(max_workers=1)
    try:
        return asyncio.run(_fetch(url, limits, way, names, accept))
    finally:
        names.shutdown(wait=False, cancel_futures=True)


async def _fetch(
    url: str, limits: Limits, way: Way, names: ThreadPoolExecutor, accept: str
) -> bytes:
    try:
        async with asyncio.timeout(limits.time_s):
            for _ in range(limits.redirects + 1):
                parts = _checked(url, way)
                body, target = await _ask(parts, limits, way, names, accept)
                if target is None:
                    return body
                url = _joined(url, target)
    except TimeoutError as error:
        raise Unfetched("too_slow") from error
    raise Unfetched("too_many_redirects")


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise Unfetched("bad_address") from error


def _checked(url: str, way: Way) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_whole = parts.hostname and parts.port != 0 and url.isascii()
        has_name = parts.username is not None or parts.password is not None
    except ValueError as error:
        raise Unfetched("bad_address") from error
    if not is_whole or has_name or parts.scheme not in way.schemes:
        raise Unfetched("bad_address")
    if any(letter <= " " or letter == "\x7f" for letter in url):
        raise Unfetched("bad_address")
    return parts


async def _ask(
    parts: SplitResult, limits: Limits, way: Way, names: ThreadPoolExecutor, accept: str
) -> tuple[bytes, str | None]:
    """Return the body, or the address to which the answer sends us."""
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    addresses = await _addresses(host, port, way, names)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    address = httpcore.URL(
        scheme=parts.scheme.encode(), host=host.encode(), port=port, target=target.encode()
    )
    headers = [
        ("Host", parts.netloc),
        ("Accept", accept),
        ("Accept-Encoding", "identity"),
        ("User-Agent", "Cordee"),
        ("Connection", "close"),
    ]
    backend = _Pinned(addresses)
    try:
        async with (
            httpcore.AsyncConnectionPool(ssl_context=way.tls(), network_backend=backend) as pool,
            pool.stream("GET", address, headers=headers) as answer,
        ):
            return await _read(answer, limits)
    except httpcore.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise Unfetched("untrusted_certificate") from error
        raise Unfetched("unreachable") from error
    except (httpcore.NetworkError, OSError) as error:
        raise Unfetched("unreachable") from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError) as error:
        raise Unfetched("broken_answer") from error


async def _read(answer: httpcore.Response, limits: Limits) -> tuple[bytes, str | None]:
    headers = {name.lower(): value for name, value in answer.headers}
    if answer.status in _REDIRECTS:
        return b"", headers.get(b"location", b"").decode("latin-1")
    if answer.status != _OK:
        raise Unfetched(f"http_{answer.status}")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Unfetched("encoded")
    body = bytearray()
    async for part in answer.aiter_stream():
        body += part
        if len(body) > limits.size_bytes:
            raise Unfetched("too_big")
    return bytes(body), None


async def _addresses(host: str, port: int, way: Way, names: ThreadPoolExecutor) -> list[IPAddress]:
    try:
        found: Sequence[IPAddress] = [ip_address(host)]
    except ValueError:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(names, way.resolve, host, port)
        except (OSError, ValueError) as error:
            raise Unfetched("unknown_host") from error
    if not found:
        raise Unfetched("unknown_host")
    if not all(way.is_allowed(address) for address in found):
        raise Unfetched("private_address")
    return list(dict.fromkeys(found))


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked, whatever name it is asked for."""

    def __init__(self, addresses: Sequence[IPAddress]) -> None:
        """Keep them; the first that answers is taken."""
        self._addresses = addresses
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - httpcore's signature
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection to one of them. Raises httpcore.ConnectError."""
        trouble: httpcore.ConnectError | None = None
        for address in self._addresses:
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                trouble = error
        raise trouble or httpcore.ConnectError
