"""Taking seats and giving them back: the only writer of held cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from cordee.appointments.models import Appointment, GuestSeat, HeldCell
from cordee.appointments.rules import SeatKind
from cordee.journal.rules import SYSTEM
from cordee.journal.services import record
from cordee.kernel.period import Period


def take(appointment: Appointment, *, guests: Sequence[GuestSeat] = (), now: datetime) -> None:
    """Write a new appointment with all its seats; holds that have expired make room.

    To be called in an atomic block of its own: raises IntegrityError when a seat, the key or the
    person is taken, and OperationalError when the database saw two bookings wait for each other.
    """
    cells = _cells(appointment, guests)
    _break_expired(cells, now)
    # The appointment first, then cells in one order everywhere: two bookings that want the same
    # then wait in a row and never in a ring.
    appointment.save(force_insert=True)
    HeldCell.objects.bulk_create(
        HeldCell(appointment=appointment, seat_kind=kind, seat_id=seat, starts_at=cell)
        for (kind, seat), starts in sorted(cells.items())
        for cell in starts
    )
    for guest in guests:
        guest.appointment = appointment
    GuestSeat.objects.bulk_create(guests)


def hand_over(appointment: Appointment, *, agent: int, now: datetime) -> None:
    """Give the seat of an appointment's agent to another (by key); holds that expired make room.

    To be called in an atomic block of its own: raises what `take` raises.
    """
    mine = (SeatKind.AGENT.value, agent)
    _break_expired({mine: Period(appointment.starts_at, appointment.ends_at).cells()}, now)
    held = HeldCell.objects.filter(
        appointment=appointment, seat_kind=SeatKind.AGENT.value, seat_id=appointment.agent_id
    )
    held.update(seat_id=agent)
    appointment.agent_id = agent
    appointment.save(update_fields=["agent"])


def hand_over_guest(guest: GuestSeat, *, agent: int, now: datetime) -> None:
    """Give the seat of a guest of ours to another (by key); holds that expired make room.

    To be called in an atomic block of its own: raises what `take` raises.
    """
    appointment, before = guest.appointment, guest.agent_id
    if before is None:
        raise ValueError("Whoever was brought along holds no time of ours.")
    mine = (SeatKind.AGENT.value, agent)
    _break_expired({mine: Period(appointment.starts_at, appointment.ends_at).cells()}, now)
    held = HeldCell.objects.filter(
        appointment=appointment, seat_kind=SeatKind.AGENT.value, seat_id=before
    )
    held.update(seat_id=agent)
    guest.agent_id = agent
    guest.save(update_fields=["agent"])


def free(appointments: Collection[int], *, now: datetime) -> None:
    """Give back every seat of these appointments (by key). Twice changes nothing."""
    rows = Appointment.objects.filter(pk__in=appointments, released_at=None)
    rows.update(released_at=now, person_key=None)
    HeldCell.objects.filter(appointment__in=appointments).delete()


def free_but_agent(appointment: Appointment) -> None:
    """Give back the seats of an appointment but its agent's, who calls at the hour instead."""
    Appointment.objects.filter(pk=appointment.pk).update(person_key=None)
    held = HeldCell.objects.filter(appointment=appointment)
    held.exclude(seat_kind=SeatKind.AGENT, seat_id=appointment.agent_id).delete()


def break_holds(expired: Collection[int], *, now: datetime) -> None:
    """End these holds (by key, locked by the caller) and give back their seats."""
    Appointment.objects.filter(pk__in=expired).update(cancelled_at=now, cancelled_why="expired")
    free(expired, now=now)
    for key in expired:
        record(
            at=now,
            actor=SYSTEM,
            verb="hold_expired",
            object_kind="appointment",
            object_id=str(key),
        )


def _break_expired(cells: dict[tuple[str, int], list[datetime]], now: datetime) -> None:
    wanted = Q()
    for (kind, seat), starts in cells.items():
        wanted |= Q(
            seat_kind=kind, seat_id=seat, starts_at__gte=starts[0], starts_at__lte=starts[-1]
        )
    holders = HeldCell.objects.filter(wanted, appointment__hold_ends_at__lte=now)
    expired = set(holders.values_list("appointment", flat=True))
    if expired:
        # Whoever confirms one of them at this moment holds its row: then it is left to them.
        holds = Appointment.objects.expired(now).filter(pk__in=expired).select_for_update()
        break_holds(list(holds.order_by("pk").values_list("pk", flat=True)), now=now)


def _cells(
    appointment: Appointment, guests: Sequence[GuestSeat]
) -> dict[tuple[str, int], list[datetime]]:
    meeting = Period(appointment.starts_at, appointment.ends_at).cells()
    rest = timedelta(minutes=appointment.turnover_min)
    ours = {appointment.agent_id, *(guest.agent_id for guest in guests)} - {None}
    cells: dict[tuple[str, int], list[datetime]] = {
        (SeatKind.AGENT.value, agent): meeting for agent in ours if agent is not None
    }
    whole = Period(appointment.starts_at, appointment.ends_at + rest).cells()
    cells[SeatKind.KIOSK.value, appointment.kiosk_id] = whole
    return cells
