"""iCal feeds at secret addresses: whoever has the address reads it, without a log-in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cordee.accounts.permissions import PUBLIC, permits
from cordee.appointments import calendars
from cordee.directory import queries as directory
from cordee.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

FRESH_S = 300
"""How long a calendar may show what it has read."""


@permits(PUBLIC)
@require_safe
def agent_feed(request: HttpRequest, *, agent: int, token: str) -> HttpResponseBase:
    """Give an agent's appointments: hour, place, first name."""
    found = directory.agent_of_feed(agent, token)
    if found is None:
        raise Http404
    return _answer(request, calendars.feed_of_agent(found, now=timezone.now()))


@permits(PUBLIC)
@require_safe
def site_feed(request: HttpRequest, *, site: int, token: str) -> HttpResponseBase:
    """Give a site's appointments: hour and kiosk."""
    found = territory.site_of_feed(site, token)
    if found is None:
        raise Http404
    return _answer(request, calendars.feed_of_site(found, now=timezone.now()))


def _answer(request: HttpRequest, text: str) -> HttpResponseBase:
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = f"private, max-age={FRESH_S}"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return get_conditional_response(request, etag=etag, response=answer) or answer
