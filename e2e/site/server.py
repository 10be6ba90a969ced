"""The sample partner site's server: session cookie, validation, three pages and a confirmation."""

from __future__ import annotations

import json
import mimetypes
import secrets
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from e2e.site.form import PAGES, problems
from e2e.site.html import done_page, form_page, own_page, plain_page
from e2e.site.sign_in import (
    CODE_PATH,
    PASSWORD_PATH,
    PATHS,
    WELCOME_PATH,
    WRONG_CODE,
    Account,
    SignIn,
)

BODY_LIMIT_BYTES = 65_536
COOKIE = "dossier"
FILES = {"/site.css": "text/css", "/site.js": "text/javascript"}


@dataclass
class Session:
    """What one visitor has answered so far; `number` once the application is in."""

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    answers: dict[str, str] = field(default_factory=dict)
    done: int = 0
    number: str = ""
    account: Account = field(default_factory=Account)


class Site:
    """The site on `127.0.0.1:port` (0: any free port), in a thread of its own.

    `received` holds every accepted application, field by field exactly as sent; `record` gets the
    same as JSON lines, flushed. `pages` holds further pages by path, as a test needs them; what a
    form sends them by GET is received too. `files` holds further files by path. `asked` is the path
    of every request for a page or file. Use as a context manager.
    """

    def __init__(self, *, port: int = 0, record: Path | None = None) -> None:
        self.received: list[dict[str, str]] = []
        self.pages: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.sessions: dict[str, Session] = {}
        self.sign_in = SignIn()
        self.lock = threading.Lock()
        self._record = record
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.site = self
        self.port = int(self._server.server_address[1])
        self.base = f"http://127.0.0.1:{self.port}/"
        self.url = f"{self.base}aide/1"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Answer requests until shut down."""
        self._server.serve_forever(poll_interval=0.1)

    def accept(self, session: Session) -> None:
        """Take an application in, once."""
        with self.lock:
            if session.number:
                return
            session.number = f"05-{len(self.received) + 1:06d}"
            self.keep({**session.answers, "n°": session.number})

    def keep(self, sent: dict[str, str]) -> None:
        """Write down what was sent."""
        self.received.append(sent)
        if self._record:
            with self._record.open("a", encoding="utf-8") as sink:
                sink.write(json.dumps(sent, ensure_ascii=False) + "\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    site: Site


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.site.asked.append(path)
        if path in self.server.site.pages:
            sent = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            if sent:
                self.server.site.keep(sent)
            self._own(self.server.site.pages[path].encode(), "text/html; charset=utf-8")
        elif path in self.server.site.files:
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            self._own(self.server.site.files[path], kind)
        elif path in FILES:
            content = (Path(__file__).parent / path[1:]).read_bytes()
            self._send(HTTPStatus.OK, content, FILES[path])
        elif path in PATHS:
            self._show_sign_in(path, *self._session())
        elif path in {"/", "/aide/"}:
            self._redirect("/aide/1", self._session()[0])
        elif path == "/aide/fin":
            self._show_end()
        elif (page := _page_of(path)) is not None:
            key, session = self._session()
            if page > session.done:
                self._redirect(f"/aide/{session.done + 1}", key)
            else:
                self._html(HTTPStatus.OK, form_page(page, session.answers, {}, session.token), key)
        else:
            text = plain_page("Page introuvable", "Cette adresse n’existe pas.")
            self._html(HTTPStatus.NOT_FOUND, text)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        page = _page_of(path)
        size = int(self.headers.get("Content-Length", "0"))
        is_sign_in = path in {PASSWORD_PATH, CODE_PATH}
        if (page is None and not is_sign_in) or size > BODY_LIMIT_BYTES:
            # Read what comes, within reason: an unread body would cut the answer off.
            self.rfile.read(min(size, 16 * BODY_LIMIT_BYTES))
            self.close_connection = True
            text = plain_page("Demande refusée", "Cet envoi n’est pas attendu.")
            self._html(HTTPStatus.BAD_REQUEST, text)
            return
        sent = dict(parse_qsl(self.rfile.read(size).decode(), keep_blank_values=True))
        key, session = self._session()
        if page is None:
            self._sign_in(path, sent, key, session)
            return
        if sent.pop("jeton", "") != session.token or page > session.done:
            text = plain_page("Session expirée", "Votre session n’est plus ouverte.")
            self._html(HTTPStatus.FORBIDDEN, text, key)
            return
        names = [asked.name for asked in PAGES[page][1]]
        session.answers.update({name: sent.get(name, "") for name in names})
        errors = problems(page, session.answers)
        if errors:
            text = form_page(page, session.answers, errors, session.token)
            self._html(HTTPStatus.UNPROCESSABLE_ENTITY, text, key)
            return
        session.done = max(session.done, page + 1)
        if session.done == len(PAGES) == page + 1:
            self.server.site.accept(session)
            self._redirect("/aide/fin", key)
        else:
            self._redirect(f"/aide/{page + 2}", key)

    def _sign_in(self, path: str, sent: dict[str, str], key: str, session: Session) -> None:
        sign_in, account = self.server.site.sign_in, session.account
        with self.server.site.lock:
            if path == PASSWORD_PATH:
                self._redirect(sign_in.password(account, sent), key)
                return
            is_in = sign_in.code(account, sent)
        if is_in:
            self._redirect(WELCOME_PATH, key)
        else:
            self._show_sign_in(path, key, session, WRONG_CODE)

    def _show_sign_in(self, path: str, key: str, session: Session, error: str = "") -> None:
        heading, body = self.server.site.sign_in.page(path, session.account, error)
        self._html(HTTPStatus.OK, own_page(heading, body), key)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: what is sent here is nobody's business."""

    def _show_end(self) -> None:
        key, session = self._session()
        if session.number:
            self._html(HTTPStatus.OK, done_page(session.number), key)
        else:
            self._redirect(f"/aide/{session.done + 1}", key)

    def _session(self) -> tuple[str, Session]:
        """Return the visitor's session and its key, a new one where the cookie names none."""
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            cookies = SimpleCookie()
        key = cookies[COOKIE].value if COOKIE in cookies else ""
        with self.server.site.lock:
            if key not in self.server.site.sessions:
                key = secrets.token_urlsafe(24)
                self.server.site.sessions[key] = Session()
            return key, self.server.site.sessions[key]

    def _own(self, content: bytes, kind: str) -> None:
        """Send a page of a test: with scripts of its own, so without the site's policy."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _redirect(self, to: str, key: str) -> None:
        self._send(HTTPStatus.SEE_OTHER, b"", "text/html", key=key, location=to)

    def _html(self, status: HTTPStatus, text: str, key: str = "") -> None:
        self._send(status, text.encode(), "text/html", key=key)

    def _send(
        self, status: HTTPStatus, content: bytes, kind: str, *, key: str = "", location: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        if key:
            self.send_header("Set-Cookie", f"{COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)


def _page_of(path: str) -> int | None:
    """Return the form's page (from 0) that `/aide/<n>` names."""
    head, _, last = path.rpartition("/")
    is_page = head == "/aide" and last in {str(number + 1) for number in range(len(PAGES))}
    return int(last) - 1 if is_page else None
