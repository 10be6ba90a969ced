"""What a person was shown before they agreed: a form carries it, and what came since is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cordee.appointments.models import Appointment


def seen(touched: Iterable[Appointment]) -> str:
    """Return what a form carries of the appointments that it showed as touched."""
    return ",".join(str(appointment.pk) for appointment in touched)
