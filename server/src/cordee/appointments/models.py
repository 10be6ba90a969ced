"""Booked hours and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from cordee.appointments.rules import SeatKind
from cordee.directory.models import Agent, Reason
from cordee.fleet.models import Kiosk

if TYPE_CHECKING:
    from datetime import datetime


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments by time and condition."""

    def standing(self) -> AppointmentQuerySet:
        """Return those that were not cancelled."""
        return self.filter(cancelled_at=None)

    def between(self, start: datetime, end: datetime) -> AppointmentQuerySet:
        """Return those that share an instant with `[start, end)`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Appointment(models.Model):
    """A citizen, a kiosk and an agent at the same hour.

    `citizen` is how the person wants to be called; `citizen_phone` is where to warn them.
    """

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+")
    citizen = models.CharField(max_length=80)
    citizen_phone = models.CharField(max_length=24, blank=True)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        """Ends after it starts."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["kiosk", "starts_at"]),
            models.Index(fields=["agent", "starts_at"]),
        ]

    def __str__(self) -> str:
        """Return hour and kiosk, not the person."""
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.kiosk_id}"


class HeldCell(models.Model):
    """Five minutes of one seat. The constraint is what makes double booking impossible."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="+")
    seat_kind = models.CharField(
        max_length=12, choices=[(kind.value, kind.value) for kind in SeatKind]
    )
    seat_id = models.BigIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        """Nobody holds the same five minutes of a seat twice."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["seat_kind", "seat_id", "starts_at"], name="one_holder_a_cell"
            )
        ]

    def __str__(self) -> str:
        """Return the seat and the five minutes."""
        return f"{self.seat_kind} {self.seat_id} {self.starts_at:%Y-%m-%d %H:%M}"
