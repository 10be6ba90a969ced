"""The feed of a site's visits: its secret address made, replaced, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cordee.accounts.permissions import HOST, permits
from cordee.journal.rules import user as user_actor
from cordee.territory.feed import make_feed, remove_feed
from cordee.web.desk.places import at_site

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Site


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def site_calendar(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Show the address of the site's feed; make another, or remove it."""
    if request.method == "POST":
        act, actor, now = request.POST.get("act", ""), user_actor(request.user.pk), timezone.now()
        if act == "make_feed":
            make_feed(site=site, actor=actor, now=now)
            messages.success(request, _("La nouvelle adresse est prête."), extra_tags="ok")
        elif act == "remove_feed":
            remove_feed(site=site, actor=actor, now=now)
            messages.success(request, _("L’adresse n’ouvre plus rien."), extra_tags="ok")
        return redirect("desk_calendar")
    feed = ""
    if site.calendar_token:
        path = reverse("site_feed", args=[site.pk, site.calendar_token])
        feed = request.build_absolute_uri(path)
    context = {"site": site, "many_sites": many_sites, "feed": feed}
    return render(request, "web/desk/calendar.html", context)
