"""Who was not reached by writing, for the desk to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cordee.appointments.models import Appointment
from cordee.notices.queries import told_by_hand
from cordee.territory.models import Site

SUBJECT = "appointment"


class Change(StrEnum):
    """What the desk has to say. `NONE`: nothing has changed, a message failed."""

    NONE = ""
    MOVED = "moved"
    CANCELLED = "cancelled"
    TOUCHED = "touched"
    STANDS = "stands"


_CHANGES = {
    " moved ": Change.MOVED,
    " cancelled ": Change.CANCELLED,
    " touched ": Change.TOUCHED,
    " kept ": Change.STANDS,
    " stands ": Change.STANDS,
}
"""By what a notice's key contains (`telling`)."""


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
    """Someone whom the desk calls: `contact` is what we have, `change` what they do not know."""

    appointment: int
    citizen: str
    contact: str
    starts_at: datetime
    change: Change
    whom: Whom


def untold_at(site: Site, *, since: datetime) -> list[Untold]:
    """Return who has to be called about the site's appointments from `since` on, soonest first.

    Their message failed, or they have neither mobile nor address and something has changed. Once a
    person and appointment, with the last change. What an appointment said before it was given up
    no longer counts.
    """
    rows = Appointment.objects.filter(
        kiosk__site=site, starts_at__gte=since, hold_ends_at=None
    ).order_by("starts_at", "pk")
    by_key = {str(row.pk): row for row in rows}
    found: dict[tuple[str, str], Untold] = {}
    for notice in told_by_hand(SUBJECT, list(by_key), changes=tuple(_CHANGES)):
        row, change = by_key[notice.subject_id], _change(notice.key)
        if row.cancelled_at is not None and change is not Change.CANCELLED:
            continue
        line = (notice.subject_id, notice.to)
        if change is Change.NONE and line in found:
            continue
        found[line] = Untold(
            row.pk, row.citizen, notice.to, row.starts_at, change, _whom(notice.key)
        )
    return sorted(found.values(), key=lambda untold: untold.starts_at)


def is_of(site: Site, appointment: int) -> bool:
    """Return whether the appointment with this key, standing or not, is the site's."""
    return Appointment.objects.filter(pk=appointment, kiosk__site=site, hold_ends_at=None).exists()


def _change(key: str) -> Change:
    return next((change for words, change in _CHANGES.items() if words in key), Change.NONE)


def _whom(key: str) -> Whom:
    return next((whom for end, whom in _WHOM.items() if key.endswith(end)), Whom.STAFF)
