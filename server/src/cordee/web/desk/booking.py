"""Booking for someone: what they need, when, who they are. The keyboard alone is enough."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cordee.accounts.permissions import HOST, permits
from cordee.appointments import availability, holding
from cordee.appointments.receiving import receiving
from cordee.appointments.refusals import AlreadyBooked, ReasonClosed, SlotTaken
from cordee.directory import queries as directory
from cordee.journal.rules import user as user_actor
from cordee.kernel.cells import CELL_MIN
from cordee.kernel.ids import is_hex, new_hex
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory
from cordee.territory import travel
from cordee.visits import booking as visits
from cordee.visits import queries as visits_read
from cordee.web.citizen import asking as addresses
from cordee.web.citizen import offers
from cordee.web.citizen.booking import TYPED_LIMIT
from cordee.web.desk import wishes as chosen
from cordee.web.desk.forms import DeskWhoForm
from cordee.web.desk.places import at_site, remember_booked, visit_shown
from cordee.web.holds import DESK

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Site
    from cordee.web.desk.wishes import Wishes

NEAR_MIN = 60
NEAR_SITES = 4


@permits(HOST)
@require_safe
@never_cache
@at_site
def need(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Ask what the person needs, in their own words, or from the list by partner."""
    _leave_hour(request)
    return _need(request, site, many_sites=many_sites)


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def hours(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Show the first free hours here and near, with anyone or a named agent; keep the chosen one.

    The host keeps one hour at a time, under this log-in; looking at others gives it back.
    """
    is_chosen = request.method == "POST"
    if not is_chosen:
        _leave_hour(request)
    wishes = chosen.read(request.POST if is_chosen else request.GET, site)
    if wishes.reason is None:
        return _need(request, site, many_sites=many_sites, refusal=ReasonClosed())
    if not is_chosen:
        return _hours(request, site, wishes, many_sites=many_sites)
    now = timezone.now()
    asked, place, actor = wishes.asked, wishes.site, user_actor(request.user.pk)
    try:
        at = addresses.instant(wishes.hour)
        if DESK.kept(DESK.number(request), asked=asked, site=place, at=at, now=now) is None:
            DESK.keep(request, asked=asked, site=place, starts_at=at, actor=actor, now=now)
    except Refusal as refusal:
        return _hours(request, site, wishes, many_sites=many_sites, refusal=refusal)
    return redirect(wishes.url("desk_who"))


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def who(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Ask who comes while the hour is kept; then confirm it, and lead to the slip.

    Sent twice, it is one appointment. Whatever is refused is said here, beside what was typed. An
    hour that is kept no longer, or never was, is booked if it is free.
    """
    now = timezone.now()
    is_sent = request.method == "POST"
    if "rien" in request.POST:
        _leave_hour(request)
        return redirect("desk")
    wishes = chosen.read(request.POST if is_sent else request.GET, site)
    if wishes.reason is None:
        return _need(request, site, many_sites=many_sites, refusal=ReasonClosed())
    given = request.POST.get("cle", "") if is_sent else DESK.number(request)
    key = given if is_hex(given) else new_hex()
    form = DeskWhoForm(request.POST if is_sent else None, initial={"language": wishes.written})
    starts_at: datetime | None = None
    refusal: Refusal | None = None
    try:
        starts_at = addresses.instant(wishes.hour)
        if is_sent and form.is_valid():
            return _booked(request, wishes, form, starts_at, key=key, now=now)
        if not is_sent and not _is_free(wishes, starts_at, key=key, now=now):
            raise SlotTaken(_("Cette heure n’est pas libre. Choisissez-en une autre."))
    except Refusal as error:
        refusal = error
    if refusal is not None and not is_sent:
        return _hours(request, site, wishes, many_sites=many_sites, refusal=refusal)
    if not is_sent and _until(wishes, starts_at, key=key, now=now) is None:
        key = new_hex()  # What is kept is another hour.
    return _who(
        request, site, wishes, form, starts_at, many_sites=many_sites, key=key, refusal=refusal
    )


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def move(request: HttpRequest, *, site: Site, many_sites: bool, visit: str) -> HttpResponse:
    """Offer other hours at the same site; the new one stands and the old is given up."""
    now = timezone.now()
    found = visit_shown(request, site, visit)
    appointment = found.appointment
    place = appointment.kiosk.site
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            moved = visits.move(
                visit=found,
                site=place,
                starts_at=addresses.instant(request.POST.get("heure", "")),
                at_desk=True,
                actor=user_actor(request.user.pk),
                now=now,
            )
        except Refusal as error:
            refusal = error
        else:
            remember_booked(request, moved)
            return redirect("desk_visit", visit=moved.public_id)
    asked = availability.Asked(
        reason=appointment.reason,
        language=appointment.spoken,
        guests=holding.same_guests(appointment),
        at_desk=True,
        ignoring=appointment.pk,
    )
    shown = _days(request, asked, place, now=now)
    more = shown.more_on
    context = {
        "site": site,
        "many_sites": many_sites,
        "visit": found,
        "appointment": appointment,
        "place_asked": place,
        "days": shown.days,
        "more": f"?depuis={more:%Y-%m-%d}" if more else "",
        "refusal": _said(refusal),
    }
    return render(request, "web/desk/move.html", context)


def _booked(
    request: HttpRequest,
    wishes: Wishes,
    form: DeskWhoForm,
    starts_at: datetime,
    *,
    key: str,
    now: datetime,
) -> HttpResponse:
    actor = user_actor(request.user.pk)
    held = holding.hold(
        reason=wishes.chosen_reason,
        site=wishes.site,
        starts_at=starts_at,
        citizen=form.citizen(form.cleaned_data["language"]),
        agent=wishes.agent,
        language=wishes.spoken,
        guests=wishes.guests,
        at_desk=wishes.is_here,
        key=DESK.key_of(key),
        actor=actor,
        now=now,
    )
    visit = visits.confirm(appointment=held, actor=actor, now=now)
    DESK.forget(request)
    remember_booked(request, visit)
    return redirect("desk_visit", visit=visit.public_id)


def _leave_hour(request: HttpRequest) -> None:
    DESK.let_go(request, actor=user_actor(request.user.pk), now=timezone.now())


def _need(
    request: HttpRequest, site: Site, *, many_sites: bool, refusal: Refusal | None = None
) -> HttpResponse:
    typed = request.GET.get("mots", "").strip()[:TYPED_LIMIT]
    at = _hour_asked(request)
    fit = _fit(site, at) if at is not None else None
    if fit is not None and not fit:
        refusal = refusal or SlotTaken(_("Cette heure n’est pas libre. Choisissez-en une autre."))
        at = fit = None
    answers = offers.reasons_for(typed) if typed else []
    found = answers if fit is None else [each for each in answers if each.pk in fit]
    context = {
        "site": site,
        "many_sites": many_sites,
        "typed": typed,
        "at": at,
        "hour": addresses.written(at) if at is not None else "",
        "found": found,
        "key": new_hex(),
        "elsewhen": answers if not found else [],
        "shelves": [] if answers else _shelves(fit),
        "refusal": _said(refusal),
    }
    return render(request, "web/desk/need.html", context)


def _hour_asked(request: HttpRequest) -> datetime | None:
    """Return the hour that the day's page proposes, None without one or for what is none."""
    try:
        return addresses.instant(request.GET.get("heure", "")[: addresses.HOUR_LENGTH])
    except Refusal:
        return None


def _fit(site: Site, at: datetime) -> set[int]:
    """Return the reasons, by key, for which somebody can receive at that hour."""
    until = at + timedelta(minutes=CELL_MIN)
    reasons = directory.reasons_open()
    found = receiving(reasons, site=site, since=at, until=until, now=timezone.now())
    return {row.reason.pk for row in found if row.starts_at == at}


def _shelves(fit: set[int] | None) -> list[offers.Shelf]:
    every = offers.shelves()
    if fit is None:
        return every
    kept = [
        offers.Shelf(shelf.partner, [each for each in shelf.reasons if each.pk in fit])
        for shelf in every
    ]
    return [shelf for shelf in kept if shelf.reasons]


def _hours(
    request: HttpRequest,
    site: Site,
    wishes: Wishes,
    *,
    many_sites: bool,
    refusal: Refusal | None = None,
) -> HttpResponse:
    now = timezone.now()
    wishes = wishes.but(hour="")
    shown = _days(request, wishes.asked, wishes.site, now=now)
    more = shown.more_on
    context = {
        "site": site,
        "many_sites": many_sites,
        "wishes": wishes,
        "key": new_hex(),
        "days": shown.days,
        "more": wishes.url("desk_hours", depuis=f"{more:%Y-%m-%d}") if more else "",
        "near": _near(wishes, now=now),
        "agents": directory.agents_knowing(wishes.chosen_reason),
        "languages": wishes.languages,
        "refusal": _said(refusal),
    }
    return render(request, "web/desk/hours.html", context)


def _who(
    request: HttpRequest,
    site: Site,
    wishes: Wishes,
    form: DeskWhoForm,
    starts_at: datetime | None,
    *,
    many_sites: bool,
    key: str,
    refusal: Refusal | None,
) -> HttpResponse:
    now = timezone.now()
    near: list[offers.Hour] = []
    there = ""
    if isinstance(refusal, AlreadyBooked):
        theirs = visits_read.visit_of(refusal.appointment)
        if theirs is not None and theirs.appointment.kiosk.site_id == site.pk:
            there = theirs.public_id
    elif refusal is not None:
        near = offers.hours_near(wishes.asked, wishes.site, starts_at or now, now=now)
    hidden = wishes.but(hour="") if near else wishes
    context = {
        "site": site,
        "many_sites": many_sites,
        "wishes": wishes,
        "hidden": hidden.fields,
        "form": form,
        "starts_at": starts_at,
        "until": _until(wishes, starts_at, key=key, now=now),
        "near": near,
        "theirs": there,
        "key": key,
        "back": wishes.but(hour="").url("desk_hours"),
        "refusal": _said(refusal),
    }
    return render(request, "web/desk/who.html", context)


def _near(wishes: Wishes, *, now: datetime) -> list[tuple[Site, int, datetime | None, str]]:
    """Return the other sites within an hour by road that have an hour, the nearest first."""
    minutes = dict(travel.minutes_from(wishes.site.commune))
    minutes.pop(wishes.site.pk, None)
    found = availability.by_travel(
        asked=wishes.asked, minutes=minutes, within_min=NEAR_MIN, most=NEAR_SITES, now=now
    )
    sites = {site.pk: site for site in territory.sites()}
    return [
        (
            sites[row.site],
            row.minutes,
            row.starts_at,
            wishes.but(site=sites[row.site], is_here=False).url("desk_hours"),
        )
        for row in found
        if row.starts_at is not None
    ]


def _days(
    request: HttpRequest, asked: availability.Asked, site: Site, *, now: datetime
) -> offers.Days:
    since_on = addresses.day_asked(request.GET.get("depuis", ""))
    try:
        return offers.days(asked, site, since_on=since_on, now=now)
    except Refusal:
        return offers.days(asked, site, since_on=None, now=now)


def _until(
    wishes: Wishes, starts_at: datetime | None, *, key: str, now: datetime
) -> datetime | None:
    """Return until when the hour is kept for a form with this key, None when it is not."""
    if starts_at is None:
        return None
    kept = DESK.kept(key, asked=wishes.asked, site=wishes.site, at=starts_at, now=now)
    return kept.hold_ends_at if kept else None


def _is_free(wishes: Wishes, starts_at: datetime, *, key: str, now: datetime) -> bool:
    if _until(wishes, starts_at, key=key, now=now) is not None:
        return True
    found = availability.slot_at(asked=wishes.asked, site=wishes.site, starts_at=starts_at, now=now)
    return found is not None


def _said(refusal: Refusal | None) -> str:
    return _(refusal.message) if refusal is not None else ""
