"""What comes after today, and what came of the visits that are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cordee.accounts.permissions import AGENT, permits
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.visits import queries as visits
from cordee.visits.rules import OUTCOME_LABELS, Outcome, VisitState
from cordee.visits.services import note_outcome
from cordee.web.rows import outcome_choices, visit_row
from cordee.web.week.agents import agent_here
from cordee.web.week.days import who_comes

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

AHEAD = timedelta(days=60)
BACK = timedelta(days=30)
"""Older visits are no longer asked about."""


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def follow_up(request: HttpRequest) -> HttpResponse:
    """Show what is to be noted and the next visits by day; note one outcome."""
    now = timezone.now()
    agent = agent_here(request)
    if request.method == "POST":
        asked = request.POST.get("visit", "")
        # PostgreSQL is asked for no text with a NUL.
        visit = visits.visit_of_agent(agent, asked) if asked.isalnum() else None
        if visit is None:
            raise Http404
        outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
        actor = user_actor(request.user.pk)
        try:
            note_outcome(visit=visit, outcome=outcome, note=note, actor=actor, now=now)
        except Refusal as refusal:
            messages.error(request, _(refusal.message), extra_tags="bad")
        else:
            said = _("Noté pour %(name)s : %(outcome)s.") % {
                "name": visit.appointment.citizen,
                "outcome": _(OUTCOME_LABELS[Outcome(outcome)]),
            }
            messages.success(request, said, extra_tags="ok")
        return redirect("follow_up")
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    start = timezone.make_aware(datetime.combine(tomorrow, time.min))
    rows = [
        replace(visit_row(visit, now), citizen=who_comes(visit, agent))
        for visit in visits.with_agent(agent, start, start + AHEAD)
    ]
    coming = [row for row in rows if row.state != VisitState.CANCELLED]
    days = groupby(coming, key=lambda row: timezone.localdate(row.starts_at))
    context = {
        "partner": agent.partner,
        "to_note": [
            {"visit": visit_row(visit, now), "outcomes": outcome_choices(visit, now)}
            for visit in visits.to_note(agent, since=now - BACK, now=now)
        ],
        "noted": [
            {
                "appointment": visit.appointment,
                "outcome": _(OUTCOME_LABELS[Outcome(visit.outcome)]),
                "note": visit.outcome_note,
            }
            for visit in visits.noted(agent, since=now - BACK)
        ],
        "days": [{"on": on, "visits": list(each)} for on, each in days],
    }
    return render(request, "web/week/follow_up.html", context)
