"""When no hour suits: entering the waiting list, answering what it offers, leaving it."""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cordee.accounts.permissions import PUBLIC, permits
from cordee.appointments import leaving, news, waiting
from cordee.appointments import queries as appointments
from cordee.appointments.holding import citizen_of
from cordee.appointments.refusals import AlreadyBooked, AppointmentOver
from cordee.appointments.wording import said_code
from cordee.journal.rules import ANYONE
from cordee.kernel.ids import is_hex, new_hex
from cordee.kernel.refusal import Refusal
from cordee.visits import booking
from cordee.visits import queries as visits
from cordee.web.citizen import asking as addresses
from cordee.web.citizen import offers, opened, wishes
from cordee.web.citizen.forms import WaitForm
from cordee.web.citizen.limits import BOOKINGS, LOOKS, limited
from cordee.web.citizen.managing import described, of_theirs
from cordee.web.zones import speak_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.appointments.models import Offer, WaitingEntry
    from cordee.visits.models import Visit
    from cordee.web.citizen.asking import Asking

LASTS = timedelta(days=60)
"""As far as most reasons are booked ahead."""
HERE, ANYWHERE = "ici", "partout"


@permits(PUBLIC)
@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LOOKS)
def enter(request: HttpRequest) -> HttpResponse:
    """Ask where the person would come and how to write to them; then they are on the list."""
    query = request.POST if request.method == "POST" else request.GET
    # Whom they saw last time is nobody's wish here: an entry waits for whoever can receive.
    asking = addresses.read(query).but(again="")
    if asking.reason is None:
        return redirect(asking.url("citizen_where"))
    if request.method == "POST":
        return _entered(request, asking=asking)
    return _asked(request, asking, WaitForm(places=_places(asking)), key=new_hex())


@limited(BOOKINGS)
def _entered(request: HttpRequest, *, asking: Asking) -> HttpResponse:
    now = timezone.now()
    form = WaitForm(request.POST, places=_places(asking))
    given = request.POST.get("cle", "")
    key = given if is_hex(given) else new_hex()
    if not form.is_valid():
        return _asked(request, asking, form, key=key)
    commune = asking.commune
    try:
        entry = waiting.enter(
            reason=asking.chosen_reason,
            site=asking.site if form.cleaned_data["place"] == HERE else None,
            citizen=form.citizen((get_language() or "fr")[:2], commune.pk if commune else None),
            until_at=now + LASTS,
            spoken=asking.spoken,
            interpreted=asking.interpreted,
            is_wheelchair_needed=asking.is_wheelchair_needed,
            key=key,
            actor=ANYONE,
            now=now,
        )
    except Refusal as refusal:
        return _asked(request, asking, form, key=key, refusal=refusal)
    opened.remember(request, opened.waiting(entry.pk), now)
    return redirect("citizen_waiting", entry=entry.pk)


@permits(PUBLIC)
@never_cache
@require_POST
@limited(BOOKINGS)
@of_theirs
def sooner(request: HttpRequest, *, visit: Visit) -> HttpResponse:
    """Wait for an earlier hour at the place of an appointment, or (`non`) no longer."""
    now = timezone.now()
    appointment = visit.appointment
    waits = appointments.waiting_for(appointment)
    try:
        if request.POST.get("non"):
            if waits is not None:
                leaving.withdraw(entry=waits, actor=ANYONE, now=now)
        elif appointment.cancelled_at is not None or appointment.starts_at <= now:
            raise AppointmentOver
        elif waits is None:
            waiting.enter(
                reason=appointment.reason,
                site=appointment.kiosk.site,
                citizen=citizen_of(appointment),
                until_at=appointment.starts_at,
                replaces=appointment,
                actor=ANYONE,
                now=now,
            )
    except Refusal as refusal:
        context = {**described(visit, now), "refusal": _(refusal.message)}
        return render(request, "web/citizen/visit.html", context)
    return redirect("citizen_visit", visit=visit.public_id)


