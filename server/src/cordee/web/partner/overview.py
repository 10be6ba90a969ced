"""The partner today: who comes, who receives, what needs somebody."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cordee.appointments.calls import calls_without_agent
from cordee.appointments.guest_seats import empty
from cordee.appointments.stand_ins import to_take_over
from cordee.directory import queries as directory
from cordee.visits import queries as visits
from cordee.visits.rules import VisitState
from cordee.web.partner.agents import staff_rows
from cordee.web.partner.mandates import managed
from cordee.web.partner.rows import reason_row
from cordee.web.partner.unanswered import BACK
from cordee.web.rows import visit_row

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Partner


@managed
@require_safe
def overview(request: HttpRequest, *, partner: Partner) -> HttpResponse:
    """Show the day."""
    now = timezone.now()
    start = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    end = timezone.make_aware(
        datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min)
    )
    rows = [visit_row(visit, now) for visit in visits.of_partner(partner, start, end)]
    here = [agent for agent in staff_rows(partner) if not agent.is_closed]
    asked = [reason_row(each, here) for each in directory.reasons_of(partner)]
    context = {
        "section": "overview",
        "partner": partner,
        "now": now,
        "visits": rows,
        "expected": sum(row.state != VisitState.CANCELLED for row in rows),
        "calls": calls_without_agent(partner, now=now),
        "to_take_over": len(to_take_over(partner, now=now)),
        "seats": empty(partner, now=now).count(),
        "missed": len(visits.unanswered(partner, since=now - BACK, now=now)),
        "receiving": [agent for agent in here if agent.hours_today],
        "without_opening": [agent for agent in here if not agent.has_openings],
        "away": [agent for agent in here if agent.absent_until],
        "unknown": [row for row in asked if row.is_open and not row.agents],
    }
    return render(request, "web/partner/overview.html", context)
