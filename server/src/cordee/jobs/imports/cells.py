"""Reading the cells of one row: every wrong one is kept with a plain sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from cordee.jobs.imports.tables import Row
from cordee.kernel.cells import WeeklyRule

_YES = {"oui": True, "o": True, "x": True, "1": True, "non": False, "n": False, "0": False}
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?(?::00)?)?")
_FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Problem:
    """What is wrong, and at which line of the file."""

    line: int
    message: str


class RowsWrong(Exception):
    """Some cells of these rows cannot be taken as they are."""


@dataclass
class Cells:
    """The cells of a row. A wrong one gives None and a problem; an empty one gives None alone."""

    row: Row
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, message: str) -> None:
        """Keep what is wrong with this row."""
        self.problems.append(Problem(self.row.line, message))

    def has(self, name: str) -> bool:
        """Return whether the cell is not empty."""
        return name in self.row.values

    def text(self, name: str, *, limit: int) -> str | None:
        """Return a text of at most `limit` letters."""
        value = self.row.values.get(name)
        if value is not None and len(value) > limit:
            self.wrong(f"« {name} » : {limit} lettres au plus, il y en a {len(value)}.")
            return None
        return value

    def needed(self, name: str, *, limit: int) -> str:
        """Return a text that must be there."""
        if not self.has(name):
            self.wrong(f"« {name} » manque.")
        return self.text(name, limit=limit) or ""

    def number(self, name: str) -> int | None:
        """Return a whole number, zero or more."""
        value = self.row.values.get(name)
        if value is None:
            return None
        digits = value.replace(" ", "")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9:  # noqa: PLR2004 - a count
            self.wrong(f"« {name} » : écrivez un nombre entier, pas « {_short(value)} ».")
            return None
        return int(digits)

    def degrees(self, name: str) -> float | None:
        """Return a number with a fraction, by comma or by point."""
        value = self.row.values.get(name)
        if value is None:
            return None
        try:
            return float(value.replace(",", "."))
        except ValueError:
            self.wrong(f"« {name} » : écrivez des degrés, comme 44,66, pas « {_short(value)} ».")
            return None

    def yes(self, name: str) -> bool | None:
        """Return whether the cell says yes."""
        value = self.row.values.get(name)
        if value is None:
            return None
        found = _YES.get(value.lower())
        if found is None:
            self.wrong(f"« {name} » : écrivez oui ou non, pas « {_short(value)} ».")
        return found

    def items(self, name: str, *, limit: int = 200) -> list[str] | None:
        """Return a list: its items are parted by `|`."""
        value = self.row.values.get(name)
        if value is None:
            return None
        found = [item.strip() for item in value.split("|") if item.strip()]
        for item in found:
            if len(item) > limit:
                self.wrong(f"« {name} » : « {_short(item)} » a plus de {limit} lettres.")
        return found

    def day(self, name: str) -> date | None:
        """Return a date: `2027-01-31` or `31/01/2027`."""
        value = self.row.values.get(name)
        if value is None:
            return None
        french = _FRENCH_DATE.fullmatch(value)
        try:
            if french:
                return date(int(french[3]), int(french[2]), int(french[1]))
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(f"« {name} » : écrivez une date, comme 31/01/2027, pas « {_short(value)} ».")
            return None

    def weekly_rule(self) -> WeeklyRule | None:
        """Return the hours in `jour`, `de`, `a`, `depuis`, `jusqu_au`."""
        weekday = self._weekday()
        start, end = self._minutes("de"), self._minutes("a")
        since, until = self.day("depuis"), self.day("jusqu_au")
        if weekday is None or start is None or end is None:
            return None
        is_upside_down = start >= end
        if is_upside_down:
            self.wrong("L’heure de fin n’est pas après celle du début.")
        is_over_before = since is not None and until is not None and until < since
        if is_over_before:
            self.wrong("Le dernier jour est avant le premier.")
        if is_upside_down or is_over_before:
            return None
        return WeeklyRule(weekday, start, end, since, until)

    def _weekday(self) -> int | None:
        name = self.needed("jour", limit=10).lower()
        if name in _DAYS:
            return _DAYS.index(name)
        if name:
            self.wrong(f"« jour » : écrivez lundi, mardi…, pas « {_short(name)} ».")
        return None

    def _minutes(self, name: str) -> int | None:
        value = self.needed(name, limit=20)
        found = _HOUR.fullmatch(value)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found else -1
        if found and minutes <= 24 * 60 and int(found[2] or 0) < 60:  # noqa: PLR2004 - a clock
            return minutes
        if value:
            self.wrong(
                f"« {name} » : écrivez une heure, comme 9:00 ou 13h30, pas « {_short(value)} »."
            )
        return None


def padded_code(code: str) -> str:
    """Return an INSEE code with the zero that a spreadsheet took from it: `5065` is `05065`."""
    return code.zfill(5)


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:40]}…"  # noqa: PLR2004 - a line of a terminal
