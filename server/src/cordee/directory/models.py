"""Who: partners, why people come, the agents, their keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cordee.accounts.models import User
from cordee.directory.rules import KeyState


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
    """Why people come. `start_url` replaces the partner's when it is not empty."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    duration_min = models.PositiveSmallIntegerField(default=30)
    start_url = models.URLField(max_length=500, blank=True)

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
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)

    class Meta:
        """One label a partner."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "label"], name="one_agent_label_a_partner")
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.label


class AgentKeyQuerySet(models.QuerySet["AgentKey"]):
    """Keys by their state."""

    def pending(self) -> AgentKeyQuerySet:
        """Return the keys that wait for their root, oldest first."""
        return self.filter(state=KeyState.PENDING).order_by("id")

    def certified(self) -> AgentKeyQuerySet:
        """Return the keys in use, newest first."""
        return self.filter(state=KeyState.CERTIFIED).order_by("-id")


class AgentKey(models.Model):
    """Public keys made in an agent's browser: sealing (age) and signing (Ed25519)."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=64)
    verify_key = models.CharField(max_length=43)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in KeyState],
        default=KeyState.PENDING,
    )
    certificate = models.JSONField(null=True, default=None)
    offered_at = models.DateTimeField()
    certified_at = models.DateTimeField(null=True)

    objects = AgentKeyQuerySet.as_manager()

    class Meta:
        """A key is offered once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent", "recipient"], name="one_offer_a_recipient")
        ]

    def __str__(self) -> str:
        """Return whose key it is, and its state."""
        return f"{self.agent} ({self.state})"
