"""Calling back the people whose visit was not held."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal
from cordee.visits.models import Callback, Visit
from cordee.visits.notes import note_of
from cordee.visits.queries import why_missed


class NothingMissed(Refusal):
    """The visit was held after all, or given up: nobody waits for a call."""

    code = "nothing_missed"
    message = "Ce rendez-vous a eu lieu ou est annulé : il n’y a personne à rappeler."


@transaction.atomic
def note_callback(*, visit: Visit, note: str, actor: Actor, now: datetime) -> Callback:
    """Keep that the person was called back. Twice is once, with the first note.

    The journal says who and when, never the note. Raises NothingMissed or NoteTooLong; then
    nothing is written.
    """
    note = note_of(note)
    held = Visit.objects.select_for_update().get(pk=visit.pk)
    known = Callback.objects.filter(visit=held).first()
    if known is not None:
        return known
    if why_missed(held, now=now) is None:
        raise NothingMissed
    made = Callback.objects.create(visit=held, note=note, called_at=now)
    record(at=now, actor=actor, verb="called_back", object_kind="visit", object_id=held.public_id)
    return made
