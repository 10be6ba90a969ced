"""Reading the partners, why people come, the agents and their keys."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime

import msgspec

from cordee.accounts.models import User
from cordee.accounts.rules import normal_email
from cordee.directory.models import (
    Absence,
    Agent,
    AgentKey,
    BusyTime,
    ExtraOpening,
    Mandate,
    Opening,
    Partner,
    Reason,
)
from cordee.directory.requests import KeyRequest, KeyRequests
from cordee.directory.rules import (
    EXPIRED,
    KeyState,
    is_renewal_due,
    is_skilled,
    read_certificate,
)
from cordee.kernel import base64url
from cordee.kernel.period import Period
from cordee_wire.signed import Certificate, Root, key_fingerprint, short_groups


def partners() -> list[Partner]:
    """Return every partner, by label."""
    return list(Partner.objects.order_by("label"))


def agent_of(user_id: int | None) -> Agent | None:
    """Return the agent who signs in with this account, with the partner."""
    return Agent.objects.select_related("partner").filter(user=user_id).first()


def partner_managed_by(user_id: int | None) -> Partner | None:
    """Return the partner that this person manages, None for everybody else."""
    mandate = Mandate.objects.select_related("partner").filter(user=user_id).first()
    return mandate.partner if mandate else None


def managers_of(partner: Partner) -> list[User]:
    """Return who runs the partner and has an account, in the order of their mandates."""
    mandates = Mandate.objects.filter(partner=partner, user__is_active=True)
    return [mandate.user for mandate in mandates.select_related("user").order_by("pk")]


def managers_by_partner(partners: Collection[int]) -> dict[int, set[int]]:
    """Return the keys of the accounts that run each partner, by its key, as `managers_of`."""
    managers: dict[int, set[int]] = {partner: set() for partner in partners}
    mandates = Mandate.objects.filter(partner__in=partners, user__is_active=True)
    for partner, user in mandates.values_list("partner", "user"):
        managers[partner].add(user)
    return managers


def topics() -> list[tuple[Reason, Agent]]:
    """Return what can be booked: each reason with each open agent of its partner.

    Ordered by partner, then reason, then agent.
    """
    by_partner: dict[int, list[Agent]] = {}
    for agent in Agent.objects.filter(user__is_active=True).order_by("label"):
        by_partner.setdefault(agent.partner_id, []).append(agent)
    reasons = Reason.objects.select_related("partner").order_by("partner__label", "label")
    return [
        (reason, agent) for reason in reasons for agent in by_partner.get(reason.partner_id, [])
    ]


def keys_state(agent: Agent, *, now: datetime) -> str:
    """Return `certified`, `pending`, `expired` or `none`: the best among the agent's keys."""
    states = {state_of(key, now=now) for key in AgentKey.objects.filter(agent=agent)}
    for state in (KeyState.CERTIFIED.value, KeyState.PENDING.value, EXPIRED):
        if state in states:
            return state
    return "none"


def state_of(key: AgentKey, *, now: datetime) -> str:
    """Return where a key stands: a KeyState, or `expired` once its certificate has ended."""
    is_over = key.expires_at is not None and key.expires_at <= now
    return EXPIRED if key.state == KeyState.CERTIFIED and is_over else key.state


def keys_to_renew(agent: Agent, *, now: datetime) -> datetime | None:
    """Return when the agent's certificate ends, if that is soon: it is to be renewed before."""
    key = AgentKey.objects.certified(now).filter(agent=agent).first()
    return key.expires_at if key and is_renewal_due(key.expires_at, now=now) else None


def root_fingerprint(partner: Partner) -> str:
    """Return the first 16 bytes of the SHA-256 of the root, in groups of four, or nothing."""
    if not partner.root_public_key:
        return ""
    return short_groups(hashlib.sha256(base64url.decode(partner.root_public_key)).digest())


def partner_by_slug(slug: str) -> Partner | None:
    """Return the partner with this slug."""
    return Partner.objects.filter(slug=slug).first()


