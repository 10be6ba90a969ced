"""Leaving the waiting list: by will, or because the person has booked; and ending an offer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cordee.appointments import services
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.journal.rules import SYSTEM, Actor
from cordee.journal.services import record


@transaction.atomic
def withdraw(*, entry: WaitingEntry, actor: Actor, now: datetime) -> None:
    """Take someone off the list; what is offered to them goes to the next. Twice is once."""
    if not close(entry, now=now):
        return
    for offer in open_offers(entry):
        turn_down(offer, actor=actor, now=now)
    note("withdrawn", entry, actor=actor, now=now)


def close(entry: WaitingEntry, *, now: datetime) -> bool:
    """Let the entry wait no more, and its person enter anew; False when it was closed before."""
    rows = WaitingEntry.objects.filter(pk=entry.pk, closed_at=None)
    return bool(rows.update(closed_at=now, person_key=None))


def end_for(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """Take off the list whoever gets this appointment, unless they want this very one earlier.

    Inside the caller's transaction, before it locks the appointment: entries are locked first.
    """
    known_as = Appointment.objects.filter(pk=appointment.pk, person_key__isnull=False)
    waits = WaitingEntry.objects.filter(person_key__in=known_as.values("person_key"))
    for entry in waits.exclude(replaces=appointment).order_by("pk"):
        withdraw(entry=entry, actor=actor, now=now)


def end_idle(*, now: datetime) -> None:
    """Take those off the list who wait for nothing any more.

    The appointment that they wanted earlier stands no longer, or they have one for the reason.
    """
    waiting = WaitingEntry.objects.filter(closed_at=None)
    end_outlived(waiting, actor=SYSTEM, now=now)
    theirs = Appointment.objects.confirmed().filter(
        person_key=OuterRef("person_key"), ends_at__gt=now
    )
    for entry in waiting.filter(Exists(theirs), replaces=None):
        withdraw(entry=entry, actor=SYSTEM, now=now)


def end_outlived(entries: QuerySet[WaitingEntry], *, actor: Actor, now: datetime) -> None:
    """Take those off the list whose appointment, wanted earlier, stands no longer."""
    for entry in entries.exclude(replaces=None).select_related("replaces").order_by("pk"):
        if entry.replaces is not None and not stands(entry.replaces, now):
            withdraw(entry=entry, actor=actor, now=now)


def stands(appointment: Appointment, now: datetime) -> bool:
    """Return whether an appointment is still to come."""
    return appointment.cancelled_at is None and appointment.starts_at > now


def open_offers(entry: WaitingEntry) -> list[Offer]:
    """Return, and lock, what is offered to the person and not answered yet."""
    rows = Offer.objects.select_for_update(of=("self",)).select_related("appointment")
    return list(rows.filter(entry=entry, answered_at=None))


def turn_down(offer: Offer, *, actor: Actor, now: datetime) -> None:
    """End an offer that is not taken (locked by the caller), and give its hour back."""
    Offer.objects.filter(pk=offer.pk).update(answered_at=now)
    services.release(appointment=offer.appointment, why="declined", actor=actor, now=now)


def note(verb: str, entry: WaitingEntry, *, actor: Actor, now: datetime) -> None:
    """Write an act on an entry into the journal."""
    record(at=now, actor=actor, verb=verb, object_kind="waiting", object_id=str(entry.pk))
