"""What replaces an appointment that cannot be kept: the person chooses, or nothing is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST

from cordee.accounts.permissions import PUBLIC, permits
from cordee.appointments.cascade import proposal_of
from cordee.journal.rules import ANYONE
from cordee.kernel.refusal import Refusal
from cordee.visits import booking
from cordee.visits.queries import visit_by_id
from cordee.web.citizen import opened
from cordee.web.citizen.asking import number
from cordee.web.citizen.limits import BOOKINGS, limited
from cordee.web.citizen.managing import described, of_theirs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.visits.models import Visit


@permits(PUBLIC)
@gzip_page
@never_cache
@require_POST
@limited(BOOKINGS)
@of_theirs
def choose(request: HttpRequest, *, visit: Visit) -> HttpResponse:
    """Take one of the proposals made for this appointment; twice is once."""
    now = timezone.now()
    asked = number(request.POST.get("proposition", ""))
    phone = request.POST.get("numero", "")
    try:
        proposal = proposal_of(visit.appointment, asked or 0)
        chosen = booking.choose(proposal=proposal, phone=phone, actor=ANYONE, now=now)
    except Refusal as refusal:
        as_it_is = visit_by_id(visit.public_id) or visit
        context = {**described(as_it_is, now), "refusal": _(refusal.message)}
        context["number"] = phone
        return render(request, "web/citizen/visit.html", context)
    if chosen is None:
        return redirect("citizen_visit", visit=visit.public_id)
    opened.remember(request, chosen.public_id, now)
    return redirect("citizen_visit", visit=chosen.public_id)
