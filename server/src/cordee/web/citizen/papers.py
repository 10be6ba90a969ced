"""What a citizen takes along: the sheet to print, the entry for their own calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cordee.accounts.permissions import PUBLIC, permits
from cordee.appointments.calendars import own_calendar
from cordee.appointments.cascade import proposals_for
from cordee.appointments.printing import printed_slip
from cordee.web.citizen.limits import LOOKS, limited
from cordee.web.citizen.managing import of_theirs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cordee.visits.models import Visit


@permits(PUBLIC)
@never_cache
@require_safe
@limited(LOOKS)
@of_theirs
def calendar(request: HttpRequest, *, visit: Visit) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Give the appointment as a calendar entry; a cancelled one takes itself out."""
    text = own_calendar(visit.appointment, now=timezone.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return answer


@permits(PUBLIC)
@never_cache
@require_safe
@limited(LOOKS)
@of_theirs
def slip(request: HttpRequest, *, visit: Visit) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Give the appointment's sheet as PDF; of one that cannot take place, its page instead."""
    if proposals_for(visit.appointment):
        return redirect("citizen_visit", visit=visit.public_id)
    answer = HttpResponse(printed_slip(visit.appointment), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="rendez-vous.pdf"'
    return answer
