"""Appointments and their visits change together, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cordee.appointments import cascade, holding, waiting
from cordee.appointments.availability import GuestWish
from cordee.appointments.models import Appointment, Offer, Proposal
from cordee.directory.models import Agent
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.territory.models import Site
from cordee.visits.models import Visit
from cordee.visits.rules import VisitState, may_cancel
from cordee.visits.services import TooLateToCancel


@transaction.atomic
def confirm(*, appointment: Appointment, actor: Actor, now: datetime) -> Visit:
    """Confirm a hold (`appointments.holding.confirm`) and open its visit; twice is once."""
    confirmed = holding.confirm(appointment=appointment, actor=actor, now=now)
    return _opened(confirmed, actor, now)


@transaction.atomic
def move(
    *,
    visit: Visit,
    site: Site,
    starts_at: datetime,
    agent: Agent | None = None,
    guests: Sequence[GuestWish] | None = None,
    at_desk: bool = False,
    key: str | None = None,
    actor: Actor,
    now: datetime,
) -> Visit:
    """Move an appointment (`appointments.holding.move`); its visit ends, a new one is opened.

    Raises TooLateToCancel when the visit has begun, and what the other raises.
    """
    # The visit's row first, as in `services.cancel`: two who change it wait in a row.
    Visit.objects.select_for_update().get(pk=visit.pk)
    appointment = visit.appointment
    moved = holding.move(
        appointment=appointment,
        site=site,
        starts_at=starts_at,
        agent=agent,
        guests=guests,
        at_desk=at_desk,
        key=key,
        actor=actor,
        now=now,
    )
    close(appointment, actor=actor, now=now)
    return _opened(moved, actor, now)


@transaction.atomic
def accept(*, offer: Offer, actor: Actor, now: datetime) -> Visit:
    """Take what the waiting list offers (`appointments.waiting.accept`), with the visits."""
    replaced = offer.entry.replaces
    if replaced is not None:
        Visit.objects.select_for_update().filter(appointment=replaced).first()
    accepted = waiting.accept(offer=offer, actor=actor, now=now)
    if replaced is not None:
        close(replaced, actor=actor, now=now)
    return _opened(accepted, actor, now)


@transaction.atomic
def choose(*, proposal: Proposal, phone: str = "", actor: Actor, now: datetime) -> Visit | None:
    """Take a proposal (`appointments.cascade.choose`), with the visits; by telephone: None."""
    old = proposal.appointment
    Visit.objects.select_for_update().filter(appointment=old).first()
    chosen = cascade.choose(proposal=proposal, phone=phone, actor=actor, now=now)
    close(old, actor=actor, now=now)
    return None if chosen.pk == old.pk else _opened(chosen, actor, now)


def close(appointment: Appointment, *, actor: Actor, now: datetime) -> None:
    """End the visit of an appointment that is given up, inside the caller's transaction.

    Raises TooLateToCancel when it has begun. Without a visit, or twice, nothing changes.
    """
    visit = Visit.objects.select_for_update().filter(appointment=appointment).first()
    if visit is None or visit.state == VisitState.CANCELLED:
        return
    if not may_cancel(VisitState(visit.state)):
        raise TooLateToCancel
    visit.state, visit.ended_at = VisitState.CANCELLED, now
    visit.save(update_fields=["state", "ended_at"])
    record(at=now, actor=actor, verb="cancelled", object_kind="visit", object_id=visit.public_id)


def _opened(appointment: Appointment, actor: Actor, now: datetime) -> Visit:
    visit, is_new = Visit.objects.get_or_create(appointment=appointment)
    if is_new:
        record(at=now, actor=actor, verb="opened", object_kind="visit", object_id=visit.public_id)
    return visit
