"""A kiosk that does not work and what was promised on it: one change of both."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cordee.appointments import cascade
from cordee.appointments.outages import AHEAD, cause_of
from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk, KioskOutage
from cordee.journal.rules import Actor
from cordee.kernel.period import Period


@transaction.atomic
def put_out_of_service(
    *, kiosk: Kiosk, ends_at: datetime | None, actor: Actor, now: datetime
) -> KioskOutage:
    """Say that a kiosk does not work until `ends_at`; None: until it is put back.

    Whom it touches anew are told by the sweep; whom an earlier end no longer touches hear at once
    that their appointment stands. Raises what `fleet.services.put_out_of_service` raises; then
    nothing is written.
    """
    outage = fleet.put_out_of_service(kiosk=kiosk, ends_at=ends_at, actor=actor, now=now)
    lasting = Period(outage.starts_at, ends_at or now + AHEAD)
    cascade.withdraw(cause=cause_of(outage), period=lasting, now=now)
    return outage


@transaction.atomic
def put_back(*, outage: KioskOutage, actor: Actor, now: datetime) -> None:
    """Say that the kiosk works again; whom it touched are told that their appointment stands.

    Twice changes nothing.
    """
    cause = cause_of(outage)
    fleet.put_back(outage=outage, actor=actor, now=now)
    cascade.withdraw(cause=cause, period=None, now=now)
