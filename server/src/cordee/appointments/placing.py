"""Writing one request into the database: the first gets the hour, the others hear why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from cordee.appointments import availability, seats, services, telling
from cordee.appointments.availability import Asked, Obstacle
from cordee.appointments.citizens import Citizen, person_key
from cordee.appointments.diaries import may_receive, offering
from cordee.appointments.fairness import fairest
from cordee.appointments.models import Appointment, GuestSeat
from cordee.appointments.refusals import (
    AgentUnfit,
    AlreadyBooked,
    AppointmentOver,
    KeyReused,
    KioskNotReady,
    NobodyThere,
    ReasonClosed,
    ReasonElsewhere,
    ReasonNotHere,
    SiteClosed,
    SlotMisaligned,
    SlotStarted,
    SlotTaken,
    SlotTooFar,
    SlotTooSoon,
)
from cordee.appointments.rules import ContactKind
from cordee.appointments.services import note
from cordee.appointments.slots import Slot
from cordee.journal.rules import Actor
from cordee.kernel.ids import new_short_code
from cordee.kernel.period import is_on_grid, lasting
from cordee.kernel.refusal import Refusal
from cordee.territory.models import Site

TRIES = 10
"""How often a slot is looked for anew when another booking was quicker."""
KEY_LIMIT = 64
DEADLOCK = "40P01"
"""PostgreSQL's word for two transactions that wait for each other."""

_WHY_NOT: dict[Obstacle, type[Refusal]] = {
    Obstacle.CLOSED: SiteClosed,
    Obstacle.NO_KIOSK: KioskNotReady,
    Obstacle.NOBODY: NobodyThere,
    Obstacle.TAKEN: SlotTaken,
}


class _Answered(Exception):
    """The same request was answered on another connection, just now."""


@dataclass(frozen=True)
class Request:
    """One wish for one hour at one site, everything checked but whether it is free.

    `hold_ends_at` None: confirmed at once. `replaces` is given up for it in the same transaction.
    `is_known`: the person may have no other appointment for the reason.
    """

    asked: Asked
    site: Site
    starts_at: datetime
    citizen: Citizen
    hold_ends_at: datetime | None
    key: str | None = None
    replaces: Appointment | None = None
    is_known: bool = True


def place(request: Request, *, verb: str, actor: Actor, now: datetime) -> Appointment:
    """Write what is requested, or say why not. Raises what `holding.hold` says."""
    for _ in range(TRIES):
        known = _known(request)
        if known is not None:
            return known
        _check(request, now)
        slot = availability.slot_at(
            asked=request.asked, site=request.site, starts_at=request.starts_at, now=now
        )
        if slot is None:
            # The same request may have been answered meanwhile, on another connection.
            known = _known(request)
            if known is not None:
                return known
            raise _why_not(request, now)
        try:
            with transaction.atomic():
                return _written(request, slot, verb=verb, actor=actor, now=now)
        except (IntegrityError, _Answered):
            continue  # Another booking was quicker: look again what is left.
        except OperationalError as error:
            if not is_deadlock(error):
                raise
    raise SlotTaken


def name(row: Appointment, request: Request, *, actor: Actor, now: datetime) -> Appointment:
    """Write the request's person into an hour kept for nobody yet (locked by the caller).

    To be called in an atomic block of its own: raises IntegrityError when the same person was
    named elsewhere meanwhile, and AlreadyBooked.
    """
    known_as = _person_key(request)
    _let_earlier_go(known_as, request.key, actor, now)
    changed = {
        **_person(request.citizen),
        "person_key": known_as,
        "video_url": request.asked.reason.video_url,
        "hold_ends_at": request.hold_ends_at,
    }
    for field, value in changed.items():
        setattr(row, field, value)
    row.save(update_fields=list(changed))
    brought = [guest for guest in request.asked.guests if not guest.is_ours]
    GuestSeat.objects.bulk_create(
        GuestSeat(appointment=row, kind=guest.kind, name=guest.name, contact=guest.contact)
        for guest in brought
    )
    note("named", row, actor=actor, now=now)
    return row


def make_known(row: Appointment, *, actor: Actor, now: datetime) -> None:
    """Know the person of an hour, held for them unasked, by it: their earlier hold goes.

    Inside the caller's transaction. Raises AlreadyBooked.
    """
    row = Appointment.objects.select_for_update().get(pk=row.pk)
    contact = row.citizen_email or row.citizen_phone
    known_as = person_key(reason_id=row.reason_id, name=row.citizen, contact=contact)
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                _let_earlier_go(known_as, None, actor, now)
                row.person_key = known_as
                row.save(update_fields=["person_key"])
                return
        except IntegrityError:
            continue  # The same person held an hour in another window just now.
    raise SlotTaken


def is_deadlock(error: OperationalError) -> bool:
    """Return whether the database saw two transactions wait for each other."""
    return getattr(error.__cause__, "sqlstate", "") == DEADLOCK


def short_key(key: str | None) -> str | None:
    """Return a key as it is kept: a long one by its digest."""
    if key is None or len(key) <= KEY_LIMIT:
        return key or None
    return hashlib.sha256(key.encode()).hexdigest()


def unused_code() -> str:
    """Return a code that no appointment has."""
    while Appointment.objects.filter(code=(code := new_short_code())).exists():
        pass
    return code


