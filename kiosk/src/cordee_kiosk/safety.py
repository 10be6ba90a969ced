"""What a kiosk must never run with: Chromium open to the page it shows."""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cordee_kiosk.config import Config, is_loopback

NO_SANDBOX = (
    "Le bac à sable de Chromium est coupé (no_sandbox) : une page piégée tiendrait la borne. "
    "Mettez no_sandbox à false, et lancez la borne avec un utilisateur ordinaire."
)
IN_CLEAR = (
    "L’adresse du serveur commence par http:// : quiconque est sur la ligne lirait le code et "
    "donnerait ses propres clés. Donnez une adresse https://."
)
FORBIDDEN_FLAGS = frozenset(
    {
        "--no-sandbox",
        "--disable-setuid-sandbox",
        "--disable-namespace-sandbox",
        "--disable-seccomp-filter-sandbox",
        "--disable-gpu-sandbox",
        "--no-zygote-sandbox",
        "--single-process",
        "--disable-web-security",
        "--disable-site-isolation-trials",
        "--ignore-certificate-errors",
        "--remote-debugging-port",
        "--remote-debugging-address",
        # Both give camera and microphone to the partner's page too.
        "--auto-accept-camera-and-microphone-capture",
        "--use-fake-ui-for-media-stream",
    }
)


class Unsafe(Exception):
    """The daemon does not start with these settings; the sentence says what to change."""


@dataclass(frozen=True)
class Process:
    """Who runs the daemon."""

    uid: int
    pid: int
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def this(cls) -> Process:
        """Return this process."""
        return cls(uid=os.geteuid(), pid=os.getpid(), environment=os.environ)

    @property
    def is_service(self) -> bool:
        """Whether systemd started this very process (systemd.exec(5), SYSTEMD_EXEC_PID)."""
        return self.environment.get("SYSTEMD_EXEC_PID") == str(self.pid)


def faults(config: Config) -> list[str]:
    """Return a sentence for each setting that no kiosk may have. Empty: none."""
    return [*([NO_SANDBOX] if config.no_sandbox else []), *_other_faults(config)]


def require_safe_start(config: Config, process: Process) -> None:
    """Raise Unsafe for what `faults` finds.

    The switch alone passes for root outside a service, where Chromium has no sandbox to offer:
    that is how the tests run.
    """
    may_switch = process.uid == 0 and not process.is_service
    found = _other_faults(config) if may_switch else faults(config)
    if found:
        raise Unsafe(" ".join(found))


def keep_no_memory() -> None:
    """Let no process from here on leave its memory on the disk when it crashes (core(5))."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def is_in_clear(server: str) -> bool:
    """Return whether what goes to this address can be read and changed on the way."""
    try:
        return urlsplit(server).scheme == "http" and not is_loopback(server)
    except ValueError:
        # No address at all: whoever uses it says so.
        return False


def _other_faults(config: Config) -> list[str]:
    return [*([IN_CLEAR] if is_in_clear(config.server) else []), *_flag_faults(config)]


def _flag_faults(config: Config) -> list[str]:
    given = {flag.partition("=")[0] for flag in config.chromium_flags}
    return [
        f"L’option {flag} est interdite à une borne : retirez-la de chromium_flags."
        for flag in sorted(given & FORBIDDEN_FLAGS)
    ]
