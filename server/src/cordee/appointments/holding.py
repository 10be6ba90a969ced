"""From a slot to an appointment: held for five minutes, confirmed or let go; moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cordee.appointments import keeping, leaving, seats, telling
from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.citizens import (
    NAME_LIMIT,
    Citizen,
    NameMissing,
    any_contact,
    normal_citizen,
    one_line,
)
from cordee.appointments.diaries import speaks
from cordee.appointments.keeping import HOLD_LASTS
from cordee.appointments.models import Appointment, WaitingEntry
from cordee.appointments.placing import Request, place, short_key, unused_code
from cordee.appointments.refusals import (
    AppointmentOver,
    GuestMissing,
    HoldExpired,
    HoldReplaced,
    SlotStarted,
)
from cordee.appointments.rules import ContactKind, GuestKind
from cordee.appointments.services import note
from cordee.directory.models import Agent, Reason
from cordee.journal.rules import Actor
from cordee.territory.models import Site


def hold(
    *,
    reason: Reason,
    site: Site,
    starts_at: datetime,
    citizen: Citizen,
    agent: Agent | None = None,
    language: str = "",
    guests: Sequence[GuestWish] = (),
    at_desk: bool = False,
    key: str | None = None,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Keep an hour for five minutes: kiosk with its turnover, agent and guests, together.

    Anyone who can receive, spread fairly, or the named `agent`. `starts_at` carries its zone; a
    local date and time become one by `hours.local_hour`. `at_desk`: the notice does not count.
    The same `key` gets the same appointment back, also while racing; the hour that `keeping.keep`
    kept under it is theirs, or gives way to the other one that is asked for. An earlier hold of the
    same person and reason is let go.

    Raises NameMissing, ContactMalformed, NotAMobile, ResponsibleMissing, GuestMissing;
    SlotStarted, SlotMisaligned, SlotTooSoon, SlotTooFar; ReasonClosed, ReasonNotHere,
    ReasonElsewhere, AgentUnfit; SiteClosed, KioskNotReady, NobodyThere, SlotTaken; AlreadyBooked
    (with the appointment that the person has), KeyReused. Then nothing is written.
    """
    citizen = normal_citizen(citizen)
    asked = Asked(
        reason=reason,
        agent=agent,
        language=language,
        guests=seated(guests, citizen),
        at_desk=at_desk,
    )
    request = Request(asked, site, starts_at, citizen, now + HOLD_LASTS, short_key(key))
    kept = keeping.taken_up(request, actor=actor, now=now)
    return kept or place(request, verb="held", actor=actor, now=now)


@transaction.atomic
def confirm(
    *,
    appointment: Appointment,
    replaces: Appointment | None = None,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Make a hold an appointment with a code. Confirming twice changes nothing.

    Its people are told, and who waited for it is off the waiting list; `replaces` is the
    appointment that the caller gives up for it.
    A hold that has run out is still confirmed when nobody else took the hour meanwhile. Raises
    HoldExpired, HoldReplaced, NameMissing of one kept for nobody, or SlotStarted. For its visit:
    `visits.booking.confirm`.
    """
    leaving.end_for(appointment, actor=actor, now=now)
    held = Appointment.objects.select_for_update(of=("self",)).select_related("kiosk")
    row = held.get(pk=appointment.pk)
    if row.cancelled_at is not None:
        raise HoldReplaced if row.cancelled_why == "replaced" else HoldExpired
    if row.hold_ends_at is None:
        return row
    if not row.citizen:
        raise NameMissing
    if row.starts_at <= now:
        raise SlotStarted
    row.hold_ends_at, row.code, row.booked_at = None, unused_code(), now
    row.moved_from = replaces
    row.save(update_fields=["hold_ends_at", "code", "booked_at", "moved_from"])
    note("booked", row, actor=actor, now=now)
    if replaces is None:
        telling.tell_confirmed(row, now=now)
    else:
        telling.tell_moved(row, now=now)
    return row


def break_expired(*, now: datetime) -> int:
    """Give back the seats of every hold that has run out; return how many there were."""
    count = 0
    for key in Appointment.objects.expired(now).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            # A row of its own each: whoever books or confirms meanwhile is not kept waiting.
            still = Appointment.objects.expired(now).select_for_update().filter(pk=key)
            found = list(still.values_list("pk", flat=True))
            seats.break_holds(found, now=now)
            count += len(found)
    return count


def move(
    *,
    appointment: Appointment,
    site: Site,
    starts_at: datetime,
    agent: Agent | None = None,
    guests: Sequence[GuestWish] | None = None,
    at_desk: bool = False,
    key: str | None = None,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Change hour or place: the new one stands, with the same code, and the old is given up.

    Both or neither. Without `agent` anyone who can receive and speaks what was asked for; a named
    one who does not gives that wish up. Without `guests` the same ones. It may overlap the old
    hour. Raises AppointmentOver when there is nothing to move, and what `hold` raises. For the
    visits: `visits.booking.move`.
    """
    if appointment.hold_ends_at is not None:
        raise AppointmentOver
    spoken = appointment.spoken
    asked = Asked(
        reason=appointment.reason,
        agent=agent,
        language=spoken if agent is None or speaks(agent, spoken) else "",
        guests=same_guests(appointment) if guests is None else tuple(guests),
        at_desk=at_desk,
        ignoring=appointment.pk,
    )
    request = Request(
        asked, site, starts_at, citizen_of(appointment), None, short_key(key), replaces=appointment
    )
    return place(request, verb="booked", actor=actor, now=now)


def citizen_of(appointment: Appointment) -> Citizen:
    """Return who an appointment is for."""
    return Citizen(
        name=appointment.citizen,
        contact_kind=ContactKind(appointment.contact_kind),
        contact=appointment.citizen_email or appointment.citizen_phone,
        language=appointment.language,
        commune_id=appointment.commune_id,
        referrer=appointment.referrer,
        referrer_contact=appointment.referrer_contact,
        responsible=appointment.responsible,
        responsible_contact=appointment.responsible_contact,
        is_wheelchair_needed=appointment.is_wheelchair_needed,
    )


def seated(guests: Sequence[GuestWish], who: Citizen | WaitingEntry) -> tuple[GuestWish, ...]:
    """Return the guests, with the person who is responsible for `who` among them.

    Raises GuestMissing, ContactMalformed.
    """
    for guest in guests:
        is_pooled = guest.kind is GuestKind.INTERPRETER and guest.language
        if not (guest.agent_id or guest.name.strip() or is_pooled):
            raise GuestMissing
    checked = [
        GuestWish(
            guest.kind,
            guest.agent_id,
            guest.language,
            one_line(guest.name)[:NAME_LIMIT],
            any_contact(guest.contact),
        )
        for guest in guests
    ]
    has_guardian = any(guest.kind is GuestKind.GUARDIAN for guest in checked)
    if who.responsible and not has_guardian:
        seat = GuestWish(
            GuestKind.GUARDIAN,
            name=who.responsible,
            contact=who.responsible_contact,
        )
        checked.append(seat)
    return tuple(checked)


def same_guests(appointment: Appointment) -> tuple[GuestWish, ...]:
    """Return who else sits in, as they are wished for when it is moved."""
    return tuple(
        GuestWish(GuestKind(guest.kind), guest.agent_id, guest.language, guest.name, guest.contact)
        for guest in appointment.guests.order_by("pk")
    )