def of_theirs_waiting(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the entry when this browser may see it; else ask for code and name."""

    @wraps(view)
    def ask_first(request: HttpRequest, *, entry: int) -> HttpResponse:
        found = None
        if opened.may_see(request, opened.waiting(entry), timezone.now()):
            found = appointments.waiting_by_id(entry)
        return redirect("citizen_find") if found is None else view(request, entry=found)

    return ask_first


@permits(PUBLIC)
@gzip_page
@never_cache
@require_safe
@limited(LOOKS)
@of_theirs_waiting
def show(request: HttpRequest, *, entry: WaitingEntry) -> HttpResponse:
    """Show what is waited for, and the hour that is offered while it is kept."""
    return _shown(request, entry)


@permits(PUBLIC)
@gzip_page
@never_cache
@require_POST
@limited(BOOKINGS)
@of_theirs_waiting
def answer(request: HttpRequest, *, entry: WaitingEntry) -> HttpResponse:
    """Take the hour that was seen, or give it to the next; twice is once."""
    now = timezone.now()
    offer = waiting.offer_by_code(request.POST.get("place", ""))
    said = request.POST.get("reponse")
    try:
        if offer is None or offer.entry_id != entry.pk:
            raise waiting.gone(entry)
        if said == "oui":
            visit = booking.accept(offer=offer, actor=ANYONE, now=now)
            opened.remember(request, visit.public_id, now)
            return redirect("citizen_visit", visit=visit.public_id)
        if said == "non":
            waiting.decline(offer=offer, actor=ANYONE, now=now)
    except Refusal as refusal:
        again = appointments.waiting_by_id(entry.pk) or entry
        return _shown(request, again, refusal=refusal)
    return redirect("citizen_waiting", entry=entry.pk)


@permits(PUBLIC)
@never_cache
@require_POST
@of_theirs_waiting
def withdraw(request: HttpRequest, *, entry: WaitingEntry) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Leave the list."""
    leaving.withdraw(entry=entry, actor=ANYONE, now=timezone.now())
    return redirect("citizen_waiting", entry=entry.pk)


def _places(asking: Asking) -> list[tuple[str, str]]:
    near = (
        _("Partout à moins de 45 minutes de %(commune)s") % {"commune": asking.commune.name}
        if asking.commune
        else _("Dans n’importe quel lieu")
    )
    if asking.site is None:
        return [(ANYWHERE, near)]
    return [(HERE, f"{asking.site.name}, {asking.site.commune.name}"), (ANYWHERE, near)]


def _asked(
    request: HttpRequest,
    asking: Asking,
    form: WaitForm,
    *,
    key: str,
    refusal: Refusal | None = None,
) -> HttpResponse:
    if asking.site is not None:
        speak_at(asking.site)
    is_booked = isinstance(refusal, AlreadyBooked)
    is_waited = isinstance(refusal, waiting.WaitedAlready)
    is_settled = is_booked or is_waited
    context = {
        "asking": asking,
        "form": form,
        "key": key,
        "is_booked": is_booked,
        "is_waited": is_waited,
        "who": wishes.said(asking),
        "elsewhere": [] if is_settled else offers.elsewhere(asking, now=timezone.now()),
        "back": asking.url("citizen_when" if asking.site else "citizen_where"),
        "refusal": _(refusal.message) if refusal else "",
    }
    return render(request, "web/citizen/wait.html", context)


def _shown(
    request: HttpRequest, entry: WaitingEntry, *, refusal: Refusal | None = None
) -> HttpResponse:
    now = timezone.now()
    last = appointments.last_offer(entry)
    is_over = entry.closed_at is not None or entry.until_at <= now
    is_kept = last is not None and last.answered_at is None and now < last.expires_at
    offer = last if is_kept and not is_over else None
    site = last.appointment.kiosk.site if last is not None else entry.site
    if site is not None:
        speak_at(site)
    context = {
        "entry": entry,
        "offer": offer,
        "site": site,
        "had_offer": last is not None,
        "is_over": is_over,
        "is_booked": is_over and appointments.booked_by_who_waits(entry, now=now) is not None,
        "code": said_code(entry.code),
        "refusal": _(refusal.message) if refusal else "",
        **(_that_day(request, entry, offer, now) if offer else {}),
    }
    return render(request, "web/citizen/waiting.html", context)


def _that_day(
    request: HttpRequest, entry: WaitingEntry, offer: Offer, now: datetime
) -> dict[str, object]:
    """Return the other free hours of the day that is offered, and where to choose one of them.

    Whoever may give an appointment up for the offer may also move it: this browser may from now on.
    """
    at, site = offer.appointment.starts_at, offer.appointment.kiosk.site
    hours = offers.others_that_day(news.asked_by(entry), site, at, now=now)
    chosen = {"lieu": str(site.pk), "depuis": f"{timezone.localtime(at):%Y-%m-%d}"}
    visit = visits.visit_of(entry.replaces) if entry.replaces else None
    if visit is not None:
        opened.remember(request, visit.public_id, now)
        here = reverse("citizen_move", args=[visit.public_id])
        return {"hours": hours, "hours_url": f"{here}?{urlencode(chosen)}"}
    asking = addresses.Asking(
        reason=entry.reason,
        commune=entry.commune,
        site=site,
        speech=addresses.speech_of(spoken=entry.spoken, interpreted=entry.interpreted),
        is_wheelchair_needed=entry.is_wheelchair_needed,
    )
    return {"hours": hours, "hours_url": asking.url("citizen_when", depuis=chosen["depuis"])}
