"""One's own appointment: found again by code and name, seen, moved, cancelled."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cordee.accounts.permissions import PUBLIC, permits
from cordee.appointments import waiting
from cordee.appointments.availability import Asked
from cordee.appointments.holding import same_guests
from cordee.appointments.queries import appointment_by_code, waiting_by_code, waiting_for
from cordee.appointments.refusals import ReasonNotHere
from cordee.appointments.rules import GuestKind
from cordee.journal.rules import ANYONE
from cordee.kernel.ids import is_hex, new_hex
from cordee.kernel.refusal import Refusal
from cordee.visits import booking
from cordee.visits import queries as visits
from cordee.visits import services as visits_services
from cordee.visits.rules import VisitState, may_cancel
from cordee.web.citizen import asking as addresses
from cordee.web.citizen import offers, opened
from cordee.web.citizen.forms import FindForm
from cordee.web.citizen.limits import (
    BOOKINGS,
    LOOKS,
    WRONG_CODES,
    WRONG_FOR_CODE,
    address_of,
    limited,
    of_code,
    too_often,
)
from cordee.web.citizen.maps import map_of
from cordee.web.languages import language_name
from cordee.web.picks import picks
from cordee.web.zones import speak_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.visits.models import Visit


@permits(PUBLIC)
@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest, *, code: str = "") -> HttpResponse:
    """Ask for code and name. A wrong code and a wrong name get the same answer."""
    now = timezone.now()
    form = FindForm(request.POST or None, initial={"code": code})
    if request.method == "POST":
        address = address_of(request)
        if WRONG_CODES.is_reached(address, now):
            return too_often(request, WRONG_CODES, now)
        if form.is_valid():
            tried = of_code(request, form.cleaned_data["code"])
            if WRONG_FOR_CODE.is_reached(tried, now):
                return too_often(request, WRONG_FOR_CODE, now)
            found = appointment_by_code(**form.cleaned_data)
            visit = visits.visit_of(found) if found is not None else None
            if visit is not None:
                opened.remember(request, visit.public_id, now)
                return redirect("citizen_visit", visit=visit.public_id)
            waits = waiting_by_code(**form.cleaned_data)
            if waits is not None:
                opened.remember(request, opened.waiting(waits.pk), now)
                return redirect("citizen_waiting", entry=waits.pk)
            WRONG_CODES.count(address, now)
            WRONG_FOR_CODE.count(tried, now)
            form.add_error(
                None,
                _("Aucun rendez-vous n’a ce code et ce nom. Relisez-les, ou téléphonez au lieu."),
            )
    return render(request, "web/citizen/find.html", {"form": form})


def of_theirs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the visit when this browser may see it; else ask for code and name."""

    @wraps(view)
    def ask_first(request: HttpRequest, *, visit: str) -> HttpResponse:
        found = None
        if is_hex(visit) and opened.may_see(request, visit, timezone.now()):
            found = visits.visit_by_id(visit)
        if found is None:
            return redirect("citizen_find")
        speak_at(found.appointment.kiosk.site)
        return view(request, visit=found)

    return ask_first


@permits(PUBLIC)
@gzip_page
@never_cache
@require_safe
@of_theirs
def show(request: HttpRequest, *, visit: Visit) -> HttpResponse:
    """Show hour, place, what to bring and the code; lead on to move, cancel, keep, print."""
    appointment = visit.appointment
    context = {
        **described(visit, timezone.now()),
        "map": map_of(appointment.kiosk.site, appointment.commune),
    }
    return render(request, "web/citizen/visit.html", context)


@permits(PUBLIC)
@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LOOKS)
@of_theirs
def move(request: HttpRequest, *, visit: Visit) -> HttpResponse:
    """Offer other hours, here or at another place; the new one stands and the old is given up."""
    if request.method == "POST":
        return _moved(request, visit=visit)
    return _move(request, visit)


@permits(PUBLIC)
@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_theirs
def cancel(request: HttpRequest, *, visit: Visit) -> HttpResponse:
    """Ask once, then give the hour back."""
    now = timezone.now()
    refused = ""
    if request.method == "POST":
        try:
            visits_services.cancel(visit=visit, actor=ANYONE, now=now)
        except Refusal as refusal:
            refused = _(refusal.message)
        else:
            return redirect("citizen_visit", visit=visit.public_id)
    context = {**described(visit, now), "refusal": refused}
    return render(request, "web/citizen/cancel.html", context)


