"""Reading the environment: the only place where settings come from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def text(name: str, default: str = "") -> str:
    """Return the variable, trimmed."""
    return os.environ.get(name, default).strip()


def flag(name: str) -> bool:
    """Return whether the variable says yes (`1`, `true`, `yes`, `on`)."""
    return text(name).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list, without empty items."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Return Django's description of the database at `url`.

    `sqlite:///relative/path`, `sqlite:////absolute/path`, or
    `postgres://user:password@host:port/name?sslmode=require`; an empty host means the local
    socket, and `?host=/run/postgresql` another one. Raises ValueError for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme in {"postgres", "postgresql"}:
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
        }
    raise ValueError(
        f"DATABASE_URL : « {parts.scheme}:// » n’est pas connu ; "
        "utilisez sqlite:///chemin ou postgres://…"
    )


def socket_origin(public_url: str) -> list[str]:
    """Return the origin of our own WebSockets, none when no public address is known.

    `'self'` covers them in CSP level 3; older browsers need their scheme named.
    """
    parts = urlsplit(public_url)
    schemes = {"https": "wss", "http": "ws"}
    return [f"{schemes[parts.scheme]}://{parts.netloc}"] if parts.scheme in schemes else []


def _sqlite(path: Path) -> dict[str, Any]:
    # WAL lets readers and the one writer work together; IMMEDIATE takes the write lock at the
    # start of a transaction, where waiting (timeout) works, and not in its middle, where it fails.
    # FULL, because a kiosk forgets a fact once it is told that it is kept: with WAL, NORMAL may
    # lose the last commits when the power fails.
    return {
        "ENGINE": "cordee.config.sqlite",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        # A file, as in production: two connections have to see each other.
        "TEST": {"NAME": path.with_name(f"test_{path.name}")},
    }
