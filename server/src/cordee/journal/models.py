"""The journal: one row for every act, never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries can be read and added, nothing else."""

    def about(self, object_kind: str, object_id: str) -> EntryQuerySet:
        """Return the entries about one thing, oldest first."""
        return self.filter(object_kind=object_kind, object_id=object_id).order_by("id")

    def update(self, **_changes: object) -> int:
        """Refuse: the journal is append-only."""
        raise JournalIsAppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: the journal is append-only."""
        raise JournalIsAppendOnly


class JournalIsAppendOnly(RuntimeError):
    """A defect: some code tried to change or remove a journal entry."""


class Entry(models.Model):
    """Who did what to which thing, and when. Holds identifiers and codes, never content."""

    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    verb = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=24)
    object_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        """Found by the thing it is about."""

        indexes: ClassVar = [models.Index(fields=["object_kind", "object_id"])]

    def __str__(self) -> str:
        """Return the entry as one line."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.verb} {self.object_kind} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; refuse to change one."""
        if not self._state.adding:
            raise JournalIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the journal is append-only."""
        raise JournalIsAppendOnly
