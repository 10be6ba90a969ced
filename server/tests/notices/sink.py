"""A real gateway for text messages on 127.0.0.1 that keeps what it was handed."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

SECRET = "a-secret-between-two"


@dataclass
class Taken:
    """One hand-over that was signed well."""

    key: str
    to: str
    text: str


@dataclass
class Sink:
    """`taken` has every hand-over, also repeated ones; `answer` gives the next status.

    A context manager; `url` is its address.
    """

    answer: Callable[[], int] = lambda: 202
    on_taken: Callable[[int], None] = lambda count: None
    taken: list[Taken] = field(default_factory=list)
    refused: int = 0

    def __enter__(self) -> Self:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = sink.take(body, dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/sms"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Keep what is signed well and return the status of the answer."""
        at, _, mac = headers["X-Cordee-Signature"].removeprefix("t=").partition(",v1=")
        expected = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        message = json.loads(body)
        if not hmac.compare_digest(mac, expected) or headers["Idempotency-Key"] != message["key"]:
            self.refused += 1
            return 401
        status = self.answer()
        if status < 300:
            with self._lock:
                self.taken.append(Taken(**message))
                count = len(self.taken)
            self.on_taken(count)
        return status

    def delivered(self) -> list[str]:
        """Return the keys of the messages that went out: a key is one message, however often."""
        return sorted({one.key for one in self.taken})
