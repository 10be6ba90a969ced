"""The partner's site in a process of its own, beside the kiosk at the far end of a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from e2e.stand.processes import Running


class FarSite:
    """`python -m e2e.site` in a namespace. A context manager; `base` and `url` as `Site` has them.

    `first` is a page shown in the place of the form; the files beside it are served too.
    """

    def __init__(
        self, folder: Path, *, port: int, within: Sequence[str], first: Path | None = None
    ) -> None:
        """Remember the wishes; it starts on entering."""
        self.port = port
        self.base = f"http://127.0.0.1:{port}/"
        self.url = f"{self.base}aide/1"
        self.record = folder / "received.jsonl"
        self._folder = folder
        words: dict[str, object] = {"--port": port, "--record": self.record}
        if first:
            words |= {"--first": first, "--folder": first.parent}
        flat = [str(word) for pair in words.items() for word in pair]
        self._command = [*within, sys.executable, "-m", "e2e.site", *flat]

    def __enter__(self) -> Self:
        self._process = Running(self._command, name="site", folder=self._folder)
        process = self._process
        process.wait_until(lambda: "aide/1" in process.output(), within_s=20, what="serves")
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.stop()

    @property
    def received(self) -> list[dict[str, str]]:
        """Every accepted application, field by field exactly as sent."""
        if not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text().splitlines()]
