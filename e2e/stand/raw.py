"""What somebody says who keeps to no page and no daemon: raw messages on the real lines.

`KEEP_LINES` is run before the agent's page; `AgentsLines` then speaks on that page's own control
channel and socket. `Box` is an enrolled kiosk without a daemon, `Person` a session without a page.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

from cordee_kiosk import config as settings
from cordee_kiosk.adapters import identity
from cordee_wire.signed import challenge_payload, http_payload
from e2e.stand.processes import BIN, run, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from e2e.stand.server import Server

WITHIN_S = 10
Said = dict[str, Any]

KEEP_LINES = """
(() => {
  const lines = { control: null, socket: null, heard: [], sent: [] };
  window.linesKept = lines;
  const make = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = make.call(this, label, options);
    if (label === 'control') {
      lines.control = channel;
      channel.addEventListener('message', ({ data }) => lines.heard.push(data));
      const send = channel.send;
      channel.send = (text) => {
        lines.sent.push(text);
        send.call(channel, text);
      };
    }
    return channel;
  };
  const Own = window.WebSocket;
  window.WebSocket = class extends Own {
    constructor(...given) {
      super(...given);
      lines.socket = this;
      this.addEventListener('message', ({ data }) => lines.heard.push(data));
    }
  };
})();
"""


@dataclass(frozen=True)
class AgentsLines:
    """The lines of an agent's open counter (its browser was opened with `KEEP_LINES`)."""

    page: Page

    def say(self, message: Said | str, *, on: str = "control") -> None:
        """Say something on the `control` channel to the kiosk or the `socket` to the server."""
        text = message if isinstance(message, str) else json.dumps(message)
        self.page.evaluate("([on, text]) => linesKept[on].send(text)", [on, text])

    def heard(self, type_: str) -> list[Said]:
        """Return what came with this type, oldest first."""
        texts = self.page.evaluate("() => linesKept.heard")
        return [said for text in texts if (said := json.loads(text))["type"] == type_]

    def sent(self, type_: str) -> list[Said]:
        """Return what the page has said to the kiosk with this type, oldest first."""
        texts = self.page.evaluate("() => linesKept.sent.filter((text) => text.startsWith('{'))")
        return [said for text in texts if (said := json.loads(text)).get("type") == type_]

    def ask(self, message: Said | str, answer: str, *, on: str = "control") -> Said:
        """Say something and return the next message of the type `answer`.

        What has an `id` is answered under it: an answer to what was asked before is passed over.
        """
        before = len(self.heard(answer))
        asked = message.get("id") if isinstance(message, dict) else None

        def answers() -> list[Said]:
            after = self.heard(answer)[before:]
            return [each for each in after if asked is None or each.get("id") == asked]

        self.say(message, on=on)
        return wait_until(answers, within_s=WITHIN_S, what=f"{answer} is heard")[0]


@dataclass(frozen=True)
class Line:
    """One raw WebSocket."""

    socket: ClientConnection

    def say(self, message: Said | str | bytes) -> None:
        """Send a message, or text or bytes as they are."""
        self.socket.send(json.dumps(message) if isinstance(message, dict) else message)

    def hear(self, type_: str) -> Said:
        """Return the next message of this type; others are passed over."""
        while True:
            said: Said = json.loads(self.socket.recv(timeout=WITHIN_S))
            if said["type"] == type_:
                return said

    def ask(self, message: Said | str | bytes, answer: str) -> Said:
        """Say something and return the next message of the type `answer`."""
        self.say(message)
        return self.hear(answer)


@contextmanager
def open_line(server: Server, path: str, *, cookies: str = "") -> Iterator[Line]:
    """Open a WebSocket to the server as its own pages would."""
    headers = {"Cookie": cookies} if cookies else None
    url = server.url.replace("http://", "ws://", 1) + path
    with connect(
        url,
        origin=server.url if cookies else None,  # type: ignore[arg-type]  # NewType of str
        additional_headers=headers,
        proxy=None,
        compression=None,
        close_timeout=1,
    ) as socket:
        yield Line(socket)


class Box:
    """A box enrolled as the kiosk named `kiosk`, its state in `state`; nothing runs on it."""

    def __init__(self, server: Server, *, kiosk: str, state: Path) -> None:
        """Enrol it."""
        self.server = server
        code = server.command("enrolment_code", "--kiosk", kiosk).split()[-1]
        words = ["--server", server.url, "--code", code, "--state", str(state)]
        run([BIN / "cordee-kiosk", "enrol", *words])
        self.identity = identity.load(state)
        self.kiosk = settings.read(state, {}).kiosk

    @contextmanager
    def line(self) -> Iterator[Line]:
        """Open the kiosk's socket and prove who it is."""
        with open_line(self.server, "/ws/kiosk") as line:
            nonce = line.hear("challenge")["nonce"]
            signature = self.identity.sign(challenge_payload(self.kiosk, nonce))
            hello = {"kiosk": self.kiosk, "signature": signature, "boot": "raw", "version": "0"}
            line.ask({"type": "hello", **hello}, "welcome")
            yield line

    def request(
        self, method: str, path: str, body: bytes, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Ask the server for something, signed with the box's key."""
        at = str(int(time.time()))
        signed = {
            "Cordee-Kiosk": self.kiosk,
            "Cordee-Time": at,
            "Cordee-Signature": self.identity.sign(http_payload(method, path, at, body)),
        }
        url = self.server.url + path
        return httpx.request(method, url, content=body, headers={**signed, **(headers or {})})


class Person:
    """A session of somebody with an account. A context manager."""

    def __init__(self, server: Server, *, email: str, password: str) -> None:
        """Log in."""
        self.server = server
        self.client = httpx.Client(base_url=server.url, follow_redirects=False, timeout=WITHIN_S)
        self.client.get("/connexion/")
        fields = {"username": email, "password": password}
        answer = self.post("/connexion/", data=fields)
        if answer.status_code != httpx.codes.FOUND:
            raise AssertionError(f"{email} cannot log in: {answer.status_code}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.client.close()

    def get(self, path: str) -> httpx.Response:
        """Fetch a page."""
        return self.client.get(path)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Send a form (`data`) or `json`, with the token that Django asks for."""
        token = self.client.cookies.get("csrftoken") or ""
        headers = {"X-CSRFToken": token, "Origin": self.server.url, "Referer": self.server.url}
        return self.client.post(path, headers=headers, **body)

    @contextmanager
    def line(self, visit: str, *, instance: str = "b" * 32) -> Iterator[Line]:
        """Open the counter's socket of a visit."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        path = f"/ws/counter/{visit}/?instance={instance}"
        with open_line(self.server, path, cookies=cookies) as line:
            yield line
