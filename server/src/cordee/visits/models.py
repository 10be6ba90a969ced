"""What happens at the hour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cordee.appointments.models import Appointment
from cordee.fleet.models import Kiosk
from cordee.kernel.ids import new_hex
from cordee.visits.rules import (
    FINAL_STATES,
    NOTE_LIMIT,
    OUTCOME_LABELS,
    STATE_LABELS,
    Outcome,
    VisitState,
)


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits by their condition."""

    def open(self) -> VisitQuerySet:
        """Return those that are not over."""
        return self.exclude(state__in=FINAL_STATES)

    def whole(self) -> VisitQuerySet:
        """Return them with everything that a page or an agenda shows, in one query."""
        return self.select_related(
            "appointment__kiosk__site__commune__territory",
            "appointment__agent__partner",
            "appointment__agent__user",
            "appointment__reason",
        )


class Visit(models.Model):
    """The meeting of an appointment. `public_id` is its name on the wire and in addresses.

    `outcome_note` is for the partner alone.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_hex, editable=False)
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12,
        choices=[(state.value, STATE_LABELS[state]) for state in VisitState],
        default=VisitState.BOOKED,
    )
    live_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=16,
        blank=True,
        choices=[(outcome.value, OUTCOME_LABELS[outcome]) for outcome in Outcome],
    )
    outcome_note = models.CharField(max_length=NOTE_LIMIT, blank=True)
    outcome_at = models.DateTimeField(null=True)

    objects = VisitQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the public id."""
        return self.public_id


class Callback(models.Model):
    """Somebody called the person back whose visit was not held. `note` is for the partner alone."""

    visit = models.OneToOneField(Visit, models.CASCADE, related_name="callback")
    note = models.CharField(max_length=NOTE_LIMIT, blank=True)
    called_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return which visit it is about."""
        return f"callback of {self.visit_id}"


class AppliedFact(models.Model):
    """A kiosk's fact, kept once however often it is sent. `at` is the kiosk's corrected clock."""

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+")
    boot = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    applied_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        """A kiosk's boot counts its facts."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kiosk", "boot", "seq"], name="one_fact_a_number")
        ]

    def __str__(self) -> str:
        """Return what happened."""
        return f"{self.kind} {self.boot}/{self.seq}"
