"""Taking a table in: all of it or nothing, and every error with its line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cordee.jobs.imports.cells import Cells, Problem, RowsWrong, padded_code
from cordee.jobs.imports.tables import Row, Table
from cordee.kernel.refusal import Refusal

Put = Callable[[Sequence[Cells], datetime], bool]


@dataclass(frozen=True)
class Kind:
    """What a table may hold.

    `put` takes the rows that share `key` and returns whether anything changed. It raises RowsWrong
    when it found problems, or a Refusal. Not `is_grouped`: each key stands in one row only.
    """

    needed: tuple[str, ...]
    further: tuple[str, ...]
    key: tuple[str, ...]
    put: Put
    is_grouped: bool = False


@dataclass(frozen=True)
class Report:
    """What came of it. With problems, or on a dry run, nothing was written."""

    rows: int
    changed: int
    same: int
    problems: tuple[Problem, ...]


def take_in(table: Table, kind: Kind, *, is_dry: bool, now: datetime) -> Report:
    """Take a table in, in one transaction. `changed` and `same` count keys, not rows."""
    missing = [name for name in kind.needed if name not in table.columns]
    unknown = [name for name in table.columns if name and name not in kind.needed + kind.further]
    if missing or unknown:
        told = [f"La colonne « {name} » manque." for name in missing]
        told += [f"La colonne « {name} » est inconnue." for name in unknown]
        return Report(len(table.rows), 0, 0, tuple(Problem(1, each) for each in told))
    problems: list[Problem] = []
    changed = same = 0
    with transaction.atomic():
        for group in _groups(table, kind, problems):
            try:
                # A savepoint: a refusal undoes this group and lets the others be looked at.
                with transaction.atomic():
                    is_new = kind.put(group, now)
                changed, same = changed + is_new, same + (not is_new)
            except RowsWrong:
                pass
            except Refusal as refusal:
                group[0].wrong(refusal.message)
            problems += [problem for cells in group for problem in cells.problems]
        if problems or is_dry:
            transaction.set_rollback(True)
    problems.sort(key=lambda problem: problem.line)
    return Report(len(table.rows), changed, same, tuple(problems))


def have_problems(rows: Sequence[Cells]) -> bool:
    """Return whether some cell of these rows was wrong."""
    return any(cells.problems for cells in rows)


def _groups(table: Table, kind: Kind, problems: list[Problem]) -> list[list[Cells]]:
    groups: dict[tuple[str, ...], list[Cells]] = {}
    for row in table.rows:
        key = tuple(_key_cell(row, name) for name in kind.key)
        if not all(key):
            # Rows without their key are not the same thing twice: each has its own problem.
            key = (*key, str(row.line))
        group = groups.setdefault(key, [])
        if group and not kind.is_grouped:
            problems.append(Problem(row.line, f"Répète la ligne {group[0].row.line}."))
        else:
            group.append(Cells(row))
    return list(groups.values())


def _key_cell(row: Row, name: str) -> str:
    text = row.values.get(name, "").casefold()
    # A spreadsheet takes 05065 for a number and drops its zero, in some rows of a file.
    return padded_code(text) if name == "code_insee" and text else text
