"""Whom an agent's falling out touches, as their manager may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cordee.appointments.calls import calls_left
from cordee.appointments.stand_ins import Plan, plans
from cordee.web.seen import seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cordee.appointments.models import Appointment
    from cordee.directory.models import Agent
    from cordee.kernel.period import Period


@dataclass(frozen=True)
class Touched:
    """The agent's own visits with who can take them, those where they sit in, and their calls.

    Of another partner's visits nothing is known but how many: `elsewhere`. `seen` is what a form
    carries of them all.
    """

    plans: Sequence[Plan]
    seats: Sequence[Appointment]
    elsewhere: int
    calls: Sequence[Appointment]
    seen: str

    @property
    def count(self) -> int:
        """How many visits are touched in all."""
        return len(self.plans) + len(self.seats) + self.elsewhere + len(self.calls)


def touched_of(
    agent: Agent, appointments: Sequence[Appointment], period: Period | None, *, now: datetime
) -> Touched:
    """Sort the appointments that the agent receives at or sits in, and add their calls.

    `period` is when they are away; None: they leave for good.
    """
    own = [each for each in appointments if each.agent_id == agent.pk]
    beside = [each for each in appointments if each.agent_id != agent.pk]
    seats = [each for each in beside if each.agent.partner_id == agent.partner_id]
    calls = calls_left(agent, period, now=now)
    carried = seen([*appointments, *calls])
    return Touched(plans(own, now=now), seats, len(beside) - len(seats), calls, carried)
