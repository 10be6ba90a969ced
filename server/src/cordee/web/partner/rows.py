"""What a line of the manager's pages says about an agent or a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from cordee.appointments.diaries import may_receive
from cordee.web.week.days import clock, minutes_in

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.directory.models import Agent, Reason
    from cordee.kernel.period import Period


def address(agent: Agent, name: str) -> Callable[[int], str]:
    """Return how the pages that change this agent's week are addressed, by key."""
    return lambda key: reverse(name, args=[agent.pk, key])


@dataclass(frozen=True)
class AgentRow:
    """An agent: what they know, and whether they receive people today.

    `hours_today` are the day's openings, none when an absence covers them. `kind` is the light's.
    """

    pk: int
    label: str
    skills: str
    languages: str
    reasons: list[str]
    knows: frozenset[int]
    hours_today: str
    absent_until: datetime | None
    is_closed: bool
    has_openings: bool
    kind: str


def agent_row(agent: Agent, reasons: Sequence[Reason], *, today: Period) -> AgentRow:
    """Describe an agent of `directory.staff_of`; `today` is the local day."""
    on = timezone.localtime(today.start).date()
    is_open = agent.user.is_active
    known = [reason for reason in reasons if may_receive(agent, reason, "")]
    away = [absence for absence in agent.absences.all() if absence.period().overlaps(today)]
    openings = [opening.rule() for opening in agent.openings.all()]
    rules = sorted(
        (rule.start_min, rule.end_min)
        for rule in openings
        if rule.weekday == on.weekday() and rule.counts_on(on)
    )
    extra = [span.period() for span in agent.extra_openings.all() if span.ends_at > today.start]
    rules += sorted(minutes_in(today, period) for period in extra if period.overlaps(today))
    is_away = any(
        absence.starts_at <= today.start and today.end <= absence.ends_at for absence in away
    )
    hours = ", ".join(f"{clock(start)} – {clock(end)}" for start, end in rules)
    return AgentRow(
        pk=agent.pk,
        label=agent.label,
        skills=", ".join(agent.skills),
        languages=", ".join(agent.languages),
        reasons=[reason.label for reason in known if reason.is_open],
        knows=frozenset(reason.pk for reason in known),
        hours_today="" if is_away or not is_open else hours,
        absent_until=max((absence.ends_at for absence in away), default=None),
        is_closed=not is_open,
        has_openings=bool(openings or extra),
        kind="rest" if not is_open else "warn" if away else "ok" if rules else "rest",
    )


@dataclass(frozen=True)
class ReasonRow:
    """A reason: what booking needs, and who can receive for it."""

    pk: int
    label: str
    duration_min: int
    skill: str
    sites: list[str]
    notice_h: int
    horizon_days: int
    agents: list[str]
    is_open: bool


def reason_row(reason: Reason, agents: Sequence[AgentRow]) -> ReasonRow:
    """Describe a reason of `directory.reasons_of`; `agents` are those whose account is open."""
    return ReasonRow(
        pk=reason.pk,
        label=reason.label,
        duration_min=reason.duration_min,
        skill=reason.skill,
        sites=[site.name for site in reason.sites.all()],
        notice_h=reason.notice_h,
        horizon_days=reason.horizon_days,
        agents=[agent.label for agent in agents if reason.pk in agent.knows],
        is_open=reason.is_open,
    )
