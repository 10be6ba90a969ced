"""Reading the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cordee.journal.models import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def last_id() -> int:
    """Return the id of the newest entry, 0 for an empty journal."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def entries_after(entry_id: int, *, verbs: Iterable[str]) -> list[Entry]:
    """Return the entries newer than `entry_id` with one of `verbs`, oldest first."""
    return list(Entry.objects.filter(id__gt=entry_id, verb__in=list(verbs)).order_by("id"))


def entries_about(object_kind: str, object_id: str) -> list[Entry]:
    """Return everything that was done to one thing, oldest first."""
    return list(Entry.objects.all().about(object_kind, object_id))


def has_entry(object_kind: str, object_id: str, *, verb: str, since: datetime) -> bool:
    """Return whether this was done to this thing after `since`."""
    found = Entry.objects.all().about(object_kind, object_id)
    return found.filter(verb=verb, at__gt=since).exists()
