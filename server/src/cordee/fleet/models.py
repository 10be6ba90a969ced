"""The kiosks and their enrolment."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

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

    @property
    def is_enrolled(self) -> bool:
        """Whether it has a key and was not revoked: only then is it in service."""
        return bool(self.public_key) and self.revoked_at is None

    def is_here(self, now: datetime) -> bool:
        """Return whether the kiosk holds a link and was heard lately."""
        seen_at = self.last_seen_at
        return bool(self.link) and seen_at is not None and now - seen_at < SILENT_AFTER


class KioskOutageQuerySet(models.QuerySet["KioskOutage"]):
    """Outages by when they are."""

    def during(self, start: datetime, end: datetime) -> KioskOutageQuerySet:
        """Return those that share an instant with `[start, end)`."""
        lasting = Q(ends_at=None) | Q(ends_at__gt=start)
        return self.filter(lasting, starts_at__lt=end)

    def at(self, now: datetime) -> KioskOutageQuerySet:
        """Return those that last at this instant."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


class KioskOutage(models.Model):
    """When a kiosk does not work although it is enrolled. `ends_at` None: until it is put back."""

    kiosk = models.ForeignKey(Kiosk, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, db_index=True)

    objects = KioskOutageQuerySet.as_manager()

    class Meta:
        """Ends after it starts."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="kioskoutage_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        """Return which kiosk it is, and since when."""
        return f"{self.kiosk_id} {self.starts_at:%Y-%m-%d %H:%M}"


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
