"""The kiosk's voice, noted: espeak-ng as ever, only faster, with each sentence written down."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

WORDS_PER_MINUTE = 1500
_SCRIPT = """#!/bin/sh
text=$(cat)
printf '%s\\n' "$text" >> {sentences}
printf '%s' "$text" | exec {program} "$@" -s {pace}
"""


class NotedVoice:
    """Hand `settings` to a kiosk; `sentences` is what it has said aloud so far.

    The kiosk keeps a sentence's sound: one said twice is written down once.
    """

    def __init__(self, folder: Path) -> None:
        """Lay the program out in `folder`. Raises FileNotFoundError without espeak-ng."""
        program = shutil.which("espeak-ng")
        if program is None:
            raise FileNotFoundError("espeak-ng")
        folder.mkdir(parents=True, exist_ok=True)
        self._said = folder / "sentences"
        script = folder / "espeak-ng"
        script.write_text(
            _SCRIPT.format(sentences=self._said, program=program, pace=WORDS_PER_MINUTE)
        )
        script.chmod(0o755)
        self.settings = {"PATH": f"{folder}:{os.environ['PATH']}"}

    @property
    def sentences(self) -> list[str]:
        """Return every sentence said, in order."""
        return self._said.read_text().splitlines() if self._said.exists() else []
