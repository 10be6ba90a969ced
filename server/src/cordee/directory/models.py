"""Who: partners, why people come, the agents, their keys."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cordee.accounts.models import User
from cordee.directory.rules import KeyState
from cordee.territory.models import Site, Span, WeeklyHours


class Partner(models.Model):
    """An administration that receives people through Cordée.

    `root_public_key` (Ed25519, base64url) certifies its agents; its private half is never here.
    `recovery_certificate` is a wire Certificate as JSON, or None. `allowed_hosts` are the hosts
    (with the port when it is not the usual one) that its visits may open.
    """

    slug = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=120)
    phone = models.CharField(max_length=24, blank=True)
    start_url = models.URLField(max_length=500, blank=True)
    allowed_hosts = models.JSONField(default=list)
    root_public_key = models.CharField(max_length=43, blank=True)
    recovery_certificate = models.JSONField(null=True, default=None)

    def __str__(self) -> str:
        """Return the label."""
        return self.label


class Reason(models.Model):
    """Why people come. `start_url` replaces the partner's when it is not empty.

    `words` are further plain words by which people look for it. `skill` is what its agents must
    know (empty: nothing special). `languages` (ISO 639-1) are those in which people may ask to be
    received (none: all that its agents speak). `sites` are the places that offer it; none: every
    one. It is booked at least `notice_h` hours ahead and at most `horizon_days` days. `video_url`
    is the partner's own video tool, opened in the guest window in the place of our call.
    `blind_rules` are fields of its pages that only the citizen fills in and nobody else sees, each
    `host selector`.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    duration_min = models.PositiveSmallIntegerField(default=30)
    start_url = models.URLField(max_length=500, blank=True)
    words = models.TextField(blank=True)
    documents = models.JSONField(default=list, blank=True)
    instructions = models.TextField(blank=True)
    languages = models.JSONField(default=list, blank=True)
    skill = models.CharField(max_length=60, blank=True)
    sites = models.ManyToManyField(Site, related_name="+", blank=True)
    notice_h = models.PositiveSmallIntegerField(default=24)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    video_url = models.URLField(max_length=500, blank=True)
    blind_rules = models.JSONField(default=list, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        """One label a partner."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "label"], name="one_reason_a_partner")
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.label


class Agent(models.Model):
    """Someone who receives people for a partner, under the name that citizens see.

    The label is also the holder's name in the agent's certificate: unique in the partner.
    `skills` and `languages` (ISO 639-1) are lists of words. `calendar_url` is the agent's own
    calendar (iCal), whose busy times block slots; `calendar_trouble` says why it was not read
    when it was last asked for, at `calendar_tried_at`.
    `calendar_token` opens the iCal feed of their visits; empty: none.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    skills = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    calendar_url = models.URLField(max_length=500, blank=True)
    calendar_read_at = models.DateTimeField(null=True)
    calendar_tried_at = models.DateTimeField(null=True)
    calendar_trouble = models.CharField(max_length=40, blank=True)
    calendar_token = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        """One label a partner."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "label"], name="one_agent_label_a_partner")
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.label


class Mandate(models.Model):
    """A manager runs one partner: its agents, reasons and openings, and sees no other."""

    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        """Return who runs what."""
        return f"{self.user} ({self.partner})"


class Opening(WeeklyHours):
    """When an agent receives people."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="openings")


class ExtraOpening(Span):
    """When an agent receives people although their week says otherwise."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="extra_openings")


class Absence(Span):
    """When an agent is away."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="absences")


class BusyTime(Span):
    """When an agent's own calendar says busy. All are replaced when it is read again."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="busy_times")


class AgentKeyQuerySet(models.QuerySet["AgentKey"]):
    """Keys by their state."""

    def pending(self) -> AgentKeyQuerySet:
        """Return the keys that wait for their root, oldest first."""
        return self.filter(state=KeyState.PENDING).order_by("id")

    def waiting(self) -> AgentKeyQuerySet:
        """Return the keys that the root is asked about, new ones and renewals, oldest first."""
        is_renewal = Q(state=KeyState.CERTIFIED, renewal_asked_at__isnull=False)
        return self.filter(Q(state=KeyState.PENDING) | is_renewal).order_by("id")

    def certified(self, now: datetime) -> AgentKeyQuerySet:
        """Return the keys whose certificate counts at `now`, newest first."""
        return self.filter(state=KeyState.CERTIFIED, expires_at__gt=now).order_by("-id")


class AgentKey(models.Model):
    """Public keys made in an agent's browser: sealing (age) and signing (Ed25519).

    `proof` is the agent's own signature over them. `expires_at` is the end of the certificate;
    `renewal_asked_at` is set while a certified key waits for its next one.
    """

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=64)
    verify_key = models.CharField(max_length=43)
    proof = models.CharField(max_length=86, blank=True)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in KeyState],
        default=KeyState.PENDING,
    )
    certificate = models.JSONField(null=True, default=None)
    offered_at = models.DateTimeField()
    certified_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    renewal_asked_at = models.DateTimeField(null=True)

    objects = AgentKeyQuerySet.as_manager()

    class Meta:
        """A key is offered once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent", "recipient"], name="one_offer_a_recipient")
        ]

    def __str__(self) -> str:
        """Return whose key it is, and its state."""
        return f"{self.agent} ({self.state})"
