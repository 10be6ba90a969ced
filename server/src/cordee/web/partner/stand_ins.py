"""Who takes the booked visits of an agent who cannot receive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cordee.appointments.guest_seats import fill, to_fill
from cordee.appointments.stand_ins import plans, to_take_over
from cordee.directory import queries as directory
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.visits.stand_ins import take_over
from cordee.web.citizen.asking import number
from cordee.web.partner.mandates import managed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.appointments.guest_seats import SeatPlan
    from cordee.appointments.stand_ins import Plan
    from cordee.directory.models import Agent, Partner


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def stand_ins(request: HttpRequest, *, partner: Partner) -> HttpResponse:
    """List the visits to take over with who can; give one of them, or all, to stand-ins."""
    now = timezone.now()
    found = plans(to_take_over(partner, now=now), now=now)
    seats = to_fill(partner, now=now)
    if request.method == "POST" and "siege" in request.POST:
        return _seat_filled(request, seats, now=now)
    if request.method == "POST":
        one = request.POST.get("un", "")
        asked = [plan for plan in found if one in {"", str(plan.appointment.pk)}]
        if not asked:
            return _done_already(request)
        chosen = chosen_of(request, partner, asked)
        try:
            take_over(chosen=chosen, actor=user_actor(request.user.pk), now=now)
        except Refusal as refusal:
            messages.error(request, _(refusal.message), extra_tags="bad")
        else:
            said = ngettext(
                "%(n)s rendez-vous est repris. La personne est prévenue.",
                "%(n)s rendez-vous sont repris. Les personnes sont prévenues.",
                len(chosen),
            )
            if chosen:
                messages.success(request, said % {"n": len(chosen)}, extra_tags="ok")
            else:
                messages.error(request, _("Choisissez qui reprend."), extra_tags="warn")
        return redirect("partner_stand_ins")
    context = {"section": "stand_ins", "partner": partner, "plans": found, "seats": seats}
    return render(request, "web/partner/stand_ins.html", context)


def _done_already(request: HttpRequest) -> HttpResponse:
    """Say that what was asked is no longer to be done, as after a second click."""
    said = _("Ce n’est plus à faire : quelqu’un le reprend déjà, ou le rendez-vous n’a plus lieu.")
    messages.success(request, said, extra_tags="ok")
    return redirect("partner_stand_ins")


def _seat_filled(request: HttpRequest, seats: Sequence[SeatPlan], *, now: datetime) -> HttpResponse:
    """Give one seat to whom the form names: one of those who were shown."""
    asked = request.POST["siege"]
    plan = next((each for each in seats if str(each.seat.pk) == asked), None)
    if plan is None:
        return _done_already(request)
    key = request.POST.get(f"siege-{plan.seat.pk}", "")
    agent = next((each for each in plan.able if str(each.pk) == key), None)
    if agent is None:
        messages.error(request, _("Choisissez qui prend la place."), extra_tags="warn")
        return redirect("partner_stand_ins")
    try:
        fill(seat=plan.seat, agent=agent, actor=user_actor(request.user.pk), now=now)
    except Refusal as refusal:
        messages.error(request, _(refusal.message), extra_tags="bad")
    else:
        said = _("%(name)s prend la place. Le rendez-vous a lieu.") % {"name": agent.label}
        messages.success(request, said, extra_tags="ok")
    return redirect("partner_stand_ins")


def chosen_of(request: HttpRequest, partner: Partner, found: Sequence[Plan]) -> dict[int, Agent]:
    """Return the stand-in that the form names for each of these visits; none for some.

    Raises Http404 for somebody who is not the partner's.
    """
    chosen = {}
    for plan in found:
        key = request.POST.get(f"reprend-{plan.appointment.pk}", "")
        if key:
            agent = directory.agent_in(partner, number(key) or 0)
            if agent is None:
                raise Http404
            chosen[plan.appointment.pk] = agent
    return chosen
