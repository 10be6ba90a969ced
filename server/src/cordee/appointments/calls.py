"""Visits that became a call by telephone at their hour: who calls whom."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cordee.appointments import services, telling
from cordee.appointments.models import Appointment, AppointmentQuerySet
from cordee.appointments.rules import ProposalKind
from cordee.directory.models import Agent, Partner
from cordee.journal.rules import Actor


@transaction.atomic
def call_instead(*, appointment: Appointment, phone: str, actor: Actor, now: datetime) -> None:
    """Give the place back; the agent keeps the hour and is asked to call, `phone` if none is known.

    Where the agent is away then, or gone, their hour is given back too, and a manager is asked.
    Raises NumberMissing or ContactMalformed.
    """
    is_out = Appointment.objects.filter(pk=appointment.pk).without_agent().exists()
    services.keep_number(appointment=appointment, phone=phone)
    services.cancel(
        appointment=appointment,
        why=ProposalKind.TELEPHONE,
        keeps_agent=not is_out,
        actor=actor,
        now=now,
    )
    telling.tell_to_call(appointment, is_agent_out=is_out, now=now)


def calls_of(agent: Agent, *, now: datetime) -> list[Appointment]:
    """Return the calls that the agent has to make, in order, each until its hour ends."""
    return list(_to_make(now).filter(agent=agent))


def calls_between(agent: Agent, start: datetime, end: datetime) -> list[Appointment]:
    """Return the agent's calls that begin in `[start, end)`, in order."""
    return list(_calls().filter(agent=agent, starts_at__gte=start, starts_at__lt=end))


def calls_without_agent(partner: Partner, *, now: datetime) -> list[Appointment]:
    """Return the calls of the partner's agents who are away then, or gone, as `calls_of`."""
    return list(_to_make(now).filter(agent__partner=partner).without_agent())


def _to_make(now: datetime) -> AppointmentQuerySet:
    return _calls().filter(ends_at__gt=now)


def _calls() -> AppointmentQuerySet:
    rows = Appointment.objects.by_telephone().select_related("kiosk__site__commune", "agent")
    return rows.order_by("starts_at", "pk")
