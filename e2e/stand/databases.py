"""Databases to begin from, made once and copied: migrated, and seeded."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

from e2e.stand.processes import BIN, ROOT, run

DATABASE = "cordee.sqlite3"
KEPT = ROOT / "var/stand"
"""Migrated databases, each named by what made it. Nothing in them is worth keeping."""


@cache
def empty_database() -> Path:
    """Return an empty SQLite database with its tables, to be copied.

    It is kept until a migration, or a locked package, changes; two that make it at once do no harm.
    """
    kept = KEPT / f"{_migrations()}.sqlite3"
    if kept.exists():
        return kept
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        env = {"CORDEE_DEBUG": "1", "CORDEE_DATA": folder}
        run([BIN / "cordee", "migrate", "--verbosity", "0"], env=env)
        (Path(folder) / DATABASE).replace(kept)
    for other in KEPT.glob("*.sqlite3"):
        if other != kept:
            other.unlink(missing_ok=True)
    return kept


class Seeds:
    """What a seeding made, for whoever seeds the same again in this process.

    `folder` is theirs alone; a copy has the log-ins and the days of the first.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with none."""
        self._folder = folder
        self._printed: dict[tuple[str, ...], str] = {}

    def take(self, words: tuple[str, ...], database: Path) -> str | None:
        """Put what `words` made in the place of `database`; return what they printed, if ever."""
        printed = self._printed.get(words)
        if printed is not None:
            shutil.copy(self._of(words), database)
        return printed

    def keep(self, words: tuple[str, ...], database: Path, printed: str) -> None:
        """Keep the database that `words` have just filled, and what they printed."""
        shutil.copy(database, self._of(words))
        self._printed[words] = printed

    def _of(self, words: tuple[str, ...]) -> Path:
        return self._folder / hashlib.sha256("\0".join(words).encode()).hexdigest()


def _migrations() -> str:
    """Return what names the tables: every migration of ours, and the lock, for those of others."""
    seen = hashlib.sha256((ROOT / "requirements/all.txt").read_bytes())
    for path in sorted((ROOT / "server/src/cordee").glob("**/migrations/*.py")):
        seen.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return seen.hexdigest()[:16]
