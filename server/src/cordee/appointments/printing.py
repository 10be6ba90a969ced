"""The printed slip, for whoever hands it out. Its typesetter takes a second to load: only here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cordee.appointments.models import Appointment


def printed_slip(appointment: Appointment) -> bytes:
    """Return the appointment's slip as a PDF (see `appointments.slip`)."""
    # Every command of the server would load it with the pages, and hardly one prints.
    from cordee.appointments.slip import slip  # noqa: PLC0415

    return slip(appointment)
