"""When an interpreter or a second agent cannot sit in: who takes the seat, at the same hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from cordee.appointments import seats, telling
from cordee.appointments.diaries import HOME_LANGUAGE, diaries, interpreters, may_receive
from cordee.appointments.models import Appointment, GuestSeat, Proposal
from cordee.appointments.outages import causes_of
from cordee.appointments.rules import GuestKind
from cordee.appointments.services import note
from cordee.appointments.stand_ins import (
    NothingToTakeOver,
    StandInUnfit,
    busy_if_taken,
    check_free,
)
from cordee.directory.models import Absence, Agent, Partner
from cordee.journal.rules import Actor
from cordee.kernel.cells import Window
from cordee.kernel.period import Period


@dataclass(frozen=True)
class SeatPlan:
    """A seat that somebody else has to take, and who can; `proposed` is one of them, or None."""

    seat: GuestSeat
    able: Sequence[Agent]
    proposed: Agent | None


def to_fill(partner: Partner, *, now: datetime) -> list[SeatPlan]:
    """Return the empty seats (`empty`) in order, each with those who can take it."""
    rows = empty(partner, now=now).select_related(
        "agent__user",
        "appointment__agent__partner",
        "appointment__kiosk__site__commune",
        "appointment__reason",
    )
    return [_plan(seat, now) for seat in rows.order_by("appointment__starts_at", "pk")]


def empty(partner: Partner, *, now: datetime) -> QuerySet[GuestSeat]:
    """Return the seats at the partner's visits to come whose person is away then, or gone."""
    away = Absence.objects.filter(
        agent=OuterRef("agent"),
        starts_at__lt=OuterRef("appointment__ends_at"),
        ends_at__gt=OuterRef("appointment__starts_at"),
    )
    coming = Appointment.objects.confirmed().filter(
        released_at=None, starts_at__gt=now, agent__partner=partner
    )
    rows = GuestSeat.objects.filter(appointment__in=coming).exclude(agent=None)
    return rows.filter(Q(agent__user__is_active=False) | Exists(away))


@transaction.atomic
def fill(*, seat: GuestSeat, agent: Agent, actor: Actor, now: datetime) -> None:
    """Let another sit in; whoever heard that the visit cannot be held is told that it stands.

    Twice is once. Raises NothingToTakeOver, StandInUnfit, StandInAway or StandInBusy; then nothing
    is written.
    """
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("kiosk", "reason")
    appointment = rows.get(pk=seat.appointment_id)
    row = GuestSeat.objects.select_related("agent").get(pk=seat.pk)
    row.appointment = appointment
    is_held = appointment.hold_ends_at is None and appointment.cancelled_at is None
    if not is_held or appointment.released_at is not None or appointment.starts_at <= now:
        raise NothingToTakeOver
    before = row.agent
    if before is None or before.pk == agent.pk:
        return
    if agent.pk not in {each.pk for each in _fit(row)}:
        raise StandInUnfit
    check_free(appointment, agent, now)
    with busy_if_taken():
        seats.hand_over_guest(row, agent=agent.pk, now=now)
    note("seat_filled", appointment, actor=actor, now=now, before=before.pk, seat=agent.pk)
    telling.tell_seated(appointment, agent, now=now)
    _let_stand(appointment, before, now)


def _let_stand(appointment: Appointment, before: Agent, now: datetime) -> None:
    """Take back what was proposed because `before` cannot sit in; tell that the visit stands."""
    open_ = Proposal.objects.filter(appointment=appointment, chosen_at=None)
    theirs = open_.filter(cause__in=causes_of(before))
    cause = theirs.values_list("cause", flat=True).first()
    theirs.delete()
    if cause is not None and not open_.exists():
        telling.tell_stands(appointment, cause=cause, now=now)


def _plan(seat: GuestSeat, now: datetime) -> SeatPlan:
    appointment = seat.appointment
    period = Period(appointment.starts_at, appointment.ends_at)
    window = Window.spanning(period, ZoneInfo(settings.TIME_ZONE))
    mask = window.touched(period.start, period.end)
    fit = _fit(seat)
    keys = [agent.pk for agent in fit]
    books = diaries(window, keys, always_open=keys, ignoring=None, now=now)
    able = [agent for agent in fit if mask & ~books[agent.pk].free == 0]
    return SeatPlan(seat, able, able[0] if able else None)


def _fit(seat: GuestSeat) -> list[Agent]:
    """Return who can take the seat if their time allows, without those who sit there already."""
    appointment = seat.appointment
    there = {appointment.agent_id, *appointment.guests.values_list("agent", flat=True)}
    if seat.kind == GuestKind.INTERPRETER:
        pool = [agent for code in _languages(seat) for agent in interpreters(code)]
    else:
        partner = appointment.reason.partner_id
        rows = Agent.objects.filter(partner=partner, user__is_active=True).select_related("user")
        pool = [
            agent for agent in rows.order_by("label") if may_receive(agent, appointment.reason, "")
        ]
    return list({agent.pk: agent for agent in pool if agent.pk not in there}.values())


def _languages(seat: GuestSeat) -> list[str]:
    """Return what the interpreter has to speak; unsaid, what the one who was named speaks."""
    if seat.language:
        return [seat.language]
    if seat.appointment.language != HOME_LANGUAGE:
        return [seat.appointment.language]
    spoken = seat.agent.languages if seat.agent else []
    return [code for code in spoken if code != HOME_LANGUAGE]
