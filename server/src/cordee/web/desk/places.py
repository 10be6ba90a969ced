"""Where the host is, and which day they look at: what every page of the desk begins with."""

from __future__ import annotations

from datetime import date
from functools import wraps
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cordee.accounts.permissions import HOST, permits
from cordee.territory import queries as territory
from cordee.visits import queries as visits
from cordee.web.zones import speak_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Site
    from cordee.visits.models import Visit

SITE_KEY = "site"
"""Where the session keeps the host's site."""
BOOKED_KEY = "booked"
"""Where the session keeps the visits that were booked here, perhaps at another site."""
BOOKED_KEPT = 20
YEARS = range(2000, 2200)
"""The days that can be looked at: those around the ends of the calendar have no neighbours."""


def at_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the host's site, or ask where they are first.

    A host sees the sites where they are posted; for them there are no others.
    """

    @wraps(view)
    def ask_first(request: HttpRequest, **kwargs: str) -> HttpResponse:
        chosen = request.session.get(SITE_KEY)
        places = territory.sites_of_host(request.user.pk)
        site = next((site for site in places if site.pk == chosen), None)
        if site is None and len(places) == 1:
            site = places[0]
        if site is None:
            return redirect("choose_site")
        speak_at(site)
        return view(request, site=site, many_sites=len(places) > 1, **kwargs)

    return ask_first


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def choose_site(request: HttpRequest) -> HttpResponse:
    """Ask the host where they are; remembered until they leave."""
    places = territory.sites_of_host(request.user.pk)
    if request.method == "POST":
        chosen = request.POST.get("site", "")
        if not any(str(site.pk) == chosen for site in places):
            raise Http404
        request.session[SITE_KEY] = int(chosen)
        return redirect("desk")
    return render(request, "web/site.html", {"sites": places})


def day_asked(request: HttpRequest) -> date | None:
    """Return the day that the address names (`?jour=2026-12-08`), or None."""
    try:
        asked = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return None
    return asked if asked.year in YEARS else None


def remember_booked(request: HttpRequest, visit: Visit) -> None:
    """Let this session see the visit that it has booked, wherever it takes place."""
    kept = [*request.session.get(BOOKED_KEY, []), visit.public_id]
    request.session[BOOKED_KEY] = kept[-BOOKED_KEPT:]


def visit_shown(request: HttpRequest, site: Site, public_id: str) -> Visit:
    """Return a visit at the host's site, or one booked in this session. Raises Http404."""
    found = visits.visit_at_site(site, public_id)
    if found is None and public_id in request.session.get(BOOKED_KEY, []):
        found = visits.visit_by_id(public_id)
    if found is None:
        raise Http404
    return found
