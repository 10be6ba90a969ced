"""Visits that became a call by telephone at their hour: who calls whom."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cordee.appointments import services
from cordee.appointments.models import Appointment, AppointmentQuerySet
from cordee.appointments.rules import ProposalKind
from cordee.appointments.to_call import Caller, asked_last, tell_to_call
from cordee.directory.models import Agent, Partner
from cordee.journal.rules import Actor
from cordee.kernel.period import Period


@transaction.atomic
def call_instead(*, appointment: Appointment, phone: str, actor: Actor, now: datetime) -> None:
    """Give the place back; the agent keeps the hour and is asked to call, `phone` if none is known.

    Where the agent is away then, or gone, their hour is given back too, and a manager is asked, or
    the desk. Who falls out, or is back, later: `ask_anew`.
    Raises NumberMissing or ContactMalformed.
    """
    is_out = Appointment.objects.filter(pk=appointment.pk).without_agent().exists()
    services.keep_number(appointment=appointment, phone=phone)
    is_new = services.cancel(
        appointment=appointment,
        why=ProposalKind.TELEPHONE,
        keeps_agent=not is_out,
        actor=actor,
        now=now,
    )
    if is_new:
        tell_to_call(appointment, is_agent_out=is_out, now=now)


def ask_anew(*, agent: Agent | None = None, now: datetime) -> int:
    """Ask others to see to each call whose agent has fallen out, and the agent who is back again.

    Others again where everybody who was asked has left. Of one agent, or of all; returns how many.
    A call whose hour the agent has given back stays
    with the others: somebody else may have it by now.
    """
    rows = _to_make(now)
    if agent is not None:
        rows = rows.filter(agent=agent)
    count = 0
    for call in _wrongly_asked(rows):
        with transaction.atomic():
            # Telling drops what waits: two at once would drop each other's. So one at a time, and
            # what the one before has told is read then.
            mine = rows.filter(pk=call.pk)
            if mine.select_for_update(of=("self",)).first() is None or not _wrongly_asked(mine):
                continue
            tell_to_call(call, is_agent_out=mine.left_to_others().exists(), now=now)
        count += 1
    return count


def calls_of(agent: Agent, *, now: datetime) -> list[Appointment]:
    """Return the calls that the agent has to make, in order, each until its hour ends."""
    return list(_to_make(now).filter(agent=agent, released_at=None))


def calls_left(agent: Agent, period: Period | None, *, now: datetime) -> list[Appointment]:
    """Return the calls that the agent would leave to others, away in `period` or gone (None).

    In order; without those whose hour the agent is out at already.
    """
    rows = _to_make(now).filter(agent=agent)
    if period is not None:
        rows = rows.between(period.start, period.end)
    return list(rows.exclude(pk__in=rows.order_by().left_to_others().values("pk")))


def calls_between(agent: Agent, start: datetime, end: datetime) -> list[Appointment]:
    """Return the agent's calls that begin in `[start, end)`, in order."""
    rows = _calls().filter(agent=agent, released_at=None)
    return list(rows.filter(starts_at__gte=start, starts_at__lt=end))


def calls_without_agent(partner: Partner, *, now: datetime) -> list[Appointment]:
    """Return the calls of the partner's agents that are left to others, as `calls_of`."""
    return list(_to_make(now).filter(agent__partner=partner).left_to_others())


def _to_make(now: datetime) -> AppointmentQuerySet:
    return _calls().filter(ends_at__gt=now)


def _calls() -> AppointmentQuerySet:
    rows = Appointment.objects.by_telephone().select_related("kiosk__site__commune", "agent")
    return rows.order_by("starts_at", "pk")


def _wrongly_asked(rows: AppointmentQuerySet) -> list[Appointment]:
    """Return the calls that the agent makes though others were asked last, or the reverse.

    And those of which everybody who was asked has left.
    """
    found = list(rows)
    asked = asked_last(found)
    out = set(rows.order_by().left_to_others().values_list("pk", flat=True))
    wanted = {call.pk: Caller.OTHERS if call.pk in out else Caller.AGENT for call in found}
    return [call for call in found if asked[call.pk] is not wanted[call.pk]]
