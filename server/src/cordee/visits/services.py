"""Visits: booked, moved on by the kiosk's facts, cancelled, noted. The only writer of visits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from cordee.appointments import services as appointments
from cordee.journal.rules import DETAIL_TEXT_LIMIT, SYSTEM
from cordee.journal.rules import kiosk as kiosk_actor
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal
from cordee.visits.models import AppliedFact, Visit
from cordee.visits.notes import note_of
from cordee.visits.queries import is_at_kiosk
from cordee.visits.rules import (
    FINAL_STATES,
    RUNS_OVER,
    Outcome,
    VisitState,
    advance,
    is_overdue,
    may_cancel,
    may_note,
    visit_prevails,
)
from cordee_wire.kiosk_link import FACT_KINDS

if TYPE_CHECKING:
    from cordee.directory.models import Agent, Reason
    from cordee.fleet.models import Kiosk
    from cordee.journal.rules import Actor, Detail
    from cordee_wire.kiosk_link import Fact


BOOT_LIMIT = 64
LARGEST_SEQ = 2**63 - 1
LATEST_FACT_S = 253_402_300_799.0
"""The last second of the year 9999: `datetime` knows nothing later."""


class NotYours(Refusal):
    """The visit belongs to another kiosk."""

    code = "not_yours"
    message = "Ce rendez-vous n’est pas celui de cette borne."


class FactUnknown(Refusal):
    """The kiosk says something that this server does not know."""

    code = "fact_unknown"
    message = "Ce fait est inconnu de ce serveur. Mettez la borne à jour."


class TooLateToCancel(Refusal):
    """The visit has begun or is over."""

    code = "too_late"
    message = "Ce rendez-vous a commencé ou est terminé : il ne peut plus être annulé."


class OutcomeUnknown(Refusal):
    """Not one of the known outcomes: choose one of those shown."""

    code = "outcome_unknown"
    message = "Choisissez ce qui est advenu du rendez-vous."


class OutcomeTooEarly(Refusal):
    """The visit has not taken place, or was cancelled: there is nothing to note yet."""

    code = "outcome_too_early"
    message = (
        "Ce rendez-vous n’a pas eu lieu, ou a été annulé. "
        "Notez ce qui en est advenu une fois l’appel commencé."
    )


@transaction.atomic
def book(
    *,
    kiosk: Kiosk,
    agent: Agent,
    reason: Reason,
    citizen: str,
    starts_at: datetime,
    actor: Actor,
    now: datetime,
    off_grid: bool = False,
) -> Visit:
    """Book an appointment (`appointments.services.book`) and open its visit."""
    appointment = appointments.book(
        kiosk=kiosk,
        agent=agent,
        reason=reason,
        citizen=citizen,
        starts_at=starts_at,
        actor=actor,
        now=now,
        off_grid=off_grid,
    )
    visit = Visit.objects.create(appointment=appointment)
    record(at=now, actor=actor, verb="opened", object_kind="visit", object_id=visit.public_id)
    return visit


@transaction.atomic
def cancel(*, visit: Visit, actor: Actor, now: datetime) -> None:
    """Cancel a visit that has not begun, and free its seats. Raises TooLateToCancel.

    Cancelling twice changes nothing.
    """
    held = Visit.objects.select_for_update().get(pk=visit.pk)
    if held.state == VisitState.CANCELLED:
        return
    if not may_cancel(VisitState(held.state)):
        raise TooLateToCancel
    held.state, held.ended_at = VisitState.CANCELLED, now
    held.save(update_fields=["state", "ended_at"])
    appointments.cancel(appointment=held.appointment, actor=actor, now=now)
    record(at=now, actor=actor, verb="cancelled", object_kind="visit", object_id=held.public_id)


def apply_fact(*, kiosk: Kiosk, fact: Fact, now: datetime) -> bool:
    """Write a kiosk's fact into visit and journal, once; return False when it was there already.

    Raises NotYours or FactUnknown; then nothing is written.
    """
    if not _is_speakable(fact):
        raise FactUnknown
    if not is_at_kiosk(kiosk, fact.visit):
        raise NotYours
    try:
        with transaction.atomic():
            # The visit alone: what PostgreSQL joins to a row that it waited for is the row as it
            # was before the wait. The appointment is read afterwards.
            visit = Visit.objects.select_for_update().get(public_id=fact.visit)
            AppliedFact.objects.create(
                kiosk=kiosk,
                visit=visit,
                boot=fact.boot,
                seq=fact.seq,
                kind=fact.kind,
                at=datetime.fromtimestamp(fact.at, UTC),
                applied_at=now,
                detail=_short(fact.detail),
            )
            winner = _move(visit, fact, now=now)
            record(
                at=datetime.fromtimestamp(fact.at, UTC),
                actor=kiosk_actor(kiosk.public_id),
                verb=fact.kind,
                object_kind="visit",
                object_id=visit.public_id,
                detail={**_short(fact.detail), **winner},
            )
    except IntegrityError:
        # Its number says that the fact is there already; anything else is a defect.
        if not AppliedFact.objects.filter(kiosk=kiosk, boot=fact.boot, seq=fact.seq).exists():
            raise
        return False
    return True


def close_overdue(*, now: datetime) -> int:
    """End the calls whose kiosk never told their end, each on its own; return how many.

    A call ends at the latest two hours after its booked end. Which moment it was is not known:
    the booked end is written, until the kiosk comes back and tells (`apply_fact`).
    """
    late = Visit.objects.filter(
        state=VisitState.LIVE, appointment__ends_at__lte=now - RUNS_OVER
    ).order_by("pk")
    return sum(_closed(pk, now) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _closed(pk: int, now: datetime) -> bool:
    visit = Visit.objects.select_for_update().get(pk=pk)
    ends_at = visit.appointment.ends_at
    if not is_overdue(VisitState(visit.state), ends_at=ends_at, now=now):
        return False
    visit.state, visit.ended_at = VisitState.ENDED, max(ends_at, visit.live_at or ends_at)
    visit.save(update_fields=["state", "ended_at"])
    appointments.free(appointment=visit.appointment, now=now)
    record(at=now, actor=SYSTEM, verb="closed", object_kind="visit", object_id=visit.public_id)
    return True


@transaction.atomic
def note_outcome(
    *, visit: Visit, outcome: str, note: str = "", actor: Actor, now: datetime
) -> None:
    """Keep what came of the visit; noting it again replaces it, and its note when there is one.

    The journal never has the note. Raises OutcomeUnknown, OutcomeTooEarly or NoteTooLong; then
    nothing is written.
    """
    note = note_of(note)
    if outcome not in set(Outcome):
        raise OutcomeUnknown
    held = Visit.objects.select_for_update().get(pk=visit.pk)
    has_begun = held.appointment.starts_at <= now
    if not may_note(VisitState(held.state), Outcome(outcome), has_begun=has_begun):
        raise OutcomeTooEarly
    kept = {"outcome_note": note} if note else {}
    Visit.objects.filter(pk=visit.pk).update(outcome=outcome, outcome_at=now, **kept)
    record(
        at=now,
        actor=actor,
        verb="outcome_noted",
        object_kind="visit",
        object_id=visit.public_id,
        detail={"outcome": outcome},
    )


def _is_speakable(fact: Fact) -> bool:
    return (
        fact.kind in FACT_KINDS
        and 0 < len(fact.boot) <= BOOT_LIMIT
        and "\0" not in fact.boot
        and 0 <= fact.seq <= LARGEST_SEQ
        and 0 <= fact.at < LATEST_FACT_S
    )


def _move(visit: Visit, fact: Fact, *, now: datetime) -> Detail:
    """Move the visit on; return who won, when the fact met a cancellation."""
    at = datetime.fromtimestamp(fact.at, UTC)
    before = VisitState(visit.state)
    cancelled_at = visit.appointment.cancelled_at
    after = advance(before, fact.kind)
    if (
        before is VisitState.CANCELLED
        and cancelled_at is not None
        and visit_prevails(kind=fact.kind, at=fact.at, cancelled_at=cancelled_at.timestamp())
    ):
        after = VisitState.LIVE
        record(
            at=now,
            actor=kiosk_actor(visit.appointment.kiosk.public_id),
            verb="prevailed",
            object_kind="visit",
            object_id=visit.public_id,
            detail={"kiosk": visit.appointment.kiosk.public_id},
        )
        appointments.reinstate(appointment=visit.appointment, now=now)
        visit.ended_at = None
    if fact.kind == "live" and visit.live_at is None:
        visit.live_at = at
    if after is not before and after in FINAL_STATES:
        visit.ended_at = at
        appointments.free(appointment=visit.appointment, now=now)
    elif before is VisitState.ENDED and fact.kind == "ended" and _is_first_end(visit):
        visit.ended_at = at  # the server had only supposed it (`close_overdue`)
    visit.state = after
    visit.save(update_fields=["state", "live_at", "ended_at"])
    if before is not VisitState.CANCELLED:
        return {}
    return {"winner": "cancellation" if after is VisitState.CANCELLED else "visit"}


def _is_first_end(visit: Visit) -> bool:
    # This fact is already among those applied.
    return AppliedFact.objects.filter(visit=visit, kind="ended").count() == 1


def _short(detail: Detail) -> Detail:
    """Return the detail without anything that could be content."""
    return {
        _kept(key)[:40]: _kept(value)[:DETAIL_TEXT_LIMIT] if isinstance(value, str) else value
        for key, value in list(detail.items())[:12]
    }


def _kept(text: str) -> str:
    # PostgreSQL keeps no NUL character; the fact is worth more than that.
    return text.replace("\0", "")