def reason_named(partner: Partner, label: str) -> Reason | None:
    """Return the partner's reason with this label."""
    return Reason.objects.select_related("partner").filter(partner=partner, label=label).first()


def agent_by_email(email: str) -> Agent | None:
    """Return the agent who signs in with this address, with the partner."""
    found = Agent.objects.select_related("partner", "user")
    return found.filter(user__email=normal_email(email)).first()


def pending_keys(partner: Partner) -> list[AgentKey]:
    """Return the keys that wait for this partner's root, renewals too, oldest first."""
    found = AgentKey.objects.waiting().select_related("agent__partner")
    return list(found.filter(agent__partner=partner))


def key_requests(partner: Partner) -> KeyRequests:
    """Return what the partner's root is asked to sign, for the machine that keeps it."""
    return KeyRequests(
        partner=partner.slug,
        root_public_key=partner.root_public_key,
        requests=[
            KeyRequest(
                holder=key.agent.label,
                recipient=key.recipient,
                verify_key=key.verify_key,
                proof=key.proof,
            )
            for key in pending_keys(partner)
        ],
    )


def key_with_fingerprint(agent: Agent, fingerprint: str) -> AgentKey | None:
    """Return the agent's key that the page shows under this fingerprint, spaces aside."""
    wanted = "".join(fingerprint.split()).lower()
    for key in AgentKey.objects.filter(agent=agent).order_by("id"):
        shown = key_fingerprint(agent.label, key.recipient, key.verify_key)
        if shown.replace(" ", "") == wanted:
            return key
    return None


def keys_shown(agent: Agent) -> AgentKey | None:
    """Return the agent's newest key that is certified or waits for it."""
    return (
        AgentKey.objects.filter(agent=agent).exclude(state=KeyState.REVOKED).order_by("-id").first()
    )


def certificate_of(agent: Agent, *, now: datetime) -> Certificate | None:
    """Return the certificate of the agent's newest certified key, unless it has ended."""
    key = AgentKey.objects.certified(now).filter(agent=agent).first()
    return certificate_read(key.certificate) if key else None


def certificates_of(agents: set[int], *, now: datetime) -> dict[int, Certificate | None]:
    """Return the certificate of each agent's newest certified key, by the agent's key."""
    keys = AgentKey.objects.certified(now).filter(agent__in=agents).order_by("id")
    return {key.agent_id: certificate_read(key.certificate) for key in keys}


def certificate_read(stored: object) -> Certificate | None:
    """Return a certificate as the database keeps it (JSON), or None for none."""
    return msgspec.convert(stored, Certificate) if stored else None


def recipients_of(agent: Agent, *, now: datetime) -> set[str]:
    """Return every recipient that a page for this agent may be sealed to: keys and recovery."""
    certified = AgentKey.objects.certified(now).filter(agent=agent)
    recipients = set(certified.values_list("recipient", flat=True))
    partner = agent.partner
    recovery = certificate_read(partner.recovery_certificate)
    if recovery is not None:
        body = read_certificate(recovery, root_public_key=partner.root_public_key)
        if body is not None and now.timestamp() < body.not_after:
            recipients.add(body.recipient)
    return recipients


def roots() -> list[Root]:
    """Return every partner's root, for a kiosk to pin."""
    found = Partner.objects.exclude(root_public_key="").order_by("slug")
    return [Root(partner=partner.slug, public_key=partner.root_public_key) for partner in found]


def reasons_open() -> list[Reason]:
    """Return every reason that can be booked, with its partner and sites, in two queries."""
    found = Reason.objects.filter(is_open=True).select_related("partner")
    return list(found.prefetch_related("sites").order_by("partner__label", "label"))


def open_reason(reason_id: int) -> Reason | None:
    """Return the reason with this key while it can be booked, with its partner."""
    rows = Reason.objects.filter(is_open=True).select_related("partner")
    return rows.filter(pk=reason_id).first()


def reasons_of(partner: Partner) -> list[Reason]:
    """Return the partner's reasons, closed ones too, by label."""
    return list(Reason.objects.filter(partner=partner).prefetch_related("sites").order_by("label"))


