"""Saying of one row all that the services would refuse, beside what is wrong in its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from cordee.jobs.imports.cells import Cells
from cordee.kernel.refusal import Refusal

T = TypeVar("T")


def check(
    cells: Cells,
    row: T,
    changes: Mapping[str, object],
    faults: Callable[[T], Mapping[str, Refusal]],
    *,
    columns: Mapping[str, str],
) -> None:
    """Say every fault that `row` would have with its `changes`; `row` is written, never saved.

    `columns` names the column of a field where both differ.
    """
    for name, value in changes.items():
        setattr(row, name, value)
    for name, refusal in faults(row).items():
        say(cells, columns.get(name, name), refusal.message)


def say(cells: Cells, column: str, sentence: str) -> None:
    """Say what is wrong with a column in a service's own sentence."""
    cells.wrong(f"« {column} » : {sentence[:1].lower()}{sentence[1:]}")


def readable(
    cells: Cells, changes: Mapping[str, T], *, together: Mapping[str, str]
) -> dict[str, T]:
    """Return the changes without the fields that are judged together when one was unreadable.

    `together` are those fields, and the column of each. The unreadable one has been said already;
    the other would only seem to be wrong.
    """
    is_whole = all((name in changes) == cells.has(column) for name, column in together.items())
    return {name: value for name, value in changes.items() if is_whole or name not in together}


def say_of_all(rows: Sequence[Cells]) -> None:
    """Say of each row what is wrong with the key that they share; the first was asked for it."""
    for cells in rows[1:]:
        for problem in rows[0].problems:
            cells.wrong(problem.message)
