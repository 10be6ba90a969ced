"""The agent's week: what they see, openings and absences by form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cordee.accounts.permissions import AGENT, permits
from cordee.appointments import cascade
from cordee.directory import openings as weeks
from cordee.directory import queries as directory
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.web.week import changes
from cordee.web.week.agents import agent_here
from cordee.web.week.days import days_of
from cordee.web.week.forms import FIRST_DAY, LAST_DAY, OpeningForm, SpanForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.appointments.models import Appointment
    from cordee.directory.models import Agent

WEEK = timedelta(days=7)


@permits(AGENT)
@require_safe
@never_cache
def week(request: HttpRequest) -> HttpResponse:
    """Show a week (`?semaine=2026-12-08`, any of its days; this one without it)."""
    now = timezone.now()
    agent = agent_here(request)
    asked = _day_asked(request) or timezone.localdate(now)
    monday = asked - timedelta(days=asked.weekday())
    context = {
        "agent": agent,
        "partner": agent.partner,
        "days": days_of(agent, monday, now=now),
        "monday": monday,
        "before": monday - WEEK,
        "after": monday + WEEK,
        "absences": directory.absences_to_come(agent, now=now),
        "extra": directory.extra_openings_to_come(agent, now=now),
    }
    return render(request, "web/week/week.html", context)


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def openings(request: HttpRequest) -> HttpResponse:
    """List the stretches of the agent's week, and add one."""
    now = timezone.now()
    agent = agent_here(request)
    form = OpeningForm(request.POST if request.method == "POST" else None)
    actor = user_actor(request.user.pk)
    if form.is_valid() and changes.add_opening(agent, form, actor=actor, now=now):
        messages.success(request, _("La plage est ajoutée à votre semaine."), extra_tags="ok")
        return redirect("openings")
    rows = changes.opening_rows(agent)
    context = {"partner": agent.partner, "form": form, "openings": rows}
    return render(request, "web/week/openings.html", context)


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def absence(request: HttpRequest) -> HttpResponse:
    """Note an absence; whom it touches is shown first, and must be agreed to as it was shown."""
    now = timezone.now()
    agent = agent_here(request)
    form = SpanForm(request.POST if request.method == "POST" else None, is_whole=True)
    touched: list[Appointment] = []
    if form.is_valid():
        touched = cascade.touched_by_absence(agent, form.period, now=now)
        if not touched or request.POST.get("seen") == changes.seen(touched):
            if _is_away(request, agent, form):
                return redirect("week")
            touched = []
    context = {"partner": agent.partner, "form": form, "touched": touched, "is_absence": True}
    return render(request, "web/week/span.html", {**context, "seen": changes.seen(touched)})


def _is_away(request: HttpRequest, agent: Agent, form: SpanForm) -> bool:
    now = timezone.now()
    try:
        added = weeks.add_absence(
            agent=agent,
            period=form.period,
            note=form.cleaned_data["note"],
            actor=user_actor(request.user.pk),
            now=now,
        )
    except Refusal as refusal:
        form.add_error(None, _(refusal.message))
        return False
    cascade.fall_out_of(absence=added, now=now)
    messages.success(request, _("Votre absence est notée."), extra_tags="ok")
    return True


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def extra_opening(request: HttpRequest) -> HttpResponse:
    """Add a time at which the agent receives people outside their week."""
    agent = agent_here(request)
    form = SpanForm(request.POST if request.method == "POST" else None, is_whole=False)
    actor, now = user_actor(request.user.pk), timezone.now()
    if form.is_valid() and changes.add_extra_opening(agent, form, actor=actor, now=now):
        messages.success(request, _("L’ouverture est ajoutée."), extra_tags="ok")
        return redirect("week")
    context = {"partner": agent.partner, "form": form, "touched": [], "is_absence": False}
    return render(request, "web/week/span.html", {**context, "seen": ""})


@permits(AGENT)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take back one of the agent's own openings, extra openings or absences."""
    agent = agent_here(request)
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    actor = user_actor(request.user.pk)
    changes.remove(agent, kind=kind, key=key, actor=actor, now=timezone.now())
    return redirect("openings" if kind == "opening" else "week")


def _day_asked(request: HttpRequest) -> date | None:
    try:
        asked = date.fromisoformat(request.GET.get("semaine", ""))
    except ValueError:
        return None
    # The weeks at the ends of the calendar have no neighbours.
    return asked if FIRST_DAY + WEEK <= asked <= LAST_DAY - WEEK else None
