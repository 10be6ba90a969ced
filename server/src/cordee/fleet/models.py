"""The kiosks and their enrolment."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from cordee.fleet.rules import SILENT_AFTER
from cordee.kernel.ids import new_hex
from cordee.territory.models import Site


class KioskQuerySet(models.QuerySet["Kiosk"]):
    """Kiosks by their condition."""

    def enrolled(self) -> KioskQuerySet:
        """Return the kiosks that have a key and were not revoked."""
        return self.filter(revoked_at=None).exclude(public_key="")


class Kiosk(models.Model):
    """A box in a site. `public_key` (Ed25519, base64url) is empty until its enrolment.

    `link` names the WebSocket that holds it now, so that an older one cannot declare it gone.
    `boot` changes each time its daemon starts.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_hex, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60, unique=True)
    public_key = models.CharField(max_length=43, blank=True)
    enrolled_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    link = models.CharField(max_length=100, blank=True)
    boot = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=40, blank=True)

    objects = KioskQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def is_here(self, now: datetime) -> bool:
        """Return whether the kiosk holds a link and was heard lately."""
        seen_at = self.last_seen_at
        return bool(self.link) and seen_at is not None and now - seen_at < SILENT_AFTER


class EnrolmentCode(models.Model):
    """A code that makes one box a kiosk, once. Only the hash of the code is kept."""

    kiosk = models.ForeignKey(Kiosk, models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return which kiosk it is for, never the code."""
        return f"code for {self.kiosk}"

    def is_usable(self, now: datetime) -> bool:
        """Return whether the code can still be used."""
        return self.used_at is None and now < self.expires_at
