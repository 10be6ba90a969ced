"""Serves one page that was given, the files beside it, and takes whatever its forms send.

`python -m e2e.site.one_page --page FILE.html --port 8100 --record FILE`. Each submission becomes a
JSON line of field names and values: POST in any of the three form encodings or as JSON, at any
path; GET with a query, from a document. The answer is a page that says so, or, by GET, the file
that the form names.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import mimetypes
import threading
from email import message_from_bytes
from email.message import Message
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

BODY_LIMIT_BYTES = 16_000_000
START = "/aide/1"
"""Where the seeded partner's pages begin: leads to the page."""
_ANSWER = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Reçu</title>
<style>body {{ background: #fff; color: #14212b; font: 24px/1.4 sans-serif; padding: 40px }}
h1 {{ font-size: 56px; background: #14212b; color: #fff; padding: 48px }}</style>
<h1 id="recu">C’est reçu.</h1><p>Réponses : {count}</p></html>"""

Fields = dict[str, str]


class OnePage:
    """The server; `port` 0 takes any free one. `url` is the page's address.

    `files` are the names and contents of the files that its forms have sent.
    """

    def __init__(self, page: Path, *, port: int, record: Path) -> None:
        """Bind; nothing is answered before `serve`."""
        self.page = page.resolve()
        self.record = record
        self.files: list[tuple[str, bytes]] = []
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.site = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{quote(page.name)}"

    def serve(self) -> None:
        """Answer requests until interrupted."""
        self._server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()

    def file(self, path: str) -> Path | None:
        """Return the file beside the page, or in a folder beside it, that a path names."""
        found = (self.page.parent / unquote(path).lstrip("/")).resolve()
        return found if found.is_file() and found.is_relative_to(self.page.parent) else None

    def keep(self, sent: Fields) -> None:
        """Write down what was sent."""
        with self.lock, self.record.open("a", encoding="utf-8") as sink:
            sink.write(json.dumps(sent, ensure_ascii=False) + "\n")


def fields_of(body: bytes, content_type: str) -> Fields:
    """Return what a form has sent, in the encoding that its type names.

    A field that comes several times has its values on a line each; of a file its name is told.
    What cannot be read as any of them is empty.
    """
    kind = content_type.partition(";")[0].strip().lower()
    text = body.decode("utf-8", "replace")
    if kind == "application/x-www-form-urlencoded":
        return _joined(parse_qsl(text, keep_blank_values=True))
    if kind == "multipart/form-data":
        return _joined([_part(each) for each in _parts(body, content_type)])
    if kind == "text/plain":
        lines = [line.partition("=") for line in text.split("\r\n") if "=" in line]
        return _joined([(name, value) for name, _, value in lines])
    if kind == "application/json":
        with contextlib.suppress(ValueError):
            sent = json.loads(text)
            if isinstance(sent, dict):
                return {str(name): _plain(value) for name, value in sent.items()}
    return {}


def files_of(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """Return names and contents of the files that a form has sent."""
    if not content_type.lower().startswith("multipart/form-data"):
        return []
    found = [
        (each.get_filename(), each.get_payload(decode=True)) for each in _parts(body, content_type)
    ]
    return [(name, content) for name, content in found if name and isinstance(content, bytes)]


def _parts(body: bytes, content_type: str) -> list[Message]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = message_from_bytes(head + body).get_payload()
    return [each for each in parts if isinstance(each, Message)]


def _part(part: Message) -> tuple[str, str]:
    name = str(part.get_param("name", "", "content-disposition"))
    if (filename := part.get_filename()) is not None:
        return name, filename
    payload = part.get_payload(decode=True)
    return name, payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _joined(pairs: list[tuple[str, str]]) -> Fields:
    fields: Fields = {}
    for name, value in pairs:
        fields[name] = f"{fields[name]}\n{value}" if name in fields else value
    return fields


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    site: OnePage


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site, asked = self.server.site, urlsplit(self.path)
        if asked.path in {"/", START}:
            self._send(HTTPStatus.SEE_OTHER, b"", location=urlsplit(site.url).path)
            return
        sent = _joined(parse_qsl(asked.query, keep_blank_values=True))
        is_document = self.headers.get("Sec-Fetch-Dest", "document") in {"document", "iframe"}
        if sent and is_document:
            site.keep(sent)
        found = site.file(asked.path)
        if sent and is_document and found in {None, site.page}:
            self._received(sent)
        elif found is not None:
            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            self._send(HTTPStatus.OK, found.read_bytes(), kind=kind)
        else:
            self._send(HTTPStatus.NOT_FOUND, "Il n’y a rien à cette adresse.".encode())

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(min(size, BODY_LIMIT_BYTES))
        if size > BODY_LIMIT_BYTES:
            self.close_connection = True
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "C’est trop long.".encode())
            return
        kind = self.headers.get("Content-Type", "")
        sent = fields_of(body, kind)
        self.server.site.files += files_of(body, kind)
        self.server.site.keep(sent)
        if "json" in kind:
            self._send(HTTPStatus.OK, b'{"ok": true}', kind="application/json")
        else:
            self._received(sent)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: what is sent here is nobody's business."""

    def _received(self, sent: Fields) -> None:
        page = _ANSWER.format(count=escape(str(len(sent))))
        self._send(HTTPStatus.OK, page.encode(), kind="text/html")

    def _send(
        self, status: HTTPStatus, content: bytes, *, kind: str = "text/plain", location: str = ""
    ) -> None:
        self.send_response(status)
        text = "; charset=utf-8" if kind.startswith("text/") else ""
        self.send_header("Content-Type", f"{kind}{text}")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m e2e.site.one_page")
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--record", type=Path, required=True, help="gets a JSON line a submission")
    options = parser.parse_args()
    site = OnePage(options.page, port=options.port, record=options.record)
    print(site.url, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        site.serve()


if __name__ == "__main__":
    main()
