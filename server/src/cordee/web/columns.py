"""How long a text of a form may be: as long as the column that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from django.db.models import CharField, Model


def length_of(model: type[Model], name: str, *, at_most: int | None = None) -> int:
    """Return how many signs the column takes, and `at_most` of one that takes any number.

    PostgreSQL refuses what is longer with an error; SQLite, where most tests run, keeps it.
    Raises ValueError for a column without a limit when `at_most` is not given.
    """
    column = cast("CharField[str, str]", model._meta.get_field(name))  # noqa: SLF001 - Django's documented API
    limits = [limit for limit in (column.max_length, at_most) if limit is not None]
    if not limits:
        raise ValueError(f"{model.__name__}.{name} has no limit")
    return min(limits)