def agents_of(partner: Partner) -> list[Agent]:
    """Return the partner's agents with an open account, by label, with what makes their week.

    Openings, extra openings, absences and busy times are read ahead: five queries in all.
    """
    found = Agent.objects.filter(partner=partner, user__is_active=True).select_related("partner")
    week = ("openings", "extra_openings", "absences", "busy_times")
    return list(found.prefetch_related(*week).order_by("label"))


def staff_of(partner: Partner) -> list[Agent]:
    """Return the partner's agents, those whose account is closed last, by label (4 queries)."""
    found = Agent.objects.filter(partner=partner).select_related("partner", "user")
    found = found.prefetch_related("openings", "extra_openings", "absences")
    return list(found.order_by("-user__is_active", "label"))


def agent_in(partner: Partner, agent_id: int) -> Agent | None:
    """Return the partner's agent with this key, open or closed; another partner's is None."""
    found = Agent.objects.select_related("partner", "user")
    return found.filter(partner=partner, pk=agent_id).first()


def reason_in(partner: Partner, reason_id: int) -> Reason | None:
    """Return the partner's reason with this key, open or closed; another partner's is None."""
    found = Reason.objects.select_related("partner")
    return found.filter(partner=partner, pk=reason_id).first()


def agents_knowing(reason: Reason) -> list[Agent]:
    """Return the agents of `agents_of` who receive for this reason (`rules.is_skilled`)."""
    return [
        agent for agent in agents_of(reason.partner) if is_skilled(agent.skills, skill=reason.skill)
    ]


def absences_of(agent: Agent) -> list[Absence]:
    """Return all of the agent's absences, the past ones too."""
    return list(Absence.objects.filter(agent=agent).order_by("starts_at"))


def extra_openings_of(agent: Agent) -> list[ExtraOpening]:
    """Return all of the agent's extra openings, the past ones too."""
    return list(ExtraOpening.objects.filter(agent=agent).order_by("starts_at"))


def absences_to_come(agent: Agent, *, now: datetime) -> list[Absence]:
    """Return the agent's absences that have not ended, the next first."""
    return list(Absence.objects.filter(agent=agent, ends_at__gt=now).order_by("starts_at"))


def extra_openings_to_come(agent: Agent, *, now: datetime) -> list[ExtraOpening]:
    """Return the agent's extra openings that have not ended, the next first."""
    return list(ExtraOpening.objects.filter(agent=agent, ends_at__gt=now).order_by("starts_at"))


def openings_of(agent: Agent) -> list[Opening]:
    """Return the agent's weekly openings, from Monday on."""
    return list(Opening.objects.filter(agent=agent).order_by("weekday", "start_min", "pk"))


def busy_between(agent: Agent, period: Period) -> list[BusyTime]:
    """Return what the agent's own calendar says busy within `period`, in order."""
    found = BusyTime.objects.filter(agent=agent, starts_at__lt=period.end, ends_at__gt=period.start)
    return list(found.order_by("starts_at"))


def absences_between(agent: Agent, period: Period) -> list[Absence]:
    """Return the agent's absences that share an instant with `period`, in order."""
    found = Absence.objects.filter(agent=agent, starts_at__lt=period.end, ends_at__gt=period.start)
    return list(found.order_by("starts_at"))


def extra_openings_between(agent: Agent, period: Period) -> list[ExtraOpening]:
    """Return the agent's extra openings that share an instant with `period`, in order."""
    found = ExtraOpening.objects.filter(
        agent=agent, starts_at__lt=period.end, ends_at__gt=period.start
    )
    return list(found.order_by("starts_at"))


def agent_of_feed(agent_id: int, token: str) -> Agent | None:
    """Return the agent whose feed this token opens; a wrong token takes as long as a right one."""
    found = Agent.objects.filter(pk=agent_id, user__is_active=True).first()
    kept = found.calendar_token if found is not None else ""
    is_theirs = hmac.compare_digest(kept.encode(), token.encode())
    return found if kept and is_theirs else None
