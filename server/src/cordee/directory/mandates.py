"""Who manages a partner, and whom they take on and let go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.accounts.services import close_account, create_user
from cordee.directory.keys import revoke_all
from cordee.directory.models import Agent, Mandate, Partner
from cordee.directory.services import add_agent, describe_agent
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal


class NotAManager(Refusal):
    """The account has another role. Whoever appoints opens one with this role."""

    code = "not_a_manager"
    message = "Seul un compte de responsable peut gérer une administration."


class ManagesAnother(Refusal):
    """A manager runs one partner. Whoever appoints ends the other mandate first."""

    code = "manages_another"
    message = "Cette personne gère déjà une autre administration : retirez-la-lui d’abord."


class AgentClosed(Refusal):
    """The agent's account is closed: nothing of theirs changes any more."""

    code = "agent_closed"
    message = "Le compte de cette personne est fermé : elle ne reçoit plus."


@transaction.atomic
def appoint_manager(*, user: User, partner: Partner, actor: Actor, now: datetime) -> None:
    """Let a manager run a partner. Twice changes nothing. Raises NotAManager, ManagesAnother."""
    if user.role != Role.MANAGER:
        raise NotAManager
    mandate, is_new = Mandate.objects.get_or_create(user=user, defaults={"partner": partner})
    if mandate.partner_id != partner.pk:
        raise ManagesAnother
    if is_new:
        _record("manager_appointed", user, partner, actor, now)


@transaction.atomic
def dismiss_manager(*, user: User, partner: Partner, actor: Actor, now: datetime) -> None:
    """End a mandate: the person no longer sees the partner. Twice changes nothing."""
    ended, _ = Mandate.objects.filter(user=user, partner=partner).delete()
    if ended:
        _record("manager_dismissed", user, partner, actor, now)


@transaction.atomic
def take_on(
    *,
    partner: Partner,
    email: str,
    password: str,
    label: str,
    skills: Sequence[str] = (),
    languages: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> Agent:
    """Open an account and make its holder an agent of the partner, seen as `label`.

    Raises EmailTaken, PasswordWeak, AgentLabelTaken or NoSuchLanguage; then nothing is written.
    """
    user = create_user(
        email=email, password=password, name=label, role=Role.AGENT, actor=actor, now=now
    )
    agent = add_agent(user=user, partner=partner, label=label, actor=actor, now=now)
    describe_agent(agent=agent, skills=[*skills], languages=[*languages], actor=actor, now=now)
    return agent


@transaction.atomic
def let_go(*, agent: Agent, actor: Actor, now: datetime) -> None:
    """Close an agent's account with its sessions, and revoke the keys. Twice changes nothing.

    Appointments that stand are given to stand-ins above (`appointments.stand_ins`).
    """
    close_account(user=agent.user, actor=actor, now=now)
    revoke_all(agent=agent, actor=actor, now=now)


def _record(verb: str, user: User, partner: Partner, actor: Actor, now: datetime) -> None:
    record(
        at=now,
        actor=actor,
        verb=verb,
        object_kind="partner",
        object_id=partner.slug,
        detail={"user": str(user.pk)},
    )
