"""Whom an agent's falling out touches, as their manager may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cordee.appointments.stand_ins import Plan, plans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cordee.appointments.models import Appointment
    from cordee.directory.models import Agent
    from cordee.web.leaving import Left


@dataclass(frozen=True)
class Touched:
    """The agent's own visits with who can take them, those where they sit in, and their calls.

    Of another partner's visits nothing is known but how many: `elsewhere`. `left` is all of it,
    as a form carries it.
    """

    plans: Sequence[Plan]
    seats: Sequence[Appointment]
    elsewhere: int
    left: Left

    @property
    def may_choose(self) -> bool:
        """Whether somebody could take over one of the visits."""
        return any(plan.able for plan in self.plans)


def touched_of(agent: Agent, left: Left, *, now: datetime) -> Touched:
    """Sort the visits that the agent leaves: those they receive at, and those they sit in."""
    own = [each for each in left.visits if each.agent_id == agent.pk]
    beside = [each for each in left.visits if each.agent_id != agent.pk]
    seats = [each for each in beside if each.agent.partner_id == agent.partner_id]
    return Touched(plans(own, now=now), seats, len(beside) - len(seats), left)
