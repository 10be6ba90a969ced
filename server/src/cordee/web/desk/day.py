"""The day at a site: who comes, who has come, whom to call."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from cordee.accounts.permissions import HOST, permits
from cordee.appointments import services as appointments
from cordee.appointments import waiting
from cordee.appointments.untold import SUBJECT, WAITING, is_of, untold_at
from cordee.fleet import queries as fleet
from cordee.journal.rules import user as user_actor
from cordee.kernel.ids import new_hex
from cordee.kernel.refusal import Refusal
from cordee.visits import queries as visits
from cordee.visits import services as visits_services
from cordee.web.citizen.asking import number
from cordee.web.desk.free import free_hours, in_order
from cordee.web.desk.places import at_site, day_asked, visit_shown
from cordee.web.desk.reminders import reminders
from cordee.web.desk.walk_in import walk_in
from cordee.web.rows import desk_row, desk_rows, kiosk_row, next_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Site


PANEL = "maintenant"


@permits(HOST)
@require_safe
@never_cache
@at_site
def day(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Show who comes to the site on a day (`?jour=2026-12-08`, today without it).

    To the panel of who waits, which asks by itself, its own part alone.
    """
    now = timezone.now()
    if HtmxDetails(request).target == PANEL:
        panel = {"walk_in": walk_in(request, site, now=now), "key": new_hex()}
        return render(request, "web/desk/walk_in_panel.html", panel)
    here = fleet.kiosks_at(site)
    out = fleet.outages_of(here, now=now)
    live = visits.live_kiosks()
    boxes = [
        kiosk_row(kiosk, now, is_live=kiosk.pk in live, outage=out.get(kiosk.pk)) for kiosk in here
    ]
    shown = _day(request, site, many_sites=many_sites, now=now)
    free = free_hours(site, shown["start"], shown["end"], now=now)
    context = {
        **shown,
        "lines": in_order(shown["visits"], free),
        "kiosks": boxes,
        "many_kiosks": len(boxes) > 1,
        "untold": untold_at(site, since=_midnight(timezone.localdate(now))),
        "reminders": reminders(site, now=now),
        "walk_in": walk_in(request, site, now=now) if shown["is_today"] else None,
        "key": new_hex(),
    }
    return render(request, "web/day.html", context)


@permits(HOST)
@require_safe
@never_cache
@at_site
def day_list(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Show the day as a table that is good on paper."""
    now = timezone.now()
    return render(
        request, "web/desk/list.html", _day(request, site, many_sites=many_sites, now=now)
    )


@permits(HOST)
@require_POST
@never_cache
@at_site
def arrived(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:  # noqa: ARG001 - given to every page
    """Note that the person has come."""
    return _noted(request, site, visit, is_here=True)


@permits(HOST)
@require_POST
@never_cache
@at_site
def absent(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:  # noqa: ARG001 - given to every page
    """Note that nobody came."""
    return _noted(request, site, visit, is_here=False)


@permits(HOST)
@require_POST
@never_cache
@at_site
def told(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:  # noqa: ARG001 - given to every page
    """Note that a person was called: their line leaves the page. Twice is once."""
    now = timezone.now()
    waits, contact = number(request.POST.get("attente", "")), request.POST.get("contact", "")
    key = waits if waits is not None else number(request.POST.get("rendez-vous", ""))
    if key is None or (waits is None and not is_of(site, key)):
        raise Http404
    since, actor = _midnight(timezone.localdate(now)), user_actor(request.user.pk)
    subject = SUBJECT if waits is None else WAITING
    shown = {(one.subject, one.key, one.contact) for one in untold_at(site, since=since)}
    if (subject, key, contact) not in shown:
        messages.info(request, _("C’était déjà noté."), extra_tags="ok")
    elif waits is None:
        appointments.note_told(appointment_id=key, contact=contact, actor=actor, now=now)
    else:
        waiting.note_told(entry_id=key, contact=contact, actor=actor, now=now)
    return redirect("desk")


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def cancel(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:
    """Ask once, then give the hour back; also of a visit elsewhere that was booked here."""
    now = timezone.now()
    found = visit_shown(request, site, visit)
    row, place = desk_row(found, now), found.appointment.kiosk.site
    if request.method == "POST":
        try:
            visits_services.cancel(visit=found, actor=user_actor(request.user.pk), now=now)
        except Refusal as refusal:
            messages.error(request, _(refusal.message), extra_tags="bad")
        else:
            said = _("Le rendez-vous de %(name)s est annulé.") % {"name": row.shown.citizen}
            messages.success(request, said, extra_tags="ok")
        return redirect(day_url(row.shown.starts_at) if place == site else reverse("desk"))
    context = {
        "site": site,
        "many_sites": many_sites,
        "visit": row.shown,
        "place_asked": place,
        "is_here": place == site,
    }
    return render(request, "web/cancel.html", context)


def day_url(at: datetime) -> str:
    """Return the address of the day on which an instant lies."""
    return f"{reverse('desk')}?jour={timezone.localdate(at):%Y-%m-%d}"


def _day(request: HttpRequest, site: Site, *, many_sites: bool, now: datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    shown_on = day_asked(request) or today
    start, end = _midnight(shown_on), _midnight(shown_on + timedelta(days=1))
    rows = desk_rows(visits.at_site(site, start, end), now)
    return {
        "site": site,
        "many_sites": many_sites,
        "shown_on": shown_on,
        "start": start,
        "end": end,
        "is_today": shown_on == today,
        "before": shown_on - timedelta(days=1),
        "after": shown_on + timedelta(days=1),
        "visits": rows,
        "next_visit": next_of(rows) if shown_on == today else "",
        "expected": sum(row.shown.state != "cancelled" for row in rows),
    }


def _noted(request: HttpRequest, site: Site, visit: str, *, is_here: bool) -> HttpResponse:
    now = timezone.now()
    found = visits.visit_at_site(site, visit)
    if found is None:
        raise Http404
    note = appointments.check_in if is_here else appointments.note_no_show
    try:
        note(appointment=found.appointment, actor=user_actor(request.user.pk), now=now)
    except Refusal as refusal:
        messages.error(request, _(refusal.message), extra_tags="bad")
    return redirect(day_url(found.appointment.starts_at))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
