"""Booked hours and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cordee.appointments.rules import ContactKind, GuestKind, ProposalKind, SeatKind
from cordee.directory.models import Absence, Agent, Reason
from cordee.fleet.models import Kiosk
from cordee.territory.models import Commune, Site

if TYPE_CHECKING:
    from datetime import datetime


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments by time and condition."""

    def standing(self) -> AppointmentQuerySet:
        """Return those that were not cancelled."""
        return self.filter(cancelled_at=None)

    def confirmed(self) -> AppointmentQuerySet:
        """Return those that stand and are not only held."""
        return self.standing().filter(hold_ends_at=None)

    def holding(self, now: datetime) -> AppointmentQuerySet:
        """Return those whose seats nobody else may take: confirmed, or a hold that lasts."""
        lasting = Q(hold_ends_at=None) | Q(hold_ends_at__gt=now)
        return self.standing().filter(lasting, released_at=None)

    def by_telephone(self) -> AppointmentQuerySet:
        """Return those given up for a call at their hour."""
        return self.exclude(cancelled_at=None).filter(cancelled_why=ProposalKind.TELEPHONE)

    def holding_agent(self, now: datetime) -> AppointmentQuerySet:
        """Return those whose agent nobody else may take: `holding`, or a call that is theirs."""
        lasting = Q(cancelled_at=None) & (Q(hold_ends_at=None) | Q(hold_ends_at__gt=now))
        call = Q(cancelled_at__isnull=False, cancelled_why=ProposalKind.TELEPHONE)
        return self.filter(lasting | call, released_at=None)

    def left_to_others(self) -> AppointmentQuerySet:
        """Return the calls whose agent is away then, or gone, or no longer keeps the hour free."""
        return self.by_telephone().filter(_has_no_agent() | Q(released_at__isnull=False))

    def without_agent(self) -> AppointmentQuerySet:
        """Return those whose agent is away at the hour, or gone."""
        return self.filter(_has_no_agent())

    def expired(self, now: datetime) -> AppointmentQuerySet:
        """Return the holds that were neither confirmed nor let go in time."""
        return self.standing().filter(hold_ends_at__lte=now)

    def between(self, start: datetime, end: datetime) -> AppointmentQuerySet:
        """Return those that share an instant with `[start, end)`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


def _has_no_agent() -> Q:
    away = Absence.objects.filter(
        agent=OuterRef("agent"),
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    return Q(agent__user__is_active=False) | Q(Exists(away))


class Appointment(models.Model):
    """A citizen, a kiosk and an agent at the same hour.

    `citizen` is how the person wants to be called; `citizen_phone` or `citizen_email`, as
    `contact_kind` says, is where to warn them. A referrer may have booked for them; a
    `responsible` person answers for a minor or someone under guardianship. `code` opens the
    citizen's page, together with the name. While `hold_ends_at` is set it is a hold, which another
    booking may break after that instant; a confirmed one has none. `key` makes a repeated request
    the same booking, `person_key` (person and reason) makes two tabs one person while it stands.
    `spoken` is the language (ISO 639) that the agent was asked to speak, empty: any; `language` is
    the one in which the citizen is written to.
    Its seats are held from `starts_at` to `ends_at`, the kiosk for `turnover_min` more, until
    `released_at`; given up for a call by telephone, the agent's alone stays. `moved_from` is the
    appointment that this one replaces. `reminded_at` is when the desk has called someone whom no
    message reaches. `is_by_hand`: whoever booked it knew that somebody is there, whatever the hours
    say.
    """

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+")
    citizen = models.CharField(max_length=80)
    citizen_phone = models.CharField(max_length=24, blank=True)
    citizen_email = models.EmailField(blank=True)
    contact_kind = models.CharField(
        max_length=12,
        choices=[(kind.value, kind.value) for kind in ContactKind],
        default=ContactKind.NONE,
    )
    commune = models.ForeignKey(Commune, models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=8, default="fr")
    spoken = models.CharField(max_length=8, blank=True)
    referrer = models.CharField(max_length=80, blank=True)
    referrer_contact = models.CharField(max_length=254, blank=True)
    responsible = models.CharField(max_length=80, blank=True)
    responsible_contact = models.CharField(max_length=254, blank=True)
    is_wheelchair_needed = models.BooleanField(default=False)
    code = models.CharField(max_length=12, unique=True, null=True)  # noqa: DJ001 - unique where set
    key = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique where set
    person_key = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - likewise
    video_url = models.URLField(max_length=500, blank=True)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    turnover_min = models.PositiveSmallIntegerField(default=0)
    booked_at = models.DateTimeField()
    hold_ends_at = models.DateTimeField(null=True, db_index=True)
    released_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=40, blank=True)
    reminded_at = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    no_show_at = models.DateTimeField(null=True)
    is_by_hand = models.BooleanField(default=False)
    moved_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

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


class GuestSeat(models.Model):
    """Someone else who sits in. `agent` is set for one of ours, whose time is then held.

    `language` (ISO 639) is what an interpreter of ours was asked to speak.
    """

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="guests")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in GuestKind])
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80, blank=True)
    contact = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8, blank=True)

    def __str__(self) -> str:
        """Return the kind of seat."""
        return self.kind


class WaitingEntry(models.Model):
    """Someone who waits for an earlier or any slot. `site` None: any within their reach.

    It is open until `closed_at`: booked, withdrawn, or past `until_at`. `code` opens the person's
    page of it, together with the name. `person_key` (as of an appointment) is there while it is
    open, so that nobody waits twice for a reason; `key` makes a repeated request the same entry.
    A referrer and a `responsible` person are as of an appointment: the latter sits in at what is
    offered. The agent must speak `spoken`, an interpreter of `interpreted` sits in (ISO 639; empty:
    none is asked for), and with `is_wheelchair_needed` only places with such access are offered.
    `known` has by site what was free as they entered, or was told since (`appointments.news`).
    """

    reason = models.ForeignKey(Reason, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, null=True, related_name="+")
    commune = models.ForeignKey(Commune, models.SET_NULL, null=True, related_name="+")
    replaces = models.ForeignKey(Appointment, models.CASCADE, null=True, related_name="+")
    citizen = models.CharField(max_length=80)
    citizen_phone = models.CharField(max_length=24, blank=True)
    citizen_email = models.EmailField(blank=True)
    contact_kind = models.CharField(
        max_length=12, choices=[(kind.value, kind.value) for kind in ContactKind]
    )
    language = models.CharField(max_length=8, default="fr")
    referrer = models.CharField(max_length=80, blank=True)
    referrer_contact = models.CharField(max_length=254, blank=True)
    responsible = models.CharField(max_length=80, blank=True)
    responsible_contact = models.CharField(max_length=254, blank=True)
    spoken = models.CharField(max_length=8, blank=True)
    interpreted = models.CharField(max_length=8, blank=True)
    is_wheelchair_needed = models.BooleanField(default=False)
    code = models.CharField(max_length=12, unique=True, null=True)  # noqa: DJ001 - unique where set
    key = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique where set
    person_key = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - likewise
    known = models.JSONField(default=dict)
    until_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return what is waited for, not who waits."""
        return f"waiting for {self.reason_id}"


class Offer(models.Model):
    """A freed slot, held for one person on the waiting list until `expires_at`."""

    entry = models.ForeignKey(WaitingEntry, models.CASCADE, related_name="offers")
    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="+")
    code = models.CharField(max_length=12, unique=True)
    expires_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)
    was_taken = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Return which slot it is about."""
        return f"offer of {self.appointment_id}"


class Proposal(models.Model):
    """What is proposed when the kiosk, the site or the agent of an appointment falls out.

    `cause` names what fell out and when, so that people are told once of each. A proposal of
    another kiosk, site or hour has all three of `kiosk`, `agent` and `starts_at`. `key` is made of
    all of these: the same thing is proposed once.
    """

    key = models.CharField(max_length=200, unique=True)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="proposals")
    cause = models.CharField(max_length=80)
    kind = models.CharField(
        max_length=12, choices=[(kind.value, kind.value) for kind in ProposalKind]
    )
    kiosk = models.ForeignKey(Kiosk, models.CASCADE, null=True, related_name="+")
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    chosen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return the kind and what it is about."""
        return f"{self.kind} for {self.appointment_id}"
