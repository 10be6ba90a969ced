"""When an agent receives people, changed by their manager with the week's own forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cordee.appointments import cascade
from cordee.appointments.stand_ins import Plan, plans
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.visits.stand_ins import note_absence
from cordee.web.partner.mandates import agent_shown, closed_agent, managed
from cordee.web.partner.stand_ins import chosen_of
from cordee.web.week import changes
from cordee.web.week.changes import seen
from cordee.web.week.forms import OpeningForm, SpanForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.appointments.models import Appointment
    from cordee.directory.models import Agent, Partner


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def openings(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """List the stretches of an agent's week, and add one."""
    now = timezone.now()
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    form = OpeningForm(request.POST if request.method == "POST" else None)
    actor = user_actor(request.user.pk)
    if form.is_valid() and changes.add_opening(shown, form, actor=actor, now=now):
        messages.success(request, _("La plage est ajoutée."), extra_tags="ok")
        return redirect("partner_openings", agent=shown.pk)
    context = {**_context(partner, shown), "form": form, "openings": changes.opening_rows(shown)}
    return render(request, "web/partner/openings.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """Note an agent's absence; whom it touches is shown first, and agreed to as it was shown."""
    now = timezone.now()
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    form = SpanForm(request.POST if request.method == "POST" else None, is_whole=True)
    found: list[Plan] = []
    touched: list[Appointment] = []
    if form.is_valid():
        touched = cascade.touched_by_absence(shown, form.period, now=now)
        # Where they sit in beside another agent, nobody takes over that agent's visit.
        found = plans([each for each in touched if each.agent_id == shown.pk], now=now)
        found += [Plan(each, (), None) for each in touched if each.agent_id != shown.pk]
        if not touched or request.POST.get("seen") == seen(touched):
            try:
                note_absence(
                    agent=shown,
                    period=form.period,
                    note=form.cleaned_data["note"],
                    chosen=chosen_of(request, partner, found),
                    actor=user_actor(request.user.pk),
                    now=now,
                )
            except Refusal as refusal:
                form.add_error(None, _(refusal.message))
            else:
                messages.success(request, _("L’absence est notée."), extra_tags="ok")
                return redirect("partner_agent", agent=shown.pk)
    context = {**_context(partner, shown), "form": form, "plans": found, "is_absence": True}
    return render(request, "web/partner/span.html", {**context, "seen": seen(touched)})


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def extra_opening(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """Add a time at which an agent receives people outside their week."""
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    form = SpanForm(request.POST if request.method == "POST" else None, is_whole=False)
    actor, now = user_actor(request.user.pk), timezone.now()
    if form.is_valid() and changes.add_extra_opening(shown, form, actor=actor, now=now):
        messages.success(request, _("L’ouverture est ajoutée."), extra_tags="ok")
        return redirect("partner_agent", agent=shown.pk)
    context = {**_context(partner, shown), "form": form, "plans": [], "is_absence": False}
    return render(request, "web/partner/span.html", {**context, "seen": ""})


@managed
@require_POST
def remove(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """Take back one of an agent's openings, extra openings or absences."""
    shown = agent_shown(partner, agent)
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    actor = user_actor(request.user.pk)
    changes.remove(shown, kind=kind, key=key, actor=actor, now=timezone.now())
    return redirect("partner_openings" if kind == "opening" else "partner_agent", agent=shown.pk)


def _context(partner: Partner, agent: Agent) -> dict[str, object]:
    return {"section": "agents", "partner": partner, "agent": agent}