@permits(PUBLIC)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the appointments on this computer."""
    opened.forget(request)
    return redirect("landing")


@limited(BOOKINGS)
def _moved(request: HttpRequest, *, visit: Visit) -> HttpResponse:
    now = timezone.now()
    asking = addresses.read(request.POST)
    given = request.POST.get("cle", "")
    key = given if is_hex(given) else new_hex()
    try:
        if asking.site is None:
            raise ReasonNotHere
        moved = booking.move(
            visit=visit,
            site=asking.site,
            starts_at=addresses.instant(asking.hour),
            key=f"citizen-{key}",
            actor=ANYONE,
            now=now,
        )
    except Refusal as refusal:
        return _move(request, visit, refusal=refusal)
    opened.remember(request, moved.public_id, now)
    return redirect("citizen_visit", visit=moved.public_id)


def _move(request: HttpRequest, visit: Visit, *, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.now()
    appointment = visit.appointment
    query = request.POST if request.method == "POST" else request.GET
    chosen = addresses.read(query)
    asking = addresses.Asking(
        commune=appointment.commune, is_wheelchair_needed=appointment.is_wheelchair_needed
    )
    asked = Asked(
        reason=appointment.reason,
        language=appointment.spoken,
        guests=same_guests(appointment),
        ignoring=appointment.pk,
    )
    here = reverse("citizen_move", args=[visit.public_id])
    context = {
        **described(visit, now),
        "here": here,
        "key": new_hex(),
        "elsewhere": f"{here}?lieu=autre",
        "refusal": _(refusal.message) if refusal else "",
        "places": [],
        "days": [],
        "is_elsewhere": query.get("lieu") == "autre",
    }
    if context["is_elsewhere"]:
        rows = offers.places(asking, asked, "citizen_find", now=now)
        context["places"] = [(row, f"{here}?lieu={row.site.pk}") for row in rows]
        return render(request, "web/citizen/move.html", context)
    site = chosen.site or appointment.kiosk.site
    since_on = addresses.day_asked(query.get("depuis", ""))
    try:
        shown = offers.days(asked, site, since_on=since_on, now=now)
    except Refusal as unreadable:
        context["refusal"] = _(unreadable.message)
        shown = offers.days(asked, site, since_on=None, now=now)
    context |= {
        "site": site,
        "is_unfit": appointment.is_wheelchair_needed and not site.is_wheelchair_accessible,
        "days": shown.days,
        "since_on": since_on,
        "first": f"{here}?lieu={site.pk}",
    }
    if shown.more_on:
        context["more"] = f"{here}?lieu={site.pk}&depuis={shown.more_on:%Y-%m-%d}"
    else:
        context["more"] = ""
    return render(request, "web/citizen/move.html", context)


def _same_person(visit: Visit, now: datetime) -> str:
    """Return the address at which the same agent is booked again, empty when that cannot be."""
    appointment = visit.appointment
    if not visits.may_meet_again(visit, appointment.reason, now=now):
        return ""
    asking = addresses.Asking(
        reason=appointment.reason,
        commune=appointment.commune,
        site=appointment.kiosk.site,
        again=visit.public_id,
    )
    return asking.url("citizen_when")


def described(visit: Visit, now: datetime) -> dict[str, object]:
    """Return what the pages say about a visit."""
    appointment = visit.appointment
    state = VisitState(visit.state)
    is_past = appointment.ends_at <= now
    code = appointment.code or ""
    return {
        "visit": visit,
        "appointment": appointment,
        "site": appointment.kiosk.site,
        "reason": appointment.reason,
        "partner": appointment.agent.partner,
        "code": f"{code[:4]} {code[4:]}" if len(code) == 8 else code,  # noqa: PLR2004
        "is_cancelled": state is VisitState.CANCELLED,
        "is_past": is_past,
        "may_change": may_cancel(state) and appointment.starts_at > now,
        "proposals": [] if is_past else picks(appointment),
        "may_wait": appointment.contact_kind in waiting.WRITTEN,
        "waits": waiting_for(appointment),
        "same_person": _same_person(visit, now),
        "interpreter": any(each.kind == GuestKind.INTERPRETER for each in same_guests(appointment)),
        "spoken": language_name(appointment.spoken) if appointment.spoken else "",
        "is_called": appointment.cancelled_why == "telephone",
        "phone": appointment.citizen_phone,
        "number": "",
        "refusal": "",
    }
