"""One appointment at the desk, and what replaces it when it cannot be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cordee.accounts.permissions import HOST, permits
from cordee.appointments.cascade import proposal_of, proposals_for
from cordee.appointments.holding import same_guests
from cordee.appointments.printing import printed_slip
from cordee.appointments.rules import GuestKind, ProposalKind
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.visits import booking
from cordee.web.citizen.asking import number
from cordee.web.desk.places import at_site, remember_booked, visit_shown
from cordee.web.languages import language_name
from cordee.web.picks import picks
from cordee.web.rows import desk_row

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cordee.territory.models import Site
    from cordee.visits.models import Visit


@permits(HOST)
@require_safe
@never_cache
@at_site
def show(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:
    """Show one appointment: its slip, what can be done with it, or what is proposed instead."""
    return _shown(request, site, visit_shown(request, site, visit), many_sites=many_sites)


@permits(HOST)
@require_POST
@never_cache
@at_site
def choose(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:
    """Take what the person chose, at the desk or on the telephone, of what is proposed to them.

    Twice is once. Refused, what is still proposed is shown, and the number as it was typed.
    """
    now = timezone.now()
    found = visit_shown(request, site, visit)
    phone = request.POST.get("numero", "")
    try:
        chosen = booking.choose(
            proposal=proposal_of(
                found.appointment, number(request.POST.get("proposition", "")) or 0
            ),
            phone=phone,
            actor=user_actor(request.user.pk),
            now=now,
        )
    except Refusal as refusal:
        again = visit_shown(request, site, visit)
        return _shown(request, site, again, many_sites=many_sites, refusal=refusal, phone=phone)
    if chosen is None:
        return redirect("desk_visit", visit=visit)
    remember_booked(request, chosen)
    return redirect("desk_visit", visit=chosen.public_id)


@permits(HOST)
@require_safe
@never_cache
@at_site
def slip(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:  # noqa: ARG001 - given to every page
    """Give the sheet as PDF, to be printed; of a visit that cannot take place, its page instead."""
    found = visit_shown(request, site, visit)
    if proposals_for(found.appointment):
        return redirect("desk_visit", visit=visit)
    answer = HttpResponse(printed_slip(found.appointment), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="rendez-vous.pdf"'
    return answer


def _shown(
    request: HttpRequest,
    site: Site,
    found: Visit,
    *,
    many_sites: bool,
    refusal: Refusal | None = None,
    phone: str = "",
) -> HttpResponse:
    appointment = found.appointment
    row, place = desk_row(found, timezone.now()), appointment.kiosk.site
    proposed = picks(appointment) if row.is_touched else []
    calls = [one.proposal for one in proposed if one.proposal.kind == ProposalKind.TELEPHONE]
    context = {
        "site": site,
        "many_sites": many_sites,
        "row": row,
        "appointment": appointment,
        "place_asked": place,
        "is_here": place == site,
        "proposals": [one for one in proposed if one.proposal not in calls],
        "call": calls[0] if calls else None,
        "number": phone,
        "spoken": language_name(appointment.spoken) if appointment.spoken else "",
        "interpreted": [
            language_name(guest.language)
            for guest in same_guests(appointment)
            if guest.kind == GuestKind.INTERPRETER and guest.language
        ],
        "is_called": appointment.cancelled_why == ProposalKind.TELEPHONE,
        "refusal": _(refusal.message) if refusal is not None else "",
    }
    return render(request, "web/desk/visit.html", context)
