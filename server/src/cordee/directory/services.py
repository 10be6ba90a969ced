"""Changing the directory: partners, reasons, agents."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cordee.accounts.models import User
from cordee.directory.models import Agent, Partner, Reason
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal


class AgentLabelTaken(Refusal):
    """Two agents of a partner would be seen under the same name."""

    code = "agent_label_taken"
    message = "Une personne de cette administration porte déjà ce nom ; ajoutez une initiale."


@transaction.atomic
def add_partner(
    *,
    slug: str,
    label: str,
    phone: str = "",
    start_url: str = "",
    allowed_hosts: list[str] | None = None,
    actor: Actor,
    now: datetime,
) -> Partner:
    """Return the partner with this slug, made when it is new."""
    partner, is_new = Partner.objects.get_or_create(
        slug=slug,
        defaults={
            "label": label,
            "phone": phone,
            "start_url": start_url,
            "allowed_hosts": allowed_hosts or [],
        },
    )
    if is_new:
        record(at=now, actor=actor, verb="added", object_kind="partner", object_id=slug)
    return partner


@transaction.atomic
def add_reason(
    *,
    partner: Partner,
    label: str,
    duration_min: int,
    start_url: str = "",
    actor: Actor,
    now: datetime,
) -> Reason:
    """Return the partner's reason with this label, made when it is new."""
    reason, is_new = Reason.objects.get_or_create(
        partner=partner,
        label=label,
        defaults={"duration_min": duration_min, "start_url": start_url},
    )
    if is_new:
        record(at=now, actor=actor, verb="added", object_kind="reason", object_id=str(reason.pk))
    return reason


@transaction.atomic
def set_start_url(*, reason: Reason, start_url: str, actor: Actor, now: datetime) -> None:
    """Change where the visits of a reason begin."""
    if Reason.objects.filter(pk=reason.pk).exclude(start_url=start_url).update(start_url=start_url):
        record(at=now, actor=actor, verb="moved", object_kind="reason", object_id=str(reason.pk))


@transaction.atomic
def add_agent(*, user: User, partner: Partner, label: str, actor: Actor, now: datetime) -> Agent:
    """Make the person an agent of the partner. Raises AgentLabelTaken."""
    if Agent.objects.filter(partner=partner, label=label).exclude(user=user).exists():
        raise AgentLabelTaken
    agent, is_new = Agent.objects.get_or_create(
        user=user, defaults={"partner": partner, "label": label}
    )
    if is_new:
        record(
            at=now,
            actor=actor,
            verb="added",
            object_kind="agent",
            object_id=str(agent.pk),
            detail={"partner": partner.slug},
        )
    return agent
