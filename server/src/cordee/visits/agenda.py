"""What a kiosk and a counter have to know of their visits, as the wire says it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cordee.directory.queries import certificate_read, certificates_of
from cordee.directory.rules import hosts_of
from cordee.visits.models import Visit
from cordee.visits.relays import Relays, ice_servers
from cordee.visits.rules import RUNS_OVER
from cordee_wire.kiosk_link import AgendaEntry

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.fleet.models import Kiosk
    from cordee_wire.signed import Certificate

AHEAD = timedelta(days=7)
STILL_SHOWN = RUNS_OVER
"""A visit that runs over stays: leaving the agenda means cancelled (wire: AgendaEntry)."""


def entry_of(visit: Visit, relays: Relays, certificate: Certificate | None) -> AgendaEntry:
    """Return one visit as the kiosk needs it. The visit comes from `Visit.objects.whole()`."""
    appointment = visit.appointment
    agent, partner, site = appointment.agent, appointment.agent.partner, appointment.kiosk.site
    start_url = appointment.reason.start_url or partner.start_url
    opened_url = appointment.video_url or start_url
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
        allowed_hosts=hosts_of(opened_url, partner.allowed_hosts),
        ice_servers=ice_servers(relays, visit=visit.public_id, ends_at=appointment.ends_at),
        relay_only=site.relay_only,
        certificate=certificate,
        recovery=certificate_read(partner.recovery_certificate),
        video_url=appointment.video_url,
        blind_rules=appointment.reason.blind_rules,
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
    visits = list(coming.order_by("appointment__starts_at", "pk"))
    certificates = certificates_of({visit.appointment.agent_id for visit in visits}, now=now)
    return [
        entry_of(visit, relays, certificates.get(visit.appointment.agent_id)) for visit in visits
    ]


def kiosks_meeting(agent_id: int, *, now: datetime) -> set[str]:
    """Return the public ids of the kiosks whose agenda names this agent."""
    return _kiosks(now, appointment__agent=agent_id)


def kiosks_meeting_partner(slug: str, *, now: datetime) -> set[str]:
    """Return the public ids of the kiosks whose agenda names this partner."""
    return _kiosks(now, appointment__agent__partner__slug=slug)


def kiosks_for_reason(reason_id: int, *, now: datetime) -> set[str]:
    """Return the public ids of the kiosks whose agenda holds a visit for this reason."""
    return _kiosks(now, appointment__reason=reason_id)


def kiosks_at_site(site_id: int, *, now: datetime) -> set[str]:
    """Return the public ids of the kiosks of this site whose agenda holds a visit."""
    return _kiosks(now, appointment__kiosk__site=site_id)


def kiosks_entering(since: datetime, now: datetime) -> set[str]:
    """Return the public ids of the kiosks whose agenda a visit has entered in `[since, now)`."""
    return _kiosks(now, appointment__starts_at__gte=since + AHEAD)


def _kiosks(now: datetime, **whose: Any) -> set[str]:
    found = Visit.objects.open().filter(
        appointment__ends_at__gt=now - STILL_SHOWN,
        appointment__starts_at__lt=now + AHEAD,
        **whose,
    )
    return set(found.values_list("appointment__kiosk__public_id", flat=True))
