"""The agent's pages: their day, the counter of one visit, their keys, the replay document."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from cordee.accounts.permissions import AGENT, PUBLIC, permits
from cordee.appointments.calls import calls_of
from cordee.directory import queries as directory
from cordee.visits import queries as visits
from cordee.web.rows import outcome_choices, visit_row

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Agent

REPLAY_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["blob:"],
    "font-src": ["blob:"],
    "frame-ancestors": [SELF],
}


def _agent(request: HttpRequest) -> Agent:
    agent = directory.agent_of(request.user.pk)
    if agent is None:
        raise Http404
    return agent


@permits(AGENT)
@require_safe
@never_cache
@ensure_csrf_cookie
def guichet(request: HttpRequest) -> HttpResponse:
    """Show the agent's day: the next visit large, the others, camera and keys."""
    now = timezone.now()
    agent = _agent(request)
    today = timezone.localdate(now)
    start = timezone.make_aware(datetime.combine(today, time.min))
    end = timezone.make_aware(datetime.combine(today + timedelta(days=1), time.min))
    rows = [visit_row(visit, now) for visit in visits.of_agent(agent, start, end)]
    coming = visits.next_of_agent(agent, now)
    context = {
        "partner": agent.partner,
        "agent": agent,
        "now": now,
        "now_unix": now.timestamp(),
        "visits": rows,
        "expected": sum(row.state != "cancelled" for row in rows),
        "next": visit_row(coming, now) if coming is not None else None,
        "calls": calls_of(agent, now=now),
        "keys_state": directory.keys_state(agent, now=now),
        "keys_end_at": directory.keys_to_renew(agent, now=now),
    }
    return render(request, "web/guichet.html", context)


@permits(AGENT)
@require_safe
@never_cache
@ensure_csrf_cookie
def counter(request: HttpRequest, visit: str) -> HttpResponse:
    """Open the counter of one of the agent's own visits; anything else is not found.

    A visit held in the partner's own tool has a page with its link and no call.
    """
    agent = _agent(request)
    found = visits.visit_of_agent(agent, visit)
    if found is None:
        raise Http404
    now = timezone.now()
    if found.appointment.video_url:
        own = {
            "partner": agent.partner,
            "visit": visit_row(found, now),
            "outcomes": outcome_choices(found, now),
        }
        return render(request, "web/own_tool.html", own)
    context = {
        "visit": visit_row(found, now),
        "agent": agent,
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "web/counter.html", context)


@permits(AGENT)
@require_safe
@never_cache
@ensure_csrf_cookie
def keys(request: HttpRequest) -> HttpResponse:
    """Show where the agent's keys stand; the page's script makes them."""
    agent = _agent(request)
    now = timezone.now()
    context = {
        "partner": agent.partner,
        "agent": agent,
        "keys_state": directory.keys_state(agent, now=now),
        "keys_end_at": directory.keys_to_renew(agent, now=now),
    }
    return render(request, "web/keys.html", context)


@permits(PUBLIC)
@require_safe
@csp(REPLAY_POLICY)
@xframe_options_sameorigin
@cache_control(public=True, max_age=3600)
def mirror(request: HttpRequest) -> HttpResponse:
    """Give the empty document in which the counter rebuilds the kiosk’s page."""
    return render(request, "web/mirror.html")
