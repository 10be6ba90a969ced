"""How the database becomes empty again after a test that commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.core.management.commands import flush
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

OF_THE_MIGRATIONS = {"django_content_type", "auth_permission"}
"""What these tables hold is made with the schema, and no test changes it."""


@contextmanager
def emptied_by_rows() -> Iterator[None]:
    """Delete rows where there are any.

    Django takes each table's file anew and then makes what comes with the schema again: a quarter
    of a second a test on PostgreSQL.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", _tables)
        patch.setattr(connection.ops, "execute_sql_flush", _delete)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_options: None)
        yield


def _tables(_style: object, tables: Sequence[str], **_options: object) -> list[str]:
    """Return the tables to empty, in the place of statements: `_delete` gets them."""
    return [connection.ops.quote_name(each) for each in sorted({*tables} - OF_THE_MIGRATIONS)]


def _delete(tables: Sequence[str]) -> None:
    """Wait for whoever still writes, then delete; foreign keys are looked at in the end."""
    full = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {table})"  # noqa: S608 - a table of ours
        for number, table in enumerate(tables)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(full)
        found = [tables[number] for (number,) in cursor.fetchall()]
        with _journal_may_go(cursor):
            for table in found:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - likewise


@contextmanager
def _journal_may_go(cursor: CursorWrapper) -> Iterator[None]:
    """Let entries be deleted, which the database refuses to everybody else."""
    trigger = "journal_entry_stays"
    if connection.vendor == "postgresql":
        cursor.execute(f"ALTER TABLE journal_entry DISABLE TRIGGER {trigger}")
        yield
        cursor.execute(f"ALTER TABLE journal_entry ENABLE TRIGGER {trigger}")
        return
    cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [trigger])
    ((made_by,),) = cursor.fetchall()
    cursor.execute(f"DROP TRIGGER {trigger}")
    yield
    cursor.execute(made_by)
