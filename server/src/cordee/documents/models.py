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

    def due(
        self, *, offered_before: datetime, received_before: datetime, acknowledged_before: datetime
    ) -> SealedPageQuerySet:
        """Return those that have to leave the server: arrived, opened, or never to arrive."""
        return self.kept().filter(
            Q(received_at__lte=received_before)
            | Q(acknowledged_at__lte=acknowledged_before)
            | Q(received_at=None, offered_at__lte=offered_before)
        )

    def stalled(self, *, appended_before: datetime) -> SealedPageQuerySet:
        """Return those of which a part arrived and nothing has come since."""
        return self.filter(state=PageState.ARRIVING, appended_at__lte=appended_before)


class SealedPage(models.Model):
    """A page that only its recipients can open. The file lies in `CORDEE_DATA/pages`.

    `public_id` was made by the kiosk. `offset` is how many bytes have arrived; `sha256` (hex) is
    that of the whole sealed file. `appended_at` is when the last of the bytes here came, None while
    there are none of an arriving page.
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
    appended_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    objects = SealedPageQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the public id."""
        return self.public_id
