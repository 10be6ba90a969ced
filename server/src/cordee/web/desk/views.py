"""The host's pages: the day at a site, booking, cancelling."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial, wraps
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cordee.accounts.permissions import HOST, permits
from cordee.appointments.untold import untold_at
from cordee.directory import queries as directory
from cordee.fleet import queries as fleet
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory
from cordee.visits import queries as visits
from cordee.visits import services as visits_services
from cordee.web.desk.forms import BookingForm
from cordee.web.rows import kiosk_row, visit_row
from cordee.web.templatetags.saying import day as said_day
from cordee.web.templatetags.saying import hour as said_hour

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Site

SITE_KEY = "site"
"""Where the session keeps the host's site."""
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


@permits(HOST)
@require_safe
@never_cache
@at_site
def day(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Show who comes to the site on a day (`?jour=2026-12-08`, today without it)."""
    now = timezone.now()
    today = timezone.localdate(now)
    shown_on = _day_asked(request) or today
    start = timezone.make_aware(datetime.combine(shown_on, time.min))
    end = timezone.make_aware(datetime.combine(shown_on + timedelta(days=1), time.min))
    rows = [visit_row(visit, now) for visit in visits.at_site(site, start, end)]
    boxes = [kiosk_row(kiosk, now) for kiosk in fleet.kiosks_at(site)]
    context = {
        "site": site,
        "many_sites": many_sites,
        "shown_on": shown_on,
        "is_today": shown_on == today,
        "before": shown_on - timedelta(days=1),
        "after": shown_on + timedelta(days=1),
        "visits": rows,
        "expected": sum(row.state != "cancelled" for row in rows),
        "kiosks": boxes,
        "many_kiosks": len(boxes) > 1,
        "untold": untold_at(site, since=_midnight(today)),
    }
    return render(request, "web/day.html", context)


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def book(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Ask for an hour, hold it, and come back to its day."""
    now = timezone.now()
    kiosks = fleet.kiosks_at(site)
    one_kiosk = kiosks[0] if len(kiosks) == 1 else None
    offered = partial(BookingForm, topics=directory.topics(), kiosks=kiosks)
    if request.method == "POST":
        data = request.POST.copy()
        if one_kiosk is not None:
            data["kiosk"] = one_kiosk.public_id
        form = offered(data)
        if form.is_valid() and _is_booked(request, form, now):
            said = _("%(name)s, %(day)s, %(hour)s : c’est noté.") % {
                "name": form.cleaned_data["citizen"],
                "day": said_day(form.starts_at),
                "hour": said_hour(form.starts_at),
            }
            messages.success(request, said, extra_tags="ok")
            return redirect(f"{reverse('desk')}?jour={form.cleaned_data['day']:%Y-%m-%d}")
    else:
        shown_on = _day_asked(request)
        form = offered(initial={"day": shown_on} if shown_on else {})
    context = {"site": site, "many_sites": many_sites, "form": form}
    context["one_kiosk"] = one_kiosk.name if one_kiosk is not None else ""
    context["has_kiosk"] = bool(kiosks)
    return render(request, "web/booking.html", context)


def _is_booked(request: HttpRequest, form: BookingForm, now: datetime) -> bool:
    """Book, or put the refusal beside its field."""
    try:
        visits_services.book(
            kiosk=form.chosen_kiosk,
            agent=form.agent,
            reason=form.reason,
            citizen=form.cleaned_data["citizen"],
            starts_at=form.starts_at,
            actor=user_actor(request.user.pk),
            now=now,
        )
    except Refusal as refusal:
        form.add_error("hour", _(refusal.message))
    return not form.errors


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def cancel(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:
    """Ask once, then give the hour back."""
    now = timezone.now()
    found = visits.visit_at_site(site, visit)
    if found is None:
        raise Http404
    row = visit_row(found, now)
    if request.method == "POST":
        try:
            visits_services.cancel(visit=found, actor=user_actor(request.user.pk), now=now)
        except Refusal as refusal:
            messages.error(request, _(refusal.message), extra_tags="bad")
        else:
            said = _("Le rendez-vous de %(name)s est annulé.") % {"name": row.citizen}
            messages.success(request, said, extra_tags="ok")
        return redirect(f"{reverse('desk')}?jour={timezone.localdate(row.starts_at):%Y-%m-%d}")
    context = {"site": site, "many_sites": many_sites, "visit": row}
    return render(request, "web/cancel.html", context)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _day_asked(request: HttpRequest) -> date | None:
    try:
        asked = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return None
    return asked if asked.year in YEARS else None
