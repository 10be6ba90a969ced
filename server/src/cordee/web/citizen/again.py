"""The same person again: who received a citizen may be asked for by them, and by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from cordee.kernel.refusal import Refusal
from cordee.visits import queries as visits
from cordee.web.citizen import asking as addresses
from cordee.web.citizen import opened
from cordee.web.zones import speak_at

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from cordee.visits.models import Visit
    from cordee.web.citizen.asking import Asking


class AgainGone(Refusal):
    """The agent has left, or the page of the visit is closed: book with anyone, or reopen it."""

    code = "again_gone"
    message = (
        "Nous ne pouvons plus réserver avec la même personne. Voici les heures de ses collègues."
    )


def read(request: HttpRequest, query: QueryDict) -> tuple[Asking, Refusal | None]:
    """Return what an address says, with the agent of the visit that it names.

    Hours are then those of the place that it names.

    A visit that this browser may not see, or whose agent cannot receive again, is left out: then
    AgainGone is returned too, for the page to say.
    """
    asking = addresses.read(query)
    if asking.site is not None:
        speak_at(asking.site)
    if not asking.again or asking.reason is None:
        return asking.but(again=""), None
    visit = visit_before(request, asking)
    if visit is None or not visits.may_meet_again(visit, asking.reason, now=timezone.now()):
        return asking.but(again=""), AgainGone()
    return asking.but(agent=visit.appointment.agent), None


def visit_before(request: HttpRequest, asking: Asking) -> Visit | None:
    """Return the visit after which the same agent is wanted, if this browser may see it."""
    if not asking.again or not opened.may_see(request, asking.again, timezone.now()):
        return None
    return visits.visit_by_id(asking.again)
