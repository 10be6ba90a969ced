"""A page with the live picture of a screen, on which a click touches that screen.

For the person at a demo, on 127.0.0.1 only. The picture is multipart JPEG; touches come back as
POST requests that must carry this page's own token, so that no other page can press anything.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import cv2
import numpy as np
import numpy.typing as npt

from e2e.stand.screen import Screen

SHOWN_WIDTH_PX = 1280
FRAME_EVERY_S = 0.12
REPEAT_EVERY_S = 2.0
BODY_LIMIT_BYTES = 4096
BOUNDARY = b"--picture"
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"

_PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>La borne – Cordée</title>
<style nonce="{nonce}">
body {{ margin: 0; background: #16242b; color: #f4f6f3; font: 17px/1.5 system-ui, sans-serif; }}
main {{ max-width: min(1280px, calc((100vh - 150px) * {ratio})); margin: 0 auto; padding: 12px; }}
img {{ width: 100%; height: auto; display: block; cursor: pointer; background: #000; }}
p {{ margin: 0 0 12px; }}
.keys {{ display: flex; gap: 12px; margin-top: 12px; flex-wrap: wrap; }}
button, input {{ font: inherit; padding: 10px 18px; }}
</style>
</head>
<body>
<main>
<p>Voici l’écran de la borne de <strong>{site}</strong>. Vous êtes l’usager : cliquez sur l’image
comme on touche l’écran.</p>
<img id="screen" src="/screen.mjpeg" alt="L’écran de la borne, en direct" width="{width}"
 height="{height}">
<div class="keys">
<button id="stop" type="button">Touche Stop</button>
<form id="typing"><input id="text" autocomplete="off" aria-label="Clavier de la borne"
 placeholder="Clavier de la borne"> <button>Taper</button></form>
</div>
</main>
<script nonce="{nonce}">
const send = (path, body) => fetch(path, {{
  method: "POST", headers: {{ "X-Watch": "{token}" }}, body: JSON.stringify(body),
}});
const picture = document.getElementById("screen");
picture.addEventListener("click", (event) => {{
  const box = picture.getBoundingClientRect();
  send("/click", {{
    x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height,
  }});
}});
document.getElementById("stop").addEventListener("click", () => send("/stop", {{}}));
document.getElementById("typing").addEventListener("submit", (event) => {{
  event.preventDefault();
  const field = document.getElementById("text");
  send("/type", {{ text: field.value }});
  field.value = "";
}});
</script>
</body>
</html>
"""


class Watch:
    """The page, served from a thread of its own. A context manager; `url` is its address."""

    def __init__(
        self, screen: Screen, *, site: str, stop_key: str = "Pause", port: int = 0
    ) -> None:
        """Listen on 127.0.0.1:`port` (0: any free port)."""
        self.screen = screen
        self.site = site
        self.stop_key = stop_key
        self.token = secrets.token_hex(16)
        self._is_closed = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.watch = self
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        ).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._is_closed.set()
        self._server.shutdown()
        self._server.server_close()

    def frames(self) -> Iterator[bytes]:
        """Yield JPEG pictures: each change, and one every two seconds, until closed."""
        before = None
        shown_at = 0.0
        while not self._is_closed.is_set():
            try:
                picture = self.screen.picture()
            except FileNotFoundError:
                return
            now = time.monotonic()
            has_changed = before is None or not np.array_equal(before, picture)
            if has_changed or now - shown_at > REPEAT_EVERY_S:
                yield jpeg(picture)
                before, shown_at = picture, now
            self._is_closed.wait(FRAME_EVERY_S)

    def act(self, what: str, detail: dict[str, Any]) -> bool:
        """Carry out a touch or a key; False when it is none."""
        match what, detail:
            case "/click", {"x": float() | int() as x, "y": float() | int() as y}:
                left = round(min(max(x, 0), 1) * (self.screen.width_px - 1))
                top = round(min(max(y, 0), 1) * (self.screen.height_px - 1))
                self.screen.click(left, top)
            case "/stop", _:
                self.screen.press(self.stop_key)
            case "/type", {"text": str() as text} if text:
                self.screen.type(text)
            case _:
                return False
        return True


def jpeg(picture: np.typing.NDArray[np.uint8]) -> bytes:
    """Return a picture (rows of RGB) as JPEG, at most 1,280 px wide."""
    height, width = picture.shape[:2]
    scale = min(1.0, SHOWN_WIDTH_PX / width)
    size = (round(width * scale), round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return bytes(encoded)


def pictures(film: Iterable[bytes]) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield each picture (height, width, 3; BGR) of a film as it is read from `screen.mjpeg`."""
    content = b""
    for piece in film:
        content += piece
        while (end := content.find(JPEG_END)) >= 0:
            data, content = content[content.index(JPEG_START) : end + 2], content[end + 2 :]
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
            if picture is None:
                raise ValueError("a picture of the film cannot be read")
            yield picture.astype(np.uint8)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    watch: Watch


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        # A viewer that goes away in the middle of a picture is no error.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if self.path == "/":
                self._send_page()
            elif self.path == "/screen.mjpeg":
                self._send_film()
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        is_ours = secrets.compare_digest(self.headers.get("X-Watch", ""), self.server.watch.token)
        if not is_ours or size > BODY_LIMIT_BYTES:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        try:
            detail = json.loads(self.rfile.read(size))
        except ValueError:
            detail = None
        is_done = isinstance(detail, dict) and self.server.watch.act(self.path, detail)
        self.send_response(HTTPStatus.NO_CONTENT if is_done else HTTPStatus.BAD_REQUEST)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def _send_page(self) -> None:
        watch = self.server.watch
        nonce = secrets.token_urlsafe(16)
        width = min(watch.screen.width_px, SHOWN_WIDTH_PX)
        page = _PAGE.format(
            nonce=nonce,
            token=watch.token,
            site=escape(watch.site),
            width=width,
            ratio=round(watch.screen.width_px / watch.screen.height_px, 4),
            height=round(width * watch.screen.height_px / watch.screen.width_px),
        ).encode()
        policy = f"default-src 'self'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'"
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", f"{policy}; frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(page)

    def _send_film(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        for picture in self.server.watch.frames():
            head = f"\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            self.wfile.write(BOUNDARY + head.encode() + picture + b"\r\n")
            self.wfile.flush()
