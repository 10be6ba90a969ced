"""What an agent leaves to others, away or gone, as a page shows it before it is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cordee.appointments.calls import calls_left
from cordee.appointments.outages import touched_by_absence
from cordee.appointments.queries import to_come_with
from cordee.visits.queries import seats_to_come_of
from cordee.web.seen import seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from cordee.appointments.models import Appointment
    from cordee.directory.models import Agent
    from cordee.kernel.period import Period

CALL = "c"
"""How a call is marked in what a form carries: a visit that became one is another thing."""


@dataclass(frozen=True)
class Left:
    """Visits that cannot take place with the agent, and calls that somebody else has to make."""

    visits: Sequence[Appointment] = ()
    calls: Sequence[Appointment] = ()

    @property
    def count(self) -> int:
        """How many visits and calls there are."""
        return len(self.visits) + len(self.calls)

    @property
    def seen(self) -> str:
        """What a form carries of them."""
        calls = (f"{CALL}{call.pk}" for call in self.calls)
        return ",".join(filter(None, (seen(self.visits), *calls)))

    def is_agreed(self, request: HttpRequest) -> bool:
        """Whether there is nothing, or the person agreed to it as it is now."""
        return not self.count or request.POST.get("seen") == self.seen


def left_by_absence(agent: Agent, period: Period, *, now: datetime) -> Left:
    """Return what the agent would leave by being away in `period`."""
    return Left(touched_by_absence(agent, period, now=now), calls_left(agent, period, now=now))


def left_for_good(agent: Agent, *, now: datetime) -> Left:
    """Return what the agent would leave when their account is closed."""
    visits = [*to_come_with(agent, now=now), *seats_to_come_of(agent, now=now)]
    return Left(visits, calls_left(agent, None, now=now))
