"""A real coturn on this machine, with the deny list that ships in `deploy/turn`."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Self

from e2e.stand.processes import ROOT, Running, free_port, is_listening, run

CONFIG = ROOT / "deploy/turn/turnserver.conf"


class Relay:
    """coturn on 127.0.0.1. A context manager; hand `env` to the server.

    `may_reach_loopback` is for tests whose two ends are on this machine: it takes the loopback
    range out of the deny list, which stays whole otherwise. `relays_v6` gives out IPv6 addresses
    of this machine too.
    """

    def __init__(
        self, folder: Path, *, may_reach_loopback: bool = False, relays_v6: bool = False
    ) -> None:
        """Start coturn and wait until it listens."""
        self.port = free_port()
        self.secret = secrets.token_hex(16)
        folder.mkdir(parents=True, exist_ok=True)
        lines = CONFIG.read_text().splitlines()
        if may_reach_loopback:
            lines = [line for line in lines if not line.startswith("denied-peer-ip=127.")]
            lines.append("allow-loopback-peers")
        lines += [
            "listening-ip=127.0.0.1",
            "relay-ip=127.0.0.1",
            *(["relay-ip=::1"] if relays_v6 else []),
            f"listening-port={self.port}",
            "realm=cordee.invalid",
            f"static-auth-secret={self.secret}",
            "no-tls",
            "no-dtls",
            # Without it coturn does not say what it gave out and carried.
            "verbose",
            "log-file=stdout",
            f"pidfile={folder / 'turnserver.pid'}",
            f"userdb={folder / 'turndb'}",
        ]
        self._start(folder, lines)
        self.process.wait_until(lambda: is_listening(self.port), within_s=10, what="listens")
        self.url = f"turn:127.0.0.1:{self.port}?transport=udp"
        self.env = {"CORDEE_TURN_URLS": self.url, "CORDEE_TURN_SECRET": self.secret}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.stop()

    def _start(self, folder: Path, lines: list[str]) -> None:
        config = folder / "turnserver.conf"
        config.write_text("\n".join(lines) + "\n")
        config.chmod(0o600)
        self.process = Running(["turnserver", "-c", config], name="turnserver", folder=folder)

    def allocations(self) -> int:
        """Return how many relayed addresses it has given out so far."""
        return self.process.output().count("ALLOCATE processed, success")


class TownRelay(Relay):
    """coturn in a line's town, by every way: UDP and TCP on `port`, TLS on `TLS_PORT`.

    It relays to the town's `ip` alone. `trusted` is Chromium's flag that trusts its certificate.
    """

    TLS_PORT = 443
    WAYS = ("udp", "tcp", "tls")

    def __init__(self, folder: Path, ip: str, *, ways: Collection[str] = WAYS) -> None:
        """Start coturn in this process's network and wait until it listens."""
        self.port = free_port()
        self.secret = secrets.token_hex(16)
        folder.mkdir(parents=True, exist_ok=True)
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        _make_certificate(key, certificate, ip)
        lines = [
            *CONFIG.read_text().splitlines(),
            f"allowed-peer-ip={ip}",
            f"listening-ip={ip}",
            f"relay-ip={ip}",
            f"listening-port={self.port}",
            f"tls-listening-port={self.TLS_PORT}",
            f"cert={certificate}",
            f"pkey={key}",
            "realm=cordee.invalid",
            f"static-auth-secret={self.secret}",
            "no-dtls",
            "verbose",
            "log-file=stdout",
            f"pidfile={folder / 'turnserver.pid'}",
            f"userdb={folder / 'turndb'}",
        ]
        self._start(folder, lines)
        for port in (self.port, self.TLS_PORT):
            self.process.wait_until(
                lambda port=port: is_listening(port, host=ip),  # type: ignore[misc]
                within_s=10,
                what="listens",
            )
        urls = {
            "udp": f"turn:{ip}:{self.port}?transport=udp",
            "tcp": f"turn:{ip}:{self.port}?transport=tcp",
            "tls": f"turns:{ip}:{self.TLS_PORT}?transport=tcp",
        }
        self.url = ",".join(urls[way] for way in ways)
        self.env = {"CORDEE_TURN_URLS": self.url, "CORDEE_TURN_SECRET": self.secret}
        self.trusted = f"--ignore-certificate-errors-spki-list={_fingerprint(certificate)}"


def _make_certificate(key: Path, certificate: Path, ip: str) -> None:
    what = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=relay"]
    name = ["-addext", f"subjectAltName=IP:{ip}"]
    run(["openssl", *what, "-keyout", key, "-out", certificate, *name])


def _fingerprint(certificate: Path) -> str:
    """Return the base64 SHA-256 of the certificate's public key, as Chromium's flag wants it."""
    pem = run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"])
    body = "".join(line for line in pem.splitlines() if not line.startswith("-"))
    return base64.b64encode(hashlib.sha256(base64.b64decode(body)).digest()).decode()