def _check(request: Request, now: datetime) -> None:
    """Refuse what no search has to be made for."""
    asked, starts_at = request.asked, request.starts_at
    first, last = asked.bounds(now)
    old = request.replaces
    if old and not Appointment.objects.confirmed().holding(now).filter(pk=old.pk).exists():
        raise AppointmentOver
    if starts_at <= now:
        raise SlotStarted
    if not is_on_grid(starts_at):
        raise SlotMisaligned
    if not asked.reason.is_open:
        raise ReasonClosed
    if asked.agent is not None and asked.agent.partner_id != asked.reason.partner_id:
        raise ReasonElsewhere
    if asked.agent is not None and not (
        asked.agent.user.is_active and may_receive(asked.agent, asked.reason, asked.language)
    ):
        raise AgentUnfit
    if starts_at < first:
        raise SlotTooSoon
    if starts_at > last:
        raise SlotTooFar


def _why_not(request: Request, now: datetime) -> Refusal:
    asked, site = request.asked, request.site
    if not offering(asked.reason, [site.pk]):
        return ReasonNotHere()
    obstacle = availability.obstacle(asked=asked, site=site, starts_at=request.starts_at, now=now)
    return _WHY_NOT[obstacle]()


def _known(request: Request) -> Appointment | None:
    """Return what the request's key has made before."""
    if request.key is None:
        return None
    rows = Appointment.objects.select_related("kiosk__site", "agent", "reason")
    found = rows.filter(key=request.key).first()
    if found is None:
        return None
    is_same = (
        found.starts_at == request.starts_at
        and found.kiosk.site_id == request.site.pk
        and found.reason_id == request.asked.reason.pk
        and found.citizen == request.citizen.name
    )
    if not is_same:
        raise KeyReused
    return found


def _written(
    request: Request, slot: Slot, *, verb: str, actor: Actor, now: datetime
) -> Appointment:
    asked = request.asked
    code = None if request.hold_ends_at else _taken_over(request.replaces, actor, now)
    known_as = _person_key(request)
    _let_earlier_go(known_as, request.key, actor, now)
    agent, ours = _chosen(asked, slot, now)
    period = lasting(slot.starts_at, asked.reason.duration_min)
    appointment = Appointment(
        kiosk_id=slot.kiosks[0],
        agent_id=agent,
        reason=asked.reason,
        **_person(request.citizen),
        spoken=asked.language,
        code=code,
        key=request.key,
        person_key=known_as,
        video_url=asked.reason.video_url,
        starts_at=period.start,
        ends_at=period.end,
        turnover_min=request.site.turnover_min,
        booked_at=now,
        hold_ends_at=request.hold_ends_at,
        moved_from=request.replaces,
    )
    guests = [
        GuestSeat(
            kind=guest.kind,
            agent_id=ours.get(number),
            name=guest.name,
            contact=guest.contact,
            language=guest.language if number in ours else "",
        )
        for number, guest in enumerate(asked.guests)
    ]
    seats.take(appointment, guests=guests, now=now)
    note(verb, appointment, actor=actor, now=now)
    if request.hold_ends_at is None:
        telling.tell_moved(appointment, now=now)
    return appointment


def _person(citizen: Citizen) -> dict[str, Any]:
    """Return what an appointment keeps of the person, by field."""
    is_mail = citizen.contact_kind is ContactKind.EMAIL
    return {
        "citizen": citizen.name,
        "citizen_phone": "" if is_mail else citizen.contact,
        "citizen_email": citizen.contact if is_mail else "",
        "contact_kind": citizen.contact_kind,
        "commune_id": citizen.commune_id,
        "language": citizen.language,
        "referrer": citizen.referrer,
        "referrer_contact": citizen.referrer_contact,
        "responsible": citizen.responsible,
        "responsible_contact": citizen.responsible_contact,
        "is_wheelchair_needed": citizen.is_wheelchair_needed,
    }


def _person_key(request: Request) -> str | None:
    if not request.is_known:
        return None
    person = request.citizen
    return person_key(reason_id=request.asked.reason.pk, name=person.name, contact=person.contact)


def _taken_over(old: Appointment | None, actor: Actor, now: datetime) -> str:
    """Give up the appointment that is replaced and return its code, or else a new one."""
    if old is None:
        return unused_code()
    row = Appointment.objects.select_for_update().get(pk=old.pk)
    if row.cancelled_at is not None or row.released_at is not None or row.starts_at <= now:
        raise AppointmentOver
    code = row.code or unused_code()
    row.cancelled_at, row.cancelled_why, row.code = now, "moved", None
    row.save(update_fields=["cancelled_at", "cancelled_why", "code"])
    seats.free([row.pk], now=now)
    note("cancelled", old, actor=actor, now=now)
    return code


def _let_earlier_go(known_as: str | None, key: str | None, actor: Actor, now: datetime) -> None:
    """Make room for the person: an earlier hold goes, an appointment to come stands in the way."""
    if known_as is None:
        return
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("kiosk")
    earlier = rows.filter(person_key=known_as).first()
    if earlier is None:
        return
    if key is not None and earlier.key == key:
        raise _Answered
    if earlier.hold_ends_at is not None:
        services.release(appointment=earlier, why="replaced", actor=actor, now=now)
    elif earlier.ends_at <= now:
        Appointment.objects.filter(pk=earlier.pk).update(person_key=None)
    else:
        raise AlreadyBooked(earlier)


def _chosen(asked: Asked, slot: Slot, now: datetime) -> tuple[int, dict[int, int]]:
    """Return the agent, and for each guest of ours (by number) who takes the seat."""
    choose: Callable[[Sequence[int]], int] = lambda agents: fairest(  # noqa: E731 - three uses
        agents, starts_at=slot.starts_at, now=now
    )
    agent = choose(slot.agents)
    ours: dict[int, int] = {}
    held = [number for number, guest in enumerate(asked.guests) if guest.is_ours]
    for number, pool in zip(held, slot.others, strict=True):
        left = [key for key in pool if key != agent and key not in ours.values()]
        if not left:
            raise SlotTaken
        ours[number] = choose(left)
    return agent, ours
