"""Reading the partners, why people come, the agents and their keys."""

from __future__ import annotations

import hashlib

from cordee.directory.models import Agent, AgentKey, Partner, Reason
from cordee.directory.rules import KeyState
from cordee.kernel import base64url


def partners() -> list[Partner]:
    """Return every partner, by label."""
    return list(Partner.objects.order_by("label"))


def agent_of(user_id: int | None) -> Agent | None:
    """Return the agent who signs in with this account, with the partner."""
    return Agent.objects.select_related("partner").filter(user=user_id).first()


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


def keys_state(agent: Agent) -> str:
    """Return `certified`, `pending` or `none`: the best state among the agent's keys."""
    states = set(AgentKey.objects.filter(agent=agent).values_list("state", flat=True))
    for state in (KeyState.CERTIFIED, KeyState.PENDING):
        if state in states:
            return state.value
    return "none"


def root_fingerprint(partner: Partner) -> str:
    """Return the first 16 bytes of the SHA-256 of the root, in groups of four, or nothing."""
    if not partner.root_public_key:
        return ""
    digest = hashlib.sha256(base64url.decode(partner.root_public_key)).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))
