"""What the kiosk's log says of a visit."""

from __future__ import annotations

import json
from typing import Any


def entries(log: str) -> list[dict[str, Any]]:
    """Return the log's entries, in order; what is not one of the daemon's own lines is left out."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def about(log: str, visit: str) -> list[dict[str, Any]]:
    """Return the entries about one visit."""
    return [entry for entry in entries(log) if entry.get("visit") == visit]


def face_of(log: str, visit: str) -> dict[str, Any]:
    """Return the shell's `face_decoded` entry (`at`, `colour`) that the visit's fact follows.

    Empty while there is none.
    """
    seen: dict[str, Any] = {}
    for entry in entries(log):
        if entry.get("event") == "face_decoded":
            seen = entry
        elif entry.get("kind") == "face_decoded" and entry.get("visit") == visit:
            return seen
    return {}
