"""The site's kiosk does not work, or works again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cordee.accounts.permissions import HOST, permits
from cordee.fleet import queries as fleet
from cordee.web import outages
from cordee.web.desk.places import at_site

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.fleet.models import Kiosk
    from cordee.territory.models import Site


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def put_out(request: HttpRequest, *, site: Site, many_sites: bool, kiosk: str) -> HttpResponse:
    """Ask until when the kiosk is out and show whom that touches, then put it out of service."""
    shown = outages.put_out(request, _found(site, kiosk), now=timezone.now())
    if shown is None:
        return redirect("desk")
    context = {**shown, "site": site, "many_sites": many_sites}
    return render(request, "web/desk/outage.html", context)


@permits(HOST)
@require_POST
@never_cache
@at_site
def put_back(request: HttpRequest, *, site: Site, many_sites: bool, kiosk: str) -> HttpResponse:  # noqa: ARG001 - given to every page
    """Put the kiosk back in service."""
    outages.put_back(request, _found(site, kiosk), now=timezone.now())
    return redirect("desk")


def _found(site: Site, public_id: str) -> Kiosk:
    for kiosk in fleet.kiosks_at(site):
        if kiosk.public_id == public_id:
            return kiosk
    raise Http404
