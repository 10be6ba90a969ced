"""A real HTTP server on 127.0.0.1 that behaves as a script says, byte by byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address
from typing import Self

from cordee.kernel.fetch import IPAddress, Way

Script = Callable[[socket.socket], None]
LOOPBACK = IPv4Address("127.0.0.1")


def page(
    body: bytes, *, status: str = "200 OK", headers: str = "", is_whole: bool = True
) -> Script:
    """Answer with this body; not `is_whole`: promise one byte more."""

    def answer(line: socket.socket) -> None:
        size = len(body) + (0 if is_whole else 1)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n"
        line.sendall(head.encode() + body)

    return answer


def redirect(target: str) -> Script:
    return page(b"", status="302 Found", headers=f"Location: {target}\r\n")


def endless(head: bytes, drop: bytes) -> Script:
    """Send `head`, then `drop` again and again until the other side has had enough."""

    def answer(line: socket.socket) -> None:
        with suppress(OSError):
            line.sendall(head)
            while True:
                line.sendall(drop)

    return answer


def silent(line: socket.socket) -> None:
    """Say nothing until the other side hangs up."""
    with suppress(OSError):
        while line.recv(4096):
            pass


@dataclass
class Outside:
    """Answers each path with its script; `asked` keeps the requests' first lines.

    Other paths get `otherwise`. A context manager; `url` is its address. `tls` makes it speak TLS.
    """

    scripts: dict[str, Script] = field(default_factory=dict)
    otherwise: Script = field(default_factory=lambda: page(b"", status="404 Not Found"))
    tls: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        scheme = "https" if self.tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._lines.append(line)
            thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            spoken = self.tls.wrap_socket(line, server_side=True) if self.tls else line
            with spoken:
                request = b""
                while b"\r\n\r\n" not in request:
                    part = spoken.recv(4096)
                    if not part:
                        return
                    request += part
                first = request.split(b"\r\n", 1)[0].decode()
                self.asked.append(first)
                self.scripts.get(first.split(" ")[1], self.otherwise)(spoken)


def loopback_way(
    names: dict[str, list[str]] | None = None,
    *,
    allowed: Callable[[IPAddress], bool] = lambda address: address == LOOPBACK,
) -> Way:
    """Return a way that may go to 127.0.0.1 and nowhere else, by names of the test's own."""
    known = names or {}

    def resolve(host: str, _port: int) -> list[IPAddress]:
        if host not in known:
            raise OSError("unknown")
        return [ip_address(address) for address in known[host]]

    return Way(frozenset({"https", "http"}), allowed, resolve)
