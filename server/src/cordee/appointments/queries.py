"""Reading appointments."""

from __future__ import annotations

import hmac
from datetime import datetime

from cordee.appointments.citizens import plain_name
from cordee.appointments.models import Appointment
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


def of_key(key: str) -> Appointment | None:
    """Return the appointment that a request with this key has made."""
    return Appointment.objects.filter(key=key).first()


def between(site_id: int, start: datetime, end: datetime) -> list[Appointment]:
    """Return the confirmed appointments of a site that share an instant with `[start, end)`."""
    rows = Appointment.objects.confirmed().between(start, end).filter(kiosk__site=site_id)
    rows = rows.select_related("kiosk", "agent__partner", "reason")
    return list(rows.order_by("starts_at", "pk"))
