"""The agent's week: what they see, openings and absences by form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cordee.accounts.permissions import AGENT, permits
from cordee.directory import queries as directory
from cordee.journal.rules import user as user_actor
from cordee.web.leaving import Left, left_by_absence
from cordee.web.week import changes
from cordee.web.week.agents import agent_here
from cordee.web.week.days import days_of
from cordee.web.week.forms import FIRST_DAY, LAST_DAY, OpeningForm, span_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cordee.web.week.forms import SpanForm

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
        "absences": changes.span_rows(
            directory.absences_to_come(agent, now=now), _address("change_absence")
        ),
        "extra": changes.span_rows(
            directory.extra_openings_to_come(agent, now=now), _address("change_extra_opening")
        ),
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
    if form.is_valid() and changes.keep_opening(agent, form, None, actor=actor, now=now):
        messages.success(request, _("La plage est ajoutée à votre semaine."), extra_tags="ok")
        return redirect("openings")
    rows = changes.opening_rows(agent, _address("change_opening"))
    context = {"partner": agent.partner, "form": form, "openings": rows}
    return render(request, "web/week/openings.html", context)


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change_opening(request: HttpRequest, *, opening: int) -> HttpResponse:
    """Give a stretch of the agent's week another day, other hours or dates."""
    now = timezone.now()
    agent = agent_here(request)
    held = changes.opening_of(agent, opening)
    if held is None:
        changes.say_gone(request)
        return redirect("openings")
    shown = OpeningForm.showing(held.rule())
    form = OpeningForm(request.POST if request.method == "POST" else None, initial=shown)
    actor = user_actor(request.user.pk)
    if form.is_valid() and changes.keep_opening(agent, form, held, actor=actor, now=now):
        messages.success(request, _("La plage est changée."), extra_tags="ok")
        return redirect("openings")
    context = {"partner": agent.partner, "form": form, "opening": held}
    return render(request, "web/week/opening.html", context)


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def absence(request: HttpRequest, *, absence: int | None = None) -> HttpResponse:
    """Note an absence, or change one; whom it newly touches must be agreed to as it was shown."""
    now = timezone.now()
    agent = agent_here(request)
    held = None if absence is None else changes.absence_of(agent, absence, now=now)
    if absence is not None and held is None:
        changes.say_gone(request)
        return redirect("week")
    form = span_form(request, held, is_whole=True)
    left = Left()
    if form.is_valid():
        left = left_by_absence(agent, form.period, now=now)
        if request.method == "POST" and left.is_agreed(request):
            actor = user_actor(request.user.pk)
            if changes.keep_absence(agent, form, held, actor=actor, now=now):
                said = _("Votre absence est changée.") if held else _("Votre absence est notée.")
                messages.success(request, said, extra_tags="ok")
                return redirect(_week_of(form))
            left = Left()
    context = {"partner": agent.partner, "form": form, "is_absence": True, "held": held}
    context["left"] = left
    return render(request, "web/week/span.html", context)


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def extra_opening(request: HttpRequest, *, extra: int | None = None) -> HttpResponse:
    """Add a time at which the agent receives people outside their week, or change one."""
    actor, now = user_actor(request.user.pk), timezone.now()
    agent = agent_here(request)
    held = None if extra is None else changes.extra_opening_of(agent, extra, now=now)
    if extra is not None and held is None:
        changes.say_gone(request)
        return redirect("week")
    form = span_form(request, held, is_whole=False)
    if (
        request.method == "POST"
        and form.is_valid()
        and changes.keep_extra_opening(agent, form, held, actor=actor, now=now)
    ):
        said = _("L’ouverture est changée.") if held else _("L’ouverture est ajoutée.")
        messages.success(request, said, extra_tags="ok")
        return redirect(_week_of(form))
    context = {"partner": agent.partner, "form": form, "is_absence": False, "held": held}
    return render(request, "web/week/span.html", context)


@permits(AGENT)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take back one of the agent's own openings, extra openings or absences."""
    agent = agent_here(request)
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    actor = user_actor(request.user.pk)
    if not changes.remove(agent, kind=kind, key=key, actor=actor, now=timezone.now()):
        messages.success(request, _("C’est déjà retiré."), extra_tags="ok")
    return redirect("openings" if kind == "opening" else "week")


def _week_of(form: SpanForm) -> str:
    return f"{reverse('week')}?semaine={form.cleaned_data['first_day']}"


def _address(name: str) -> Callable[[int], str]:
    return lambda key: reverse(name, args=[key])


def _day_asked(request: HttpRequest) -> date | None:
    try:
        asked = date.fromisoformat(request.GET.get("semaine", ""))
    except ValueError:
        return None
    # The weeks at the ends of the calendar have no neighbours.
    return asked if FIRST_DAY + WEEK <= asked <= LAST_DAY - WEEK else None
