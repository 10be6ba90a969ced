"""The waiting list: who waits, what is offered to them, and what they answer.

`offer_freed` is the job. It looks for slots rather than at what was given back, so that nothing is
lost when it did not run for a while; those that were free when the person entered are no `news`.
A slot that is offered is held like any other: it cannot be offered to two people at once.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from cordee.appointments import holding, leaving, news, placing, services, telling
from cordee.appointments.citizens import Citizen, normal_citizen, person_key
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.appointments.placing import Request
from cordee.appointments.refusals import AlreadyBooked, HoldExpired
from cordee.appointments.rules import ContactKind
from cordee.directory.models import Reason
from cordee.journal.rules import SYSTEM, Actor
from cordee.kernel.refusal import Refusal
from cordee.notices import services as notices
from cordee.territory.models import Site

OFFER_LASTS = timedelta(hours=2)
OFFERED_FROM, OFFERED_UNTIL = time(8), time(18)
"""Offers run out after two hours: none is made while people sleep."""

WRITTEN = frozenset({ContactKind.MOBILE.value, ContactKind.EMAIL.value})
"""Ways of reaching someone who may wait: an offer runs out, so it is written."""


class WaitedAlready(Refusal):
    """The same person waits for the same already."""

    code = "waited_already"
    message = "Cette personne est déjà sur la liste d’attente pour cette démarche."


class OfferGone(Refusal):
    """The offer was answered or has run out. The person stays on the list."""

    code = "offer_gone"
    message = (
        "Cette proposition n’est plus valable. Vous restez sur la liste d’attente : "
        "nous vous écrirons dès qu’une autre heure se libère."
    )


class WaitingOver(OfferGone):
    """The person is off the list: they left, or have an appointment, or gave up the one to move."""

    code = "waiting_over"
    message = "Cette proposition n’est plus valable, et vous n’êtes plus sur la liste d’attente."


def enter(
    *,
    reason: Reason,
    site: Site | None,
    citizen: Citizen,
    until_at: datetime,
    replaces: Appointment | None = None,
    spoken: str = "",
    interpreted: str = "",
    is_wheelchair_needed: bool = False,
    key: str | None = None,
    actor: Actor,
    now: datetime,
) -> WaitingEntry:
    """Put someone on the list until `until_at`; `site` None: any that they can reach.

    What is free now is never offered to them; when anything is, they wait no longer than the reason
    can be booked ahead (`news`).
    Only hours are offered at which the agent speaks `spoken`, an interpreter of `interpreted` is
    free (ISO 639; empty: no such wish), and, with `is_wheelchair_needed`, at places for it.

    With `replaces`, only an earlier hour than that appointment's is offered, and it is given up
    for it; the waiting ends when that one is moved or cancelled, and stands in nobody's way then.
    Whoever books for the reason waits no more. The person is told how to see and to leave; a
    referrer and a responsible person hear of the appointment only, at which the latter has a seat.
    The same `key` gets the same entry back while it is open; sent for somebody else, or anew after
    leaving, it counts for nothing.

    Raises what `normal_citizen` raises, CannotBeWritten for someone who cannot be reached in
    writing, WaitedAlready, also while racing, and AlreadyBooked with another appointment that they
    have for the reason.
    """
    citizen = normal_citizen(citizen)
    if citizen.contact_kind not in WRITTEN:
        raise telling.CannotBeWritten
    is_mail = citizen.contact_kind is ContactKind.EMAIL
    entry = WaitingEntry(
        reason=reason,
        site=site,
        commune_id=citizen.commune_id,
        replaces=replaces,
        citizen=citizen.name,
        citizen_phone="" if is_mail else citizen.contact,
        citizen_email=citizen.contact if is_mail else "",
        contact_kind=citizen.contact_kind,
        language=citizen.language,
        referrer=citizen.referrer,
        referrer_contact=citizen.referrer_contact,
        responsible=citizen.responsible,
        responsible_contact=citizen.responsible_contact,
        spoken=replaces.spoken if replaces else spoken,
        interpreted=interpreted,
        is_wheelchair_needed=is_wheelchair_needed or citizen.is_wheelchair_needed,
        code=placing.unused_code(),
        key=placing.short_key(key),
        person_key=person_key(reason_id=reason.pk, name=citizen.name, contact=citizen.contact),
        until_at=min(until_at, replaces.starts_at) if replaces else until_at,
        entered_at=now,
    )
    # Before the transaction: this search is the long part, and keeps nobody waiting here.
    news.note_known(entry, now=now)
    return _entered(entry, actor=actor, now=now)


@transaction.atomic
def note_told(*, entry_id: int, contact: str, actor: Actor, now: datetime) -> None:
    """Note that the desk has told somebody who waits what no message could. Twice is once."""
    entry = WaitingEntry.objects.get(pk=entry_id)
    if notices.pass_on(subject_kind="waiting", subject_id=str(entry_id), to=contact):
        leaving.note("told", entry, actor=actor, now=now)


def offer_freed(*, now: datetime) -> int:
    """End what has run out, offer free slots in the order of the list; return how many.

    By day only, and only hours that are news to the person (`news`). Who named no site is offered
    those within 45 minutes of their commune, or any when that is unknown.
    """
    end_expired(now=now)
    leaving.end_idle(now=now)
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE)).time()
    is_day = OFFERED_FROM <= local < OFFERED_UNTIL
    asked = set(Offer.objects.filter(answered_at=None).values_list("entry", flat=True))
    waiting = WaitingEntry.objects.filter(closed_at=None, until_at__gt=now, reason__is_open=True)
    rows = waiting.select_related("reason__partner", "site", "commune", "replaces")
    entries = list(rows.order_by("entered_at", "pk"))
    look = news.Look(now, entries)
    count = 0
    for entry in entries:
        news.strike_taken(entry, look)
        if is_day and entry.pk not in asked:
            count += _offered(entry, look)
    return count


@transaction.atomic
def accept(*, offer: Offer, actor: Actor, now: datetime) -> Appointment:
    """Confirm the offered hour; what it replaces is given up. Accepting twice is once.

    The person is known by it from now on: an hour that they hold in another window goes. Raises
    OfferGone, WaitingOver, or AlreadyBooked with another appointment that they have for the reason.
    For the visits: `visits.booking.accept`.
    """
    entry = _locked(offer.entry_id)
    row = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if row.was_taken:
        return Appointment.objects.select_related("kiosk").get(pk=row.appointment_id)
    replaced = entry.replaces
    if replaced is not None and not leaving.stands(replaced, now):
        raise WaitingOver
    if row.answered_at is not None or entry.closed_at is not None:
        raise gone(entry)
    Offer.objects.filter(pk=row.pk).update(answered_at=now, was_taken=True)
    leaving.close(entry, now=now)
    if replaced is not None:
        # First, for nobody is known by two appointments for a reason.
        services.cancel(appointment=replaced, why="moved", actor=actor, now=now)
    placing.make_known(row.appointment, actor=actor, now=now)
    try:
        return holding.confirm(appointment=row.appointment, replaces=replaced, actor=actor, now=now)
    except HoldExpired as error:
        raise OfferGone from error


@transaction.atomic
def decline(*, offer: Offer, actor: Actor, now: datetime) -> None:
    """Give the offered hour to the next; the person stays on the list.

    Raises OfferGone, or WaitingOver of who is off the list.
    """
    _locked(offer.entry_id)
    row = (
        Offer.objects.select_for_update(of=("self",)).select_related("appointment").get(pk=offer.pk)
    )
    if row.answered_at is not None:
        raise gone(row.entry)
    leaving.turn_down(row, actor=actor, now=now)


def gone(entry: WaitingEntry) -> OfferGone:
    """Return what is said of an offer that holds no more: OfferGone, or WaitingOver."""
    return OfferGone() if entry.closed_at is None else WaitingOver()


def offer_by_code(code: str) -> Offer | None:
    """Return the offer with this code, with its hour and place; None for what can be no code."""
    if not code.isalnum():
        return None
    rows = Offer.objects.select_related(
        "entry", "appointment__kiosk__site__commune__territory", "appointment__reason"
    )
    return rows.filter(code=code).first()


def end_expired(*, now: datetime) -> int:
    """End the offers that nobody answered in time; return how many."""
    count = 0
    late = Offer.objects.filter(answered_at=None, expires_at__lte=now).order_by("pk")
    for key in late.values_list("pk", flat=True):
        with transaction.atomic():
            rows = Offer.objects.select_for_update(of=("self",)).select_related("appointment")
            offer = rows.filter(pk=key, answered_at=None).first()
            if offer is not None:
                leaving.turn_down(offer, actor=SYSTEM, now=now)
                count += 1
    return count


@transaction.atomic
def _entered(entry: WaitingEntry, *, actor: Actor, now: datetime) -> WaitingEntry:
    """Put a new entry on the list, or return the one that the same request has made before."""
    earlier = WaitingEntry.objects.filter(person_key=entry.person_key)
    leaving.end_outlived(earlier, actor=actor, now=now)
    again = _same_request(entry, entry.key)
    if again is not None:
        return again
    promised = Appointment.objects.confirmed().filter(ends_at__gt=now)
    booked = promised.filter(person_key=entry.person_key).first()
    if booked is not None and booked != entry.replaces:
        raise AlreadyBooked(booked)
    earlier.filter(until_at__lte=now).update(person_key=None)
    again = _saved(entry)
    if again is not None:
        return again
    leaving.note("entered", entry, actor=actor, now=now)
    telling.tell_waiting(entry, now=now)
    return entry


def _same_request(entry: WaitingEntry, key: str | None) -> WaitingEntry | None:
    """Return the open entry that the request of this key has made before."""
    if key is None:
        return None
    rows = WaitingEntry.objects.filter(key=key, person_key=entry.person_key)
    return rows.filter(site=entry.site).first()


def _saved(entry: WaitingEntry) -> WaitingEntry | None:
    """Save a new entry, or return the one that the same request has just made.

    Raises WaitedAlready.
    """
    key = entry.key
    for each in (key, None):
        entry.key = each
        try:
            with transaction.atomic():
                entry.save()
        except IntegrityError as error:
            again = _same_request(entry, key)
            if again is not None:
                return again
            is_known = WaitingEntry.objects.filter(person_key=entry.person_key).exists()
            if is_known or each is None:
                raise WaitedAlready from error
        else:
            break
    return None


def _locked(entry: int) -> WaitingEntry:
    """Return the entry, its own until the transaction ends; offers are locked after it."""
    rows = WaitingEntry.objects.select_for_update(of=("self",)).select_related("replaces")
    return rows.get(pk=entry)


def _offered(entry: WaitingEntry, look: news.Look) -> bool:
    """Offer the first hour that is news to the person and can be had; return whether there is."""
    if not news.hours_for(entry, look):
        return False
    # Others were offered hours since that was seen: what is noted as known has to be free now.
    own = news.Look(look.now, [entry])
    look.forget(entry)
    for site_key, starts_at in news.hours_for(entry, own):
        try:
            return _held_for(entry, _site(site_key), starts_at, own)
        except Refusal:
            continue  # Somebody was quicker; the next hour, then.
    return False


def _held_for(entry: WaitingEntry, site: Site, starts_at: datetime, look: news.Look) -> bool:
    """Hold the hour and tell the person; False when they need none any more. Raises Refusal."""
    now = look.now
    request = Request(
        asked=news.asked_by(entry),
        site=site,
        starts_at=starts_at,
        citizen=_citizen_of(entry),
        hold_ends_at=now + OFFER_LASTS,
        is_known=False,
    )
    with transaction.atomic():
        kept = _locked(entry.pk)
        if kept.closed_at is not None or leaving.open_offers(entry) or kept.known != entry.known:
            return False  # They left, or another process was here: its offer, or the next round's.
        held = placing.place(request, verb="held", actor=SYSTEM, now=now)
        offer = Offer.objects.create(
            entry=entry,
            appointment=held,
            code=placing.unused_code(),
            expires_at=now + OFFER_LASTS,
        )
        news.note_offered(entry, site, starts_at, look)
        telling.tell_offer(offer, now=now)
    return True


def _site(key: int) -> Site:
    return Site.objects.select_related("commune__territory").get(pk=key)


def _citizen_of(entry: WaitingEntry) -> Citizen:
    """Return who waits, as they are known by the appointment that is replaced, or by the entry."""
    if entry.replaces is not None:
        return holding.citizen_of(entry.replaces)
    return Citizen(
        name=entry.citizen,
        contact_kind=ContactKind(entry.contact_kind),
        contact=entry.citizen_email or entry.citizen_phone,
        language=entry.language,
        commune_id=entry.commune_id,
        referrer=entry.referrer,
        referrer_contact=entry.referrer_contact,
        responsible=entry.responsible,
        responsible_contact=entry.responsible_contact,
        is_wheelchair_needed=entry.is_wheelchair_needed,
    )
