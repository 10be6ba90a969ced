"""What a kiosk and a counter have to know of their visits, as the wire says it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cordee.directory.queries import certificate_of, certificate_read
from cordee.directory.rules import hosts_of
from cordee.visits.models import Visit
from cordee.visits.relays import Relays, ice_servers
from cordee_wire.kiosk_link import AgendaEntry

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.fleet.models import Kiosk

AHEAD = timedelta(days=7)
STILL_SHOWN = timedelta(minutes=15)


def entry_of(visit: Visit, relays: Relays) -> AgendaEntry:
    """Return one visit as the kiosk needs it. The visit comes from `Visit.objects.whole()`."""
    appointment = visit.appointment
    agent, partner, site = appointment.agent, appointment.agent.partner, appointment.kiosk.site
    start_url = appointment.reason.start_url or partner.start_url
    return AgendaEntry(
        visit=visit.public_id,
        starts_at=appointment.starts_at.timestamp(),
        ends_at=appointment.ends_at.timestamp(),
        citizen=appointment.citizen,
        partner=partner.slug,
        partner_label=partner.label,
        reason=appointment.reason.label,
        agent=agent.label,
        phone=site.phone,
        start_url=start_url,
        allowed_hosts=hosts_of(start_url, partner.allowed_hosts),
        ice_servers=ice_servers(
            relays, visit=visit.public_id, ends_at=appointment.ends_at
        ),
        relay_only=site.relay_only,
        certificate=certificate_of(agent),
        recovery=certificate_read(partner.recovery_certificate),
    )


def agenda_of(kiosk: Kiosk, *, now: datetime, relays: Relays) -> list[AgendaEntry]:
    """Return the kiosk's open visits of the next seven days, in order."""
    coming = (
        Visit.objects.whole()
        .open()
        .filter(
            appointment__kiosk=kiosk,
            appointment__ends_at__gt=now - STILL_SHOWN,
            appointment__starts_at__lt=now + AHEAD,
        )
    )
    return [entry_of(visit, relays) for visit in coming.order_by("appointment__starts_at", "pk")]
