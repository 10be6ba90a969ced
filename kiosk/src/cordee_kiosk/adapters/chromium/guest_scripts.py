"""The scripts that the front end builds for the guest's documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class GuestScripts:
    """What runs in every document of the guest."""

    recorder: str
    hook: str

    @classmethod
    def read(cls, folder: Path) -> GuestScripts:
        """Read the two built scripts."""
        return cls(
            recorder=(folder / "recorder.js").read_text(encoding="utf-8"),
            hook=(folder / "hook.js").read_text(encoding="utf-8"),
        )
