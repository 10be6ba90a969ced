"""What many tests look at and none changes for the others: made once for a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def kept_for_a_module(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep what the block writes until a module fixture ends, then take it back.

    Each test's own transaction lies inside of this one: it sees the rows and takes its own back.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def count_rows() -> None:
    """Let PostgreSQL plan by what was just written.

    It may have counted the tables while they were empty, and counts anew only what is committed:
    a search among what it takes for no rows can last minutes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
