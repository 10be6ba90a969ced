"""The only writer of the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cordee.journal.models import Entry
from cordee.journal.rules import is_content_free

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.journal.rules import Actor, Detail


def record(
    *,
    at: datetime,
    actor: Actor,
    verb: str,
    object_kind: str,
    object_id: str,
    detail: Detail | None = None,
) -> Entry:
    """Write down one act, inside the transaction of the service that does it.

    Raises RuntimeError outside a transaction and ValueError when `detail` could hold content:
    both are defects of the caller.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An act and its journal entry belong to one transaction.")
    detail = detail or {}
    if not is_content_free(detail):
        raise ValueError("A journal entry holds no content.")
    return Entry.objects.create(
        at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        verb=verb,
        object_kind=object_kind,
        object_id=object_id,
        detail=detail,
    )
