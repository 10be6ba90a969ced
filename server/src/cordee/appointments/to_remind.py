"""Whom the desk reminds by telephone: people whom no message reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from cordee.appointments.models import Appointment
from cordee.appointments.queries import touched_among
from cordee.appointments.refusals import AppointmentOver
from cordee.appointments.rules import ContactKind
from cordee.appointments.services import note
from cordee.appointments.telling import Person, people_of
from cordee.journal.rules import Actor
from cordee.notices.rules import Channel
from cordee.territory.models import Site

AHEAD = timedelta(hours=48)
"""As those who get a message: two days before."""
SOON_AFTER = timedelta(hours=12)
"""Nobody is called so soon after they have booked."""


@dataclass(frozen=True)
class ToRemind:
    """An appointment whose people are called. `phone` empty: nobody left a number.

    `by` is who answers there in the person's place, empty for the person.
    """

    appointment: Appointment
    phone: str
    by: str


def to_remind(site: Site, *, now: datetime) -> list[ToRemind]:
    """Return whom the site's desk calls about the next two days, soonest first.

    Not whose appointment cannot be kept: they are told that (`untold`).
    """
    rows = Appointment.objects.confirmed().filter(
        kiosk__site=site,
        contact_kind__in=(ContactKind.LANDLINE, ContactKind.NONE),
        starts_at__gt=now,
        starts_at__lte=now + AHEAD,
        booked_at__lte=now - SOON_AFTER,
        reminded_at=None,
        checked_in_at=None,
    )
    rows = rows.select_related("agent__partner").order_by("starts_at", "pk")
    touched = touched_among(row.pk for row in rows)
    found = []
    for row in rows:
        if row.pk in touched:
            continue
        people = people_of(row)
        if any(person.channel is not Channel.SLIP for person in people):
            continue  # Somebody gets a message and says so.
        called = next((person for person in people if person.to), people[0])
        found.append(ToRemind(row, called.to, _by(called)))
    return found


@transaction.atomic
def note_reminded(*, appointment: Appointment, actor: Actor, now: datetime) -> None:
    """Keep that the desk has reminded the person. Twice is once.

    Raises AppointmentOver for one that has begun or is given up.
    """
    coming = Appointment.objects.confirmed().filter(pk=appointment.pk, starts_at__gt=now)
    if coming.filter(reminded_at=None).update(reminded_at=now):
        note("reminded", appointment, actor=actor, now=now)
    elif not coming.exists():
        raise AppointmentOver


def _by(person: Person) -> str:
    return "" if person.is_citizen else person.name
