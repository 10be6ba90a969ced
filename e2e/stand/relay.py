"""A real coturn on this machine, with the deny list that ships in `deploy/turn`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Self

from e2e.stand.processes import ROOT, Running, free_port, is_listening

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
        config = folder / "turnserver.conf"
        config.write_text("\n".join(lines) + "\n")
        config.chmod(0o600)
        self.process = Running(["turnserver", "-c", config], name="turnserver", folder=folder)
        self.process.wait_until(lambda: is_listening(self.port), within_s=10, what="listens")
        self.url = f"turn:127.0.0.1:{self.port}?transport=udp"
        self.env = {"CORDEE_TURN_URLS": self.url, "CORDEE_TURN_SECRET": self.secret}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.stop()

    def allocations(self) -> int:
        """Return how many relayed addresses it has given out so far."""
        return self.process.output().count("ALLOCATE processed, success")
