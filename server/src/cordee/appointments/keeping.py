"""An hour kept for whoever is still typing: held before anybody is named, then theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from cordee.appointments import availability, placing, services
from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Appointment, GuestSeat
from cordee.appointments.placing import Request, short_key
from cordee.appointments.refusals import ReasonClosed, SlotStarted
from cordee.journal.rules import Actor
from cordee.kernel.period import lasting
from cordee.territory.models import Site

HOLD_LASTS = timedelta(minutes=5)
NOBODY = Citizen("")


def keep(
    *, asked: Asked, site: Site, starts_at: datetime, key: str, actor: Actor, now: datetime
) -> Appointment:
    """Keep an hour for five minutes for somebody who is not named yet.

    Whoever then calls `holding.hold` with the same `key` gets this hour. The same key and hour
    keep it once, and no longer; another hour under the key lets the first go. Raises what
    `holding.hold` raises of hours, places and agents, and KeyReused once somebody was named.
    """
    ends_at = now + HOLD_LASTS
    request = Request(asked, site, starts_at, NOBODY, ends_at, short_key(key), is_known=False)
    with transaction.atomic():
        row = _locked(request.key)
        if row is not None:
            if row.cancelled_at is None and not _is_over(row, now) and _is_same(row, request):
                return row
            _drop(row, actor=actor, now=now)
    return placing.place(request, verb="held", actor=actor, now=now)


def kept(
    *, asked: Asked, site: Site, starts_at: datetime, key: str, now: datetime
) -> Appointment | None:
    """Return this hour as it is kept now under the key, for somebody not named yet, or None."""
    request = Request(asked, site, starts_at, NOBODY, now, short_key(key))
    rows = Appointment.objects.holding(now).select_related("kiosk__site")
    row = rows.filter(_nameless(request.key)).first()
    return row if row is not None and _is_same(row, request) else None


def let_go(key: str, *, actor: Actor, now: datetime) -> None:
    """Give back the hour that is kept under this key, if it is."""
    with transaction.atomic():
        row = _locked(short_key(key))
        if row is not None:
            _drop(row, actor=actor, now=now)


def taken_up(request: Request, *, actor: Actor, now: datetime) -> Appointment | None:
    """Give the hour kept under the request's key to its person; None when none is kept for them.

    Its five minutes begin anew. One that has run out serves as long as nobody took the hour. What
    does not serve is let go, and its key is free again. Raises SlotStarted, ReasonClosed, or
    AlreadyBooked with the appointment that the person has: then the hour stays kept.
    """
    for _ in range(placing.TRIES):
        try:
            with transaction.atomic():
                row = _locked(request.key)
                if row is None:
                    return None
                if request.starts_at <= now:
                    raise SlotStarted
                if not request.asked.reason.is_open:
                    raise ReasonClosed
                if _serves(row, request, now):
                    return placing.name(row, request, actor=actor, now=now)
                _drop(row, actor=actor, now=now)
                return None
        except IntegrityError:
            continue  # The same person was named in another window just now.
        except OperationalError as error:
            if not placing.is_deadlock(error):
                raise
    return None


def _nameless(key: str | None) -> Q:
    """Return what finds the hour kept under a key until its person is named, gone or not."""
    return Q(key=key, citizen="", hold_ends_at__isnull=False)


def _locked(key: str | None) -> Appointment | None:
    if key is None:
        return None
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("kiosk__site")
    return rows.filter(_nameless(key)).first()


def _drop(row: Appointment, *, actor: Actor, now: datetime) -> None:
    services.release(appointment=row, actor=actor, now=now)
    Appointment.objects.filter(pk=row.pk).update(key=None)


def _is_over(row: Appointment, now: datetime) -> bool:
    return row.hold_ends_at is None or row.hold_ends_at <= now


def _is_same(row: Appointment, request: Request) -> bool:
    """Return whether what is kept is what is wished for now."""
    asked, agent = request.asked, request.asked.agent
    length = lasting(row.starts_at, asked.reason.duration_min)
    wished = [guest for guest in asked.guests if guest.is_ours]
    return (
        (row.kiosk.site_id, row.reason_id, row.spoken)
        == (request.site.pk, asked.reason.pk, asked.language)
        and (row.starts_at, row.ends_at) == (request.starts_at, length.end)
        and (agent is None or agent.pk == row.agent_id)
        and _said(wished) == _said(_ours(row))
    )


def _said(guests: Sequence[GuestWish] | Sequence[GuestSeat]) -> list[tuple[str, str, int]]:
    """Return who sits in as it was wished for: by the language, or else by the agent."""
    return sorted(
        (guest.kind, guest.language, 0 if guest.language else guest.agent_id or 0)
        for guest in guests
    )


def _serves(row: Appointment, request: Request, now: datetime) -> bool:
    """Return whether the hour still stands, and place, kiosk and people are still there for it."""
    if row.cancelled_at is not None or not _is_same(row, request):
        return False
    # The notice was given when the hour was chosen.
    asked = replace(request.asked, ignoring=row.pk, at_desk=True)
    slot = availability.slot_at(
        asked=asked, site=request.site, starts_at=request.starts_at, now=now
    )
    if slot is None or row.kiosk_id not in slot.kiosks or row.agent_id not in slot.agents:
        return False
    return all(any(guest.agent_id in pool for pool in slot.others) for guest in _ours(row))


def _ours(row: Appointment) -> list[GuestSeat]:
    return list(row.guests.exclude(agent=None))
