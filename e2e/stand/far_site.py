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

    With `first` it is `python -m e2e.site.one_page` that shows this page, and the files beside it.
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
        module = ["e2e.site.one_page", "--page", first] if first else ["e2e.site"]
        words = [*module, "--port", port, "--record", self.record]
        self._command = [*within, sys.executable, "-m", *map(str, words)]

    def __enter__(self) -> Self:
        self._process = Running(self._command, name="site", folder=self._folder)
        process = self._process
        process.wait_until(lambda: self.base in process.output(), within_s=20, what="serves")
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.stop()

    @property
    def received(self) -> list[dict[str, str]]:
        """Every accepted application, field by field exactly as sent."""
        if not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text().splitlines()]
