"""Who was not reached by writing, for the desk to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cordee.appointments.models import Appointment
from cordee.notices.queries import told_by_hand
from cordee.territory.models import Site

SUBJECT = "appointment"
_CHANGES = (" moved ", " cancelled ", " touched ", " kept ")


@dataclass(frozen=True)
class Untold:
    """Someone whom the desk calls: `contact` is what we have, `is_cancelled` what has changed."""

    appointment: int
    citizen: str
    contact: str
    starts_at: datetime
    is_cancelled: bool


def untold_at(site: Site, *, since: datetime) -> list[Untold]:
    """Return who has to be called about the site's appointments from `since` on, soonest first.

    Their message failed, or they have neither mobile nor address and something has changed. Once a
    person and appointment. What an appointment said before it was given up no longer counts.
    """
    rows = Appointment.objects.filter(
        kiosk__site=site, starts_at__gte=since, hold_ends_at=None
    ).order_by("starts_at", "pk")
    by_key = {str(row.pk): row for row in rows}
    found: dict[tuple[str, str], Untold] = {}
    for notice in told_by_hand(SUBJECT, list(by_key), changes=_CHANGES):
        row = by_key[notice.subject_id]
        is_cancelled = row.cancelled_at is not None
        if is_cancelled and " cancelled " not in notice.key:
            continue
        shown = Untold(row.pk, row.citizen, notice.to, row.starts_at, is_cancelled)
        found[(notice.subject_id, notice.to)] = shown
    return sorted(found.values(), key=lambda untold: untold.starts_at)
