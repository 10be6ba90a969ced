"""Who was not reached by writing, for the desk to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from cordee.appointments.models import Appointment, AppointmentQuerySet, Offer, WaitingEntry
from cordee.appointments.to_call import ACT, CALLED, FOR_DESK
from cordee.directory.models import Reason
from cordee.notices.queries import failed_about, told_by_hand
from cordee.territory.models import Site

SUBJECT, WAITING = "appointment", "waiting"


class Change(StrEnum):
    """What the desk has to say. `NONE`: nothing has changed, a message failed."""

    NONE = ""
    MOVED = "moved"
    CANCELLED = "cancelled"
    TOUCHED = "touched"
    STANDS = "stands"
    TO_CALL = "to_call"
    CALLED = "called"
    OFFERED = "offered"
    WAITS = "waits"


_CHANGES = {
    " moved ": Change.MOVED,
    " cancelled ": Change.CANCELLED,
    " touched ": Change.TOUCHED,
    " kept ": Change.STANDS,
    " stands ": Change.STANDS,
    f" {ACT}": Change.TO_CALL,
    f" {CALLED} ": Change.CALLED,
}
"""By what a notice's key contains (`telling`, `to_call`)."""
OFFER = "offer "
"""How the key of a notice begins that offers a free slot."""
_AFTER_ALL = {Change.CANCELLED, Change.TO_CALL, Change.CALLED}
"""What is told of an appointment that was given up."""


class Whom(StrEnum):
    """Who was not reached: the citizen, who booked or answers for them, or who works for them."""

    CITIZEN = "citizen"
    COMPANION = "companion"
    STAFF = "staff"


_WHOM = {
    " citizen": Whom.CITIZEN,
    " responsible": Whom.COMPANION,
    " referrer": Whom.COMPANION,
}
"""By how a notice's key ends; all others are staff's."""


@dataclass(frozen=True)
class Untold:
    """Someone whom the desk calls: `contact` is what we have, `change` what they do not know.

    `subject` and `key` name what it is about. Who was put on the waiting list waits until
    `starts_at`. `code` opens an offer or the waiting, empty where
    too many desks would see it; `phone` is where a call is awaited,
    `partner` whom to ask when nobody is there to make it.
    """

    subject: str
    key: int
    citizen: str
    contact: str
    starts_at: datetime
    change: Change
    whom: Whom
    code: str = ""
    phone: str = ""
    partner: str = ""


def untold_at(site: Site, *, since: datetime) -> list[Untold]:
    """Return who has to be called about the site's appointments from `since` on, soonest first.

    Their message failed, or they have neither mobile nor address and something has changed. Once a
    person and appointment, with the last change. What an appointment said before it was given up
    no longer counts. Also who has an offer that stands, or waits, and was not reached; any desk of
    their territory calls who waits for no site in particular. Who left no commune either is called
    by the sites that offer what they wait for, which do not see the code.
    """
    rows = _shown_at(site).filter(starts_at__gte=since).order_by("starts_at", "pk")
    by_key = {str(row.pk): row for row in rows}
    offers = {offer.appointment_id: offer for offer in Offer.objects.filter(appointment__in=rows)}
    found: dict[tuple[str, str], Untold] = {}
    told = told_by_hand(SUBJECT, list(by_key), changes=tuple(_CHANGES))
    left = set[int]()
    if any(notice.key.endswith(FOR_DESK) for notice in told):
        left = set(rows.left_to_others().values_list("pk", flat=True))
    for notice in told:
        row, change = by_key[notice.subject_id], _change(notice.key)
        if row.cancelled_at is not None and change not in _AFTER_ALL:
            continue
        is_for_desk = notice.key.endswith(FOR_DESK)
        if is_for_desk and row.pk not in left:
            continue  # The agent is back.
        if (change is Change.OFFERED) != (row.hold_ends_at is not None):
            continue  # An offer that was taken is nothing to tell.
        line = (notice.subject_id, notice.to)
        if change is Change.NONE and line in found:
            continue
        offer = offers.get(row.pk) if change is Change.OFFERED else None
        found[line] = Untold(
            SUBJECT,
            row.pk,
            row.citizen,
            notice.to,
            row.starts_at,
            change,
            _whom(notice.key),
            code=offer.code if offer is not None else "",
            phone=row.citizen_phone if change is Change.TO_CALL else "",
            partner=row.agent.partner.label if is_for_desk or change is Change.CALLED else "",
        )
    everybody = [*found.values(), *_waiting_at(site, since)]
    return sorted(everybody, key=lambda untold: untold.starts_at)


def is_of(site: Site, appointment: int) -> bool:
    """Return whether the appointment with this key, standing or not, is the site's."""
    return _shown_at(site).filter(pk=appointment).exists()


def _shown_at(site: Site) -> AppointmentQuerySet:
    offered = Offer.objects.filter(answered_at=None).values("appointment")
    rows = Appointment.objects.filter(kiosk__site=site)
    return rows.filter(Q(hold_ends_at=None) | Q(pk__in=offered))


def _waiting_at(site: Site, since: datetime) -> list[Untold]:
    failed = failed_about(WAITING)
    if not failed:
        return []
    theirs = Q(site=site) | Q(site=None, commune__territory=site.commune.territory_id)
    offered = Reason.objects.filter(Q(sites=None) | Q(sites=site)).values("pk")
    rows = WaitingEntry.objects.filter(pk__in={int(notice.subject_id) for notice in failed})
    rows = rows.filter(closed_at=None, until_at__gte=since)
    rows = rows.filter(theirs | Q(site=None, commune=None, reason__in=offered))
    by_key = {str(row.pk): row for row in rows}
    return [
        Untold(
            WAITING,
            row.pk,
            row.citizen,
            notice.to,
            row.until_at,
            Change.WAITS,
            Whom.CITIZEN,
            code=row.code or "" if row.site_id or row.commune_id else "",
        )
        for notice in failed
        if notice.subject_id in by_key
        for row in [by_key[notice.subject_id]]
    ]


def _change(key: str) -> Change:
    if key.startswith(OFFER):
        return Change.OFFERED
    return next((change for words, change in _CHANGES.items() if words in key), Change.NONE)


def _whom(key: str) -> Whom:
    if key.startswith(OFFER):
        return Whom.CITIZEN
    return next((whom for end, whom in _WHOM.items() if key.endswith(end)), Whom.STAFF)
