"""Holding and giving back hours."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from cordee.appointments.models import Appointment, HeldCell
from cordee.appointments.rules import SeatKind
from cordee.directory.models import Agent, Reason
from cordee.fleet.models import Kiosk
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.period import Period, is_on_grid, lasting
from cordee.kernel.refusal import Refusal


class SlotTaken(Refusal):
    """Another appointment holds the kiosk or the agent then. The person chooses another hour."""

    code = "slot_taken"
    message = "Cette heure vient d’être prise. Choisissez-en une autre."


class SlotStarted(Refusal):
    """The hour has already begun. The person chooses a later one."""

    code = "slot_started"
    message = "Cette heure est déjà passée. Choisissez-en une plus tard."


class SlotMisaligned(Refusal):
    """Hours begin every five minutes. The person chooses one of those."""

    code = "slot_misaligned"
    message = "Les rendez-vous commencent de cinq en cinq minutes : 10 h 00, 10 h 05, 10 h 10…"


class ReasonElsewhere(Refusal):
    """The agent's partner does not receive people for this reason."""

    code = "reason_elsewhere"
    message = "Cette personne ne reçoit pas pour cette démarche."


class KioskNotReady(Refusal):
    """The kiosk was taken out of service."""

    code = "kiosk_not_ready"
    message = "Cette borne n’est plus en service. Choisissez-en une autre."


@transaction.atomic
def book(
    *,
    kiosk: Kiosk,
    agent: Agent,
    reason: Reason,
    citizen: str,
    starts_at: datetime,
    citizen_phone: str = "",
    off_grid: bool = False,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Hold the kiosk and the agent together, for as long as the reason takes.

    `off_grid` allows a start between the five-minute marks, for someone who is already there; it
    then holds every cell that it touches. Raises SlotStarted, SlotMisaligned, ReasonElsewhere,
    KioskNotReady, or SlotTaken when another booking came first; then nothing is written.
    """
    if starts_at <= now:
        raise SlotStarted
    if not off_grid and not is_on_grid(starts_at):
        raise SlotMisaligned
    if reason.partner_id != agent.partner_id:
        raise ReasonElsewhere
    if kiosk.revoked_at is not None:
        raise KioskNotReady
    period = lasting(starts_at, reason.duration_min)
    try:
        with transaction.atomic():
            appointment = _held(
                Appointment(
                    kiosk=kiosk,
                    agent=agent,
                    reason=reason,
                    citizen=citizen,
                    citizen_phone=citizen_phone,
                    starts_at=period.start,
                    ends_at=period.end,
                    booked_at=now,
                ),
                period,
            )
    except IntegrityError as error:
        raise SlotTaken from error
    record(
        at=now,
        actor=actor,
        verb="booked",
        object_kind="appointment",
        object_id=str(appointment.pk),
        detail={"kiosk": kiosk.public_id, "agent": agent.pk},
    )
    return appointment


def _held(appointment: Appointment, period: Period) -> Appointment:
    # Seats in one order everywhere, so that two bookings never wait for each other in a ring.
    appointment.save(force_insert=True)
    seats = ((SeatKind.AGENT, appointment.agent_id), (SeatKind.KIOSK, appointment.kiosk_id))
    HeldCell.objects.bulk_create(
        HeldCell(appointment=appointment, seat_kind=kind, seat_id=seat_id, starts_at=cell)
        for kind, seat_id in seats
        for cell in period.cells()
    )
    return appointment


@transaction.atomic
def cancel(*, appointment: Appointment, actor: Actor, now: datetime) -> None:
    """Give the hour back. Cancelling twice changes nothing."""
    standing = Appointment.objects.standing().filter(pk=appointment.pk)
    if not standing.update(cancelled_at=now):
        return
    release(appointment=appointment)
    record(
        at=now,
        actor=actor,
        verb="cancelled",
        object_kind="appointment",
        object_id=str(appointment.pk),
        detail={"kiosk": appointment.kiosk.public_id, "agent": appointment.agent_id},
    )


def release(*, appointment: Appointment) -> None:
    """Free the kiosk and the agent: the visit is over, or will not be."""
    HeldCell.objects.filter(appointment=appointment).delete()


def reinstate(*, appointment: Appointment) -> None:
    """Undo a cancellation: the visit took place all the same. The hours stay free."""
    Appointment.objects.filter(pk=appointment.pk).update(cancelled_at=None)
