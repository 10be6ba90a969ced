"""How the database becomes empty again after a test that commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.core.management.commands import flush
from django.db import connection

OF_THE_MIGRATIONS = {"django_content_type", "auth_permission"}
"""What these tables hold is made with the schema, and no test changes it."""


@contextmanager
def emptied_by_rows() -> Iterator[None]:
    """Delete rows where there are any.

    Django takes each table's file anew and then makes what comes with the schema again: a quarter
    of a second a test on PostgreSQL.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", _deletions)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_options: None)
        yield


def _deletions(_style: object, tables: Sequence[str], **_options: object) -> list[str]:
    """Return a statement for each table that has rows; foreign keys are looked at in the end."""
    name = connection.ops.quote_name
    wanted = sorted(set(tables) - OF_THE_MIGRATIONS)
    each = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name(table)})" for table in wanted)  # noqa: S608 - tables of ours
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return [f"DELETE FROM {name(table)}" for (table,) in cursor.fetchall()]  # noqa: S608 - likewise
