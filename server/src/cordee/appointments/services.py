"""Booking by hand, giving hours back, and what the desk notes of an appointment."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from cordee.appointments import seats, telling
from cordee.appointments.citizens import normal_phone
from cordee.appointments.models import Appointment
from cordee.appointments.refusals import (
    AppointmentOver,
    KioskNotReady,
    NumberMissing,
    ReasonElsewhere,
    SlotMisaligned,
    SlotStarted,
    SlotTaken,
)
from cordee.appointments.rules import ProposalKind
from cordee.directory.models import Agent, Reason
from cordee.fleet.models import Kiosk, KioskOutage
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.ids import new_short_code
from cordee.kernel.period import is_on_grid, lasting
from cordee.notices import services as notices

TOLD_ELSE = frozenset({"moved", ProposalKind.TELEPHONE})
"""Whoever gives up an appointment for one of these is told of what replaces it."""


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
    """Book the kiosk and the agent together by hand, for as long as the reason takes.

    Whoever books so knows who is there: opening hours, notice and turnover do not count, held
    seats do. `off_grid` allows a start between the five-minute marks, for someone who is already
    there; it then holds every cell that it touches. Raises SlotStarted, SlotMisaligned,
    ReasonElsewhere, KioskNotReady, or SlotTaken when another booking came first; then nothing is
    written.
    """
    if starts_at <= now:
        raise SlotStarted
    if not off_grid and not is_on_grid(starts_at):
        raise SlotMisaligned
    if reason.partner_id != agent.partner_id:
        raise ReasonElsewhere
    period = lasting(starts_at, reason.duration_min)
    outages = KioskOutage.objects.during(period.start, period.end)
    if not kiosk.is_enrolled or outages.filter(kiosk=kiosk).exists():
        raise KioskNotReady
    appointment = Appointment(
        kiosk=kiosk,
        agent=agent,
        reason=reason,
        citizen=citizen,
        citizen_phone=citizen_phone,
        video_url=reason.video_url,
        code=new_short_code(),
        starts_at=period.start,
        ends_at=period.end,
        booked_at=now,
        is_by_hand=True,
    )
    try:
        with transaction.atomic():
            seats.take(appointment, now=now)
    except IntegrityError as error:
        raise SlotTaken from error
    note("booked", appointment, actor=actor, now=now)
    return appointment


def keep_number(*, appointment: Appointment, phone: str) -> None:
    """Keep where somebody is called who had given no number; one that was given stays.

    Raises NumberMissing or ContactMalformed.
    """
    if appointment.citizen_phone:
        return
    if not phone.strip():
        raise NumberMissing
    appointment.citizen_phone = normal_phone(phone)
    appointment.save(update_fields=["citizen_phone"])


@transaction.atomic
def cancel(
    *,
    appointment: Appointment,
    why: str = "",
    keeps_agent: bool = False,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give the hour back and tell its people; `why` is a word for statistics. Twice is once.

    With `keeps_agent` the agent's time stays held: they call by telephone at the hour. Returns
    False, changing nothing, when it was given back before.
    """
    standing = Appointment.objects.standing().filter(pk=appointment.pk)
    if not standing.update(cancelled_at=now, cancelled_why=why):
        return False
    if keeps_agent:
        seats.free_but_agent(appointment)
    else:
        seats.free([appointment.pk], now=now)
    note("cancelled", appointment, actor=actor, now=now)
    if why in TOLD_ELSE:
        telling.forget_planned(appointment)
    else:
        telling.tell_cancelled(appointment, now=now)
    return True


@transaction.atomic
def release(*, appointment: Appointment, why: str = "let_go", actor: Actor, now: datetime) -> bool:
    """Let a hold go; return False, changing nothing, when it is none (any more)."""
    holds = Appointment.objects.standing().exclude(hold_ends_at=None)
    if not holds.filter(pk=appointment.pk).update(cancelled_at=now, cancelled_why=why):
        return False
    seats.free([appointment.pk], now=now)
    note("let_go", appointment, actor=actor, now=now)
    return True


@transaction.atomic
def free(*, appointment: Appointment, now: datetime) -> None:
    """Give back the kiosk and the agent: the visit is over. The appointment stands."""
    seats.free([appointment.pk], now=now)


def reinstate(*, appointment: Appointment, now: datetime) -> None:
    """Undo a cancellation: the visit took place all the same. The hours stay free.

    Nobody has to be called any more: an agent's time that was kept for it is given back.
    """
    seats.free([appointment.pk], now=now)
    Appointment.objects.filter(pk=appointment.pk).update(cancelled_at=None, cancelled_why="")


@transaction.atomic
def check_in(*, appointment: Appointment, actor: Actor, now: datetime) -> None:
    """Note that the person has come; a no-show is taken back. Raises AppointmentOver."""
    _noted("checked_in", appointment, actor=actor, now=now, checked_in_at=now, no_show_at=None)


@transaction.atomic
def note_no_show(*, appointment: Appointment, actor: Actor, now: datetime) -> None:
    """Note that nobody came, once the hour has begun. Raises AppointmentOver before, or if not."""
    if appointment.starts_at > now:
        raise AppointmentOver("L’heure du rendez-vous n’est pas encore venue. Attendez-la.")
    _noted("no_show", appointment, actor=actor, now=now, checked_in_at=None, no_show_at=now)


@transaction.atomic
def note_told(*, appointment_id: int, contact: str, actor: Actor, now: datetime) -> None:
    """Note that the desk has told somebody what no message could."""
    appointment = Appointment.objects.select_related("kiosk").get(pk=appointment_id)
    told = notices.pass_on(subject_kind=telling.SUBJECT, subject_id=str(appointment_id), to=contact)
    if told:
        note("told", appointment, actor=actor, now=now)


def note(
    verb: str, appointment: Appointment, *, actor: Actor, now: datetime, **detail: str | int
) -> None:
    """Write an act on an appointment into the journal, with kiosk and agent."""
    record(
        at=now,
        actor=actor,
        verb=verb,
        object_kind="appointment",
        object_id=str(appointment.pk),
        detail={
            "kiosk": appointment.kiosk.public_id,
            "agent": appointment.agent_id,
            **detail,
        },
    )


def _noted(
    verb: str,
    appointment: Appointment,
    *,
    actor: Actor,
    now: datetime,
    **fields: datetime | None,
) -> None:
    found = Appointment.objects.confirmed().filter(pk=appointment.pk)
    if not found.update(**fields):
        raise AppointmentOver
    note(verb, appointment, actor=actor, now=now)
