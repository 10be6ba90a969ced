"""From a need to an appointment: what, where, when, who. No account, no script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from cordee.accounts.permissions import PUBLIC, permits
from cordee.appointments import holding
from cordee.appointments.availability import slot_at
from cordee.appointments.refusals import AlreadyBooked, ReasonClosed, ReasonNotHere, SlotTaken
from cordee.journal.rules import ANYONE
from cordee.kernel.ids import is_hex, new_hex
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory
from cordee.territory import travel
from cordee.territory.naming import communes_meant
from cordee.visits import booking as visits
from cordee.web.citizen import again, offers, opened, wishes
from cordee.web.citizen import asking as addresses
from cordee.web.citizen.forms import WhoForm
from cordee.web.citizen.limits import BOOKINGS, LOOKS, limited, may_keep
from cordee.web.holds import CITIZEN

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Commune
    from cordee.web.citizen.asking import Asking

TYPED_LIMIT = 200
ASKED_HERE = "ici"
"""What the address says of a commune that was typed beside the places, not with the need."""
WAY_LABELS = (
    (addresses.NEAREST, gettext_lazy("Les plus proches")),
    (addresses.WITHIN_30, gettext_lazy("À 30 minutes au plus")),
    (addresses.EARLIEST, gettext_lazy("Le plus tôt possible")),
)


@permits(PUBLIC)
@gzip_page
@require_safe
@limited(LOOKS)
def need(request: HttpRequest) -> HttpResponse:
    """Ask what is needed: in the person's own words, or from the list by partner."""
    _leave_hour(request)
    return _need(request)


@permits(PUBLIC)
@gzip_page
@never_cache
@require_safe
@limited(LOOKS)
def where(request: HttpRequest) -> HttpResponse:
    """Show the places, the way there and the first hour; ask where the person comes from."""
    _leave_hour(request)
    asking, gone = again.read(request, request.GET)
    if asking.reason is None:
        return _need(request, refusal=ReasonClosed())
    return _where(request, asking, refusal=gone)


@permits(PUBLIC)
@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LOOKS)
def when(request: HttpRequest) -> HttpResponse:
    """Show the next days that have hours at the chosen place; keep the one that is chosen."""
    is_chosen = request.method == "POST"
    if not is_chosen:
        _leave_hour(request)
    asking, gone = again.read(request, request.POST if is_chosen else request.GET)
    if asking.reason is None:
        return _need(request, refusal=ReasonClosed())
    if asking.site is None:
        return _where(request, asking, refusal=ReasonNotHere())
    if not is_chosen or gone is not None:
        return _when(request, asking, refusal=gone)
    try:
        _keep_hour(request, asking, addresses.instant(asking.hour))
    except Refusal as refusal:
        return _when(request, asking, refusal=refusal)
    return redirect(asking.url("citizen_who"))


@permits(PUBLIC)
@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LOOKS)
def who(request: HttpRequest) -> HttpResponse:
    """Ask who comes while the hour is kept; then confirm it, and show what was booked.

    Sent twice, it is one appointment. Whatever is refused is said here, beside what was typed. An
    hour that is kept no longer, or never was, is booked if it is free.
    """
    if request.method == "POST":
        return _booked(request)
    asking, gone = again.read(request, request.GET)
    if asking.reason is None:
        return _need(request, refusal=ReasonClosed())
    if asking.site is None:
        return _where(request, asking, refusal=ReasonNotHere())
    if gone is not None:
        return _when(request, asking, refusal=gone)
    now = timezone.now()
    number = CITIZEN.number(request)
    try:
        starts_at = addresses.instant(asking.hour)
        kept = CITIZEN.kept(number, asked=asking.asked, site=asking.site, at=starts_at, now=now)
        if kept is None and not _is_free(asking, starts_at, now):
            raise SlotTaken(_("Cette heure n’est pas libre. Choisissez-en une autre."))
    except Refusal as refusal:
        return _when(request, asking, refusal=refusal)
    key = number if kept else new_hex()
    return _who(request, asking, _form_for(request, asking), starts_at, key=key)


