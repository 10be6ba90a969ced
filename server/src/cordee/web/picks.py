"""What a page shows of the proposals made for an appointment that cannot be kept."""

from __future__ import annotations

from dataclasses import dataclass

from cordee.appointments.cascade import proposals_for
from cordee.appointments.models import Appointment, Proposal
from cordee.appointments.rules import ProposalKind
from cordee.appointments.trips import Trips, trips_of


@dataclass(frozen=True)
class Pick:
    """One proposal; of another site, the minutes by road (None: unknown) from the commune `start`.

    `start` is its name.
    """

    proposal: Proposal
    minutes: int | None = None
    start: str = ""


def picks(appointment: Appointment) -> list[Pick]:
    """Return what is proposed, in the order to be shown. Trips are read where there is one."""
    found = proposals_for(appointment)
    is_elsewhere = any(proposal.kind == ProposalKind.SITE for proposal in found)
    trips = trips_of(appointment) if is_elsewhere else None
    return [_pick(proposal, trips) for proposal in found]


def _pick(proposal: Proposal, trips: Trips | None) -> Pick:
    if trips is None or proposal.kind != ProposalKind.SITE or proposal.kiosk is None:
        return Pick(proposal)
    return Pick(proposal, trips.minutes.get(proposal.kiosk.site_id), trips.start.name)
