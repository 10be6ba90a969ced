"""An agent who cannot receive: their visits are taken over, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from cordee.appointments import absences, cascade, stand_ins
from cordee.appointments.models import Appointment
from cordee.appointments.stand_ins import NothingToTakeOver
from cordee.directory import mandates
from cordee.directory.models import Absence, Agent
from cordee.journal.rules import Actor
from cordee.kernel.period import Period
from cordee.visits.models import Visit
from cordee.visits.rules import VisitState, may_cancel


@transaction.atomic
def take_over(*, chosen: Mapping[int, Agent], actor: Actor, now: datetime) -> None:
    """Give each appointment (by key) to its stand-in (`appointments.stand_ins.stand_in`).

    All or none. Raises what that raises, and NothingToTakeOver for a visit that has begun.
    """
    for key, agent in sorted(chosen.items()):
        # The visit's row first, as in `services.cancel`: two who change it wait in a row.
        visit = Visit.objects.select_for_update().filter(appointment=key).first()
        if visit is not None and not may_cancel(VisitState(visit.state)):
            raise NothingToTakeOver
        appointment = Appointment.objects.get(pk=key)
        stand_ins.stand_in(appointment=appointment, agent=agent, actor=actor, now=now)


def note_absence(
    *,
    agent: Agent,
    period: Period,
    note: str,
    chosen: Mapping[int, Agent],
    actor: Actor,
    now: datetime,
) -> Absence:
    """Note an absence with its stand-ins, together; the people of the other visits are told.

    Raises what `take_over` raises, and SpanOver; then nothing is written.
    """
    with transaction.atomic():
        take_over(chosen=chosen, actor=actor, now=now)
        absence = absences.write_absence(
            agent=agent, period=period, note=note, actor=actor, now=now
        )
    cascade.fall_out_of(absence=absence, now=now)
    return absence


def change_absence(
    *,
    absence: Absence,
    period: Period,
    note: str,
    chosen: Mapping[int, Agent],
    actor: Actor,
    now: datetime,
) -> Absence:
    """Change an absence (`appointments.absences.change_absence`) with its new stand-ins, together.

    Raises what that and `take_over` raise; then nothing is written.
    """
    with transaction.atomic():
        take_over(chosen=chosen, actor=actor, now=now)
        changed = absences.rewrite_absence(
            absence=absence, period=period, note=note, actor=actor, now=now
        )
    cascade.fall_out_of(absence=changed, now=now)
    return changed


def let_go(*, agent: Agent, chosen: Mapping[int, Agent], actor: Actor, now: datetime) -> None:
    """Close an agent's account (`directory.mandates.let_go`) with stand-ins, together.

    The people of the other visits are told and receive proposals. Raises what `take_over` raises;
    then nothing is written.
    """
    with transaction.atomic():
        take_over(chosen=chosen, actor=actor, now=now)
        mandates.let_go(agent=agent, actor=actor, now=now)
    cascade.fall_out_of_account(agent=agent, now=now)
