"""Sealed pages: what the server knows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from cordee.documents.rules import PageState
from cordee.visits.models import Visit

if TYPE_CHECKING:
    from datetime import datetime


class SealedPageQuerySet(models.QuerySet["SealedPage"]):
    """Pages by their condition."""

    def kept(self) -> SealedPageQuerySet:
        """Return those whose file is still here."""
        return self.exclude(state=PageState.PURGED)

    def due(self, *, offered_before: datetime, acknowledged_before: datetime) -> SealedPageQuerySet:
        """Return those that have to leave the server."""
        return self.kept().filter(
            Q(offered_at__lte=offered_before) | Q(acknowledged_at__lte=acknowledged_before)
        )


class SealedPage(models.Model):
    """A page that only its recipients can open. The file lies in `CORDEE_DATA/pages`.

    `public_id` was made by the kiosk. `offset` is how many bytes have arrived; `sha256` (hex) is
    that of the whole sealed file.
    """

    public_id = models.CharField(max_length=32, unique=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    recipients = models.JSONField(default=list)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    offset = models.BigIntegerField(default=0)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in PageState],
        default=PageState.ARRIVING,
    )
    offered_at = models.DateTimeField(db_index=True)
    received_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    objects = SealedPageQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the public id."""
        return self.public_id
