"""Reading appointments."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from cordee.appointments.citizens import person_key, plain_name
from cordee.appointments.models import Appointment, Offer, Proposal, WaitingEntry
from cordee.directory.models import Agent, Reason
from cordee.kernel.ids import plain_code


def appointment_by_code(*, code: str, name: str) -> Appointment | None:
    """Return the appointment with this code when `name` is the citizen's; else None.

    A wrong code and a wrong name look the same. Whoever asks for others limits how often. Spaces,
    hyphens, capitals and accents do not matter. Cancelled and past ones are found too.
    """
    rows = Appointment.objects.select_related(
        "kiosk__site__commune__territory", "agent__partner", "agent__user", "reason"
    )
    found = rows.filter(code=plain_code(code)[:12] or None).first()
    kept = plain_name(found.citizen) if found is not None else ""
    is_theirs = hmac.compare_digest(kept.encode(), plain_name(name).encode())
    return found if found is not None and kept and is_theirs else None


def waiting_by_code(*, code: str, name: str) -> WaitingEntry | None:
    """Return who waits with this code, or was made an offer with it, when `name` is theirs.

    As `appointment_by_code`; those who wait no more are found too.
    """
    plain = plain_code(code)[:12] or None
    rows = _waiting()
    found = rows.filter(code=plain).first() or rows.filter(offers__code=plain).first()
    kept = plain_name(found.citizen) if found is not None else ""
    is_theirs = hmac.compare_digest(kept.encode(), plain_name(name).encode())
    return found if found is not None and kept and is_theirs else None


def waiting_by_id(entry_id: int) -> WaitingEntry | None:
    """Return this entry, whoever's it is: the caller has made sure that it may be seen."""
    return _waiting().filter(pk=entry_id).first()


def waiting_for(appointment: Appointment) -> WaitingEntry | None:
    """Return the open entry of someone who wants this appointment earlier."""
    return _waiting().filter(replaces=appointment, closed_at=None).first()


def booked_by_who_waits(entry: WaitingEntry, *, now: datetime) -> Appointment | None:
    """Return the appointment to come that the person of an entry has for its reason."""
    contact = entry.citizen_email or entry.citizen_phone
    known_as = person_key(reason_id=entry.reason_id, name=entry.citizen, contact=contact)
    if known_as is None:
        return None
    return Appointment.objects.confirmed().filter(person_key=known_as, ends_at__gt=now).first()


def last_offer(entry: WaitingEntry) -> Offer | None:
    """Return what was last offered, answered or not, with its hour and place."""
    rows = Offer.objects.select_related("entry", "appointment__kiosk__site__commune__territory")
    return rows.filter(entry=entry).order_by("-pk").first()


def of_key(key: str) -> Appointment | None:
    """Return the appointment that a request with this key has made."""
    return Appointment.objects.filter(key=key).first()


def between(site_id: int, start: datetime, end: datetime) -> list[Appointment]:
    """Return the confirmed appointments of a site that share an instant with `[start, end)`."""
    rows = Appointment.objects.confirmed().between(start, end).filter(kiosk__site=site_id)
    rows = rows.select_related("kiosk", "agent__partner", "reason")
    return list(rows.order_by("starts_at", "pk"))


def touched_among(appointments: Iterable[int]) -> set[int]:
    """Return which of these appointments, by key, cannot be kept: something else is proposed."""
    open_ = Proposal.objects.filter(
        appointment__in=appointments, chosen_at=None, appointment__cancelled_at=None
    )
    return set(open_.values_list("appointment", flat=True))


def to_come_for(reason: Reason, *, now: datetime) -> list[Appointment]:
    """Return the confirmed appointments for a reason that have not begun, in order."""
    return list(_to_come(now).filter(reason=reason))


def to_come_with(agent: Agent, *, now: datetime) -> list[Appointment]:
    """Return the confirmed appointments with an agent that have not begun, in order."""
    return list(_to_come(now).filter(agent=agent))


def _to_come(now: datetime) -> QuerySet[Appointment]:
    rows = Appointment.objects.confirmed().filter(released_at=None, starts_at__gt=now)
    rows = rows.select_related("kiosk__site__commune", "agent__partner", "reason")
    return rows.order_by("starts_at", "pk")


def _waiting() -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.select_related(
        "reason__partner", "site__commune__territory", "commune", "replaces"
    )
