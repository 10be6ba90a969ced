"""A partner's site for tests: pages by path, on two ports of this machine."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Site:
    """Where it is, what was asked of it, and its pages (HTML by path) and files.

    The answer to a path in `held` waits until its event is set.
    """

    host: str
    pages: dict[str, str]
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    held: dict[str, threading.Event] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{self.host}"


@contextlib.contextmanager
def serve(pages: dict[str, str]) -> Iterator[Site]:
    """Yield a running site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    site = Site(host=f"127.0.0.1:{server.server_address[1]}", pages=pages)
    server.site = site  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        path = self.path.split("?")[0]
        site.asked.append(self.path)
        site.languages.append(self.headers.get("Accept-Language", ""))
        if path in site.held:
            site.held[path].wait(10)
        page = site.pages.get(path)
        if page is not None and page.startswith("-> "):
            self.send_response(302)
            self.send_header("Location", page.removeprefix("-> "))
            self.end_headers()
            return
        body = site.files.get(path, (page or "").encode())
        self.send_response(200 if page is not None or path in site.files else 404)
        self.send_header("Content-Type", site.kinds.get(path, "text/html; charset=utf-8"))
        self.send_header("Content-Length", str(len(body)))
        for name, value in site.headers.get(path, {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        site.sent.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""