@limited(BOOKINGS)
def _booked(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    asking, gone = again.read(request, request.POST)
    if asking.reason is None:
        return _need(request, refusal=ReasonClosed())
    if asking.site is None:
        return _where(request, asking, refusal=ReasonNotHere())
    given = request.POST.get("cle", "")
    key = given if is_hex(given) else new_hex()
    form = WhoForm(request.POST)
    starts_at: datetime | None = None
    try:
        starts_at = addresses.instant(asking.hour)
        if not form.is_valid():
            return _who(request, asking, form, starts_at, key=key, refusal=gone)
        if gone is not None:
            raise gone
        held = holding.hold(
            reason=asking.reason,
            site=asking.site,
            starts_at=starts_at,
            citizen=replace(
                form.citizen((get_language() or "fr")[:2]),
                is_wheelchair_needed=asking.is_wheelchair_needed,
            ),
            agent=asking.agent,
            language=asking.spoken,
            guests=asking.guests,
            key=CITIZEN.key_of(key),
            actor=ANYONE,
            now=now,
        )
        visit = visits.confirm(appointment=held, actor=ANYONE, now=now)
    except Refusal as refusal:
        return _who(request, asking, form, starts_at, key=key, refusal=refusal)
    CITIZEN.forget(request)
    opened.remember(request, visit.public_id, now)
    return redirect("citizen_visit", visit=visit.public_id)


def _keep_hour(request: HttpRequest, asking: Asking, starts_at: datetime) -> None:
    """Keep the hour while the person types; say so if it is none.

    An address that has kept many of late keeps no more: the hour is then booked when it is sent.
    """
    now = timezone.now()
    site, asked = asking.chosen_site, asking.asked
    number = CITIZEN.number(request)
    if CITIZEN.kept(number, asked=asked, site=site, at=starts_at, now=now) is not None:
        return
    if may_keep(request, site, starts_at, now):
        CITIZEN.keep(request, asked=asked, site=site, starts_at=starts_at, actor=ANYONE, now=now)
    else:
        _leave_hour(request)


def _leave_hour(request: HttpRequest) -> None:
    """Give back what this browser keeps: who looks at other hours, or places, has left it."""
    CITIZEN.let_go(request, actor=ANYONE, now=timezone.now())


def _is_free(asking: Asking, starts_at: datetime, now: datetime) -> bool:
    asked, site = asking.asked, asking.chosen_site
    return slot_at(asked=asked, site=site, starts_at=starts_at, now=now) is not None


def _need(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    typed = request.GET.get("mots", "").strip()[:TYPED_LIMIT]
    asking = addresses.read(request.GET).but(site=None, hour="", reason=None)
    start, meant, chosen = _start(request, asking)
    found = offers.reasons_for(typed) if typed else []
    context = {
        "step": 1,
        "typed": typed,
        "start": start,
        "commune": chosen,
        "meant": meant if chosen is None and len(meant) > 1 else [],
        "wishes": wishes.choices(asking),
        "found": found,
        "whole": asking.but(commune=chosen).url("citizen_need"),
        "shelves": [] if found else offers.shelves(),
        "refusal": _said(refusal),
    }
    return render(request, "web/citizen/need.html", context)


def _where(request: HttpRequest, asking: Asking, *, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.now()
    asking = asking.but(site=None, hour="")
    typed, meant, chosen = _start(request, asking)
    is_asked_here = ASKED_HERE in request.GET
    if "depart" in request.GET and chosen is not None and refusal is None:
        found = asking.but(commune=chosen)
        return redirect(_nearest(found, now) if is_asked_here else found.url("citizen_where"))
    asking = asking.but(commune=chosen)
    places = offers.places(asking, asking.asked, "citizen_when", now=now)
    wished = ""
    if not any(place.starts_at for place in places):
        wished = wishes.nothing_for(asking, has_places=bool(places))
    context = {
        "step": 2,
        "asking": asking,
        "typed": typed,
        "meant": [(one, asking.but(commune=one).url("citizen_where")) for one in meant],
        "asked_here": ASKED_HERE,
        "is_unknown": bool(typed) and chosen is None and not meant,
        "places": places,
        "nothing": wished,
        "ways_out": wishes.ways_out(asking, "citizen_where"),
        "ways": [],
        "wishes": wishes.choices(asking),
        "kept": asking.but(speech="", is_wheelchair_needed=False).fields,
        "who": wishes.said(asking),
        "again": asking.but(commune=None, way=addresses.NEAREST).url("citizen_where"),
        "back": asking.but(reason=None, again="").url("citizen_need"),
        "wait": asking.url("citizen_wait"),
        "refusal": _said(refusal),
    }
    if chosen is not None:
        context["meant"] = []
        context["ways"] = [
            (label, asking.but(way=way).url("citizen_where"), way == asking.way)
            for way, label in WAY_LABELS
        ]
    return render(request, "web/citizen/where.html", context)


def _nearest(asking: Asking, now: datetime) -> str:
    """Return the hours of the nearest place that has some; the other places are one link away.

    Who types their commune here has come a page further than those who typed it with the need:
    so nobody needs more than six pages.
    """
    found = offers.places(asking, asking.asked, "citizen_when", now=now)
    return next((place.url for place in found if place.starts_at), asking.url("citizen_where"))


def _when(request: HttpRequest, asking: Asking, *, refusal: Refusal | None = None) -> HttpResponse:
    now = timezone.now()
    asking = asking.but(hour="")
    since_on = addresses.day_asked(request.GET.get("depuis", ""))
    try:
        shown = offers.days(asking.asked, asking.chosen_site, since_on=since_on, now=now)
    except Refusal as unreadable:
        refusal, since_on = unreadable, None
        shown = offers.days(asking.asked, asking.chosen_site, since_on=None, now=now)
    more = shown.more_on
    site = asking.chosen_site
    is_unfit = asking.is_wheelchair_needed and not site.is_wheelchair_accessible
    context = {
        "step": 3,
        "asking": asking,
        "days": shown.days,
        "key": new_hex(),
        "who": wishes.said(asking),
        "nothing": wishes.nothing_for(asking.but(is_wheelchair_needed=False)),
        "is_unfit": is_unfit,
        "minutes": _minutes_to(asking),
        "ways_out": wishes.ways_out(asking, "citizen_when"),
        "since_on": since_on,
        "first": asking.url("citizen_when"),
        "wait": asking.url("citizen_wait"),
        "more": asking.url("citizen_when", depuis=f"{more:%Y-%m-%d}") if more else "",
        "back": asking.but(site=None).url("citizen_where"),
        "refusal": _said(refusal),
    }
    return render(request, "web/citizen/when.html", context)


def _who(
    request: HttpRequest,
    asking: Asking,
    form: WhoForm,
    starts_at: datetime | None,
    *,
    key: str,
    refusal: Refusal | None = None,
) -> HttpResponse:
    now = timezone.now()
    near: list[offers.Hour] = []
    if refusal is not None and not isinstance(refusal, AlreadyBooked):
        near = offers.hours_near(asking.asked, asking.chosen_site, starts_at or now, now=now)
    hidden = asking.but(hour="") if near else asking
    context = {
        "step": 4,
        "asking": asking,
        "hidden": hidden.fields,
        "starts_at": starts_at,
        "until": _until(asking, starts_at, key, now),
        "form": form,
        "key": key,
        "here": asking.url("citizen_who"),
        "near": near,
        "who": wishes.said(asking),
        "is_booked": isinstance(refusal, AlreadyBooked),
        "back": asking.but(hour="").url("citizen_when"),
        "change_reason": asking.but(reason=None, site=None, hour="", again="").url("citizen_need"),
        "change_site": asking.but(site=None, hour="").url("citizen_where"),
        "refusal": _said(refusal),
    }
    return render(request, "web/citizen/who.html", context)


def _until(asking: Asking, starts_at: datetime | None, key: str, now: datetime) -> datetime | None:
    """Return until when the hour is kept for a form with this key, None when it is not."""
    if starts_at is None:
        return None
    asked, site = asking.asked, asking.chosen_site
    kept = CITIZEN.kept(key, asked=asked, site=site, at=starts_at, now=now)
    return kept.hold_ends_at if kept else None


def _minutes_to(asking: Asking) -> int | None:
    """Return how far the place is from where the person comes, None when nobody knows."""
    if asking.commune is None:
        return None
    return travel.minutes_from(asking.commune).get(asking.chosen_site.pk)


def _start(request: HttpRequest, asking: Asking) -> tuple[str, list[Commune], Commune | None]:
    """Return the commune as typed, those that it may mean, and the one that is meant, if clear."""
    if "depart" not in request.GET:
        return (asking.commune.name if asking.commune else ""), [], asking.commune
    typed = request.GET["depart"].strip()[:TYPED_LIMIT]
    meant = communes_meant(typed, territory.communes()) if typed else []
    if asking.commune in meant:
        return typed, meant, asking.commune
    return typed, meant, meant[0] if len(meant) == 1 else None


def _form_for(request: HttpRequest, asking: Asking) -> WhoForm:
    """Return the form, with what is known of someone who asks for the same person again."""
    before = again.visit_before(request, asking)
    if before is None:
        return WhoForm(initial={"commune": asking.commune.name if asking.commune else ""})
    known = before.appointment
    return WhoForm(
        initial={
            "name": known.citizen,
            "contact_kind": known.contact_kind,
            "contact": known.citizen_email or known.citizen_phone,
            "commune": known.commune.name if known.commune else "",
        }
    )


def _said(refusal: Refusal | None) -> str:
    return _(refusal.message) if refusal is not None else ""
