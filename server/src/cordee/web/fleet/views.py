"""The technician's pages: kiosks, enrolment codes, partners' roots."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cordee.accounts.permissions import TECHNICIAN, permits
from cordee.directory import queries as directory
from cordee.fleet import queries as fleet
from cordee.fleet import services as enrolment
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory
from cordee.visits import queries as visits
from cordee.web import outages
from cordee.web.fleet.forms import NewKioskForm
from cordee.web.rows import URGENCY, kiosk_row
from cordee.web.zones import speak_at

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.fleet.models import Kiosk


LIGHT_OF = {"out": "warn"}
"""A kiosk that is out of service is counted apart, under the same light as a revoked one."""


@permits(TECHNICIAN)
@require_safe
@never_cache
def kiosks(request: HttpRequest) -> HttpResponse:
    """List every kiosk, the most pressing first."""
    now = timezone.now()
    coming = visits.next_by_kiosk(now)
    live = visits.live_kiosks()
    every = fleet.kiosks()
    out = fleet.outages_of(every, now=now)
    rows = [
        kiosk_row(
            kiosk,
            now,
            next_at=coming.get(kiosk.pk),
            is_live=kiosk.pk in live,
            outage=out.get(kiosk.pk),
        )
        for kiosk in every
    ]
    rows.sort(key=lambda row: (URGENCY.index(row.kind), row.place, row.name))
    return render(
        request,
        "web/fleet.html",
        {
            "section": "kiosks",
            "territory": _territory(),
            "now": now,
            "kiosks": rows,
            "counts": _counts(Counter("out" if row.is_out else row.kind for row in rows)),
        },
    )


def _counts(found: Counter[str]) -> list[dict[str, str]]:
    words = {
        "bad": ngettext("%(n)s hors ligne", "%(n)s hors ligne", found["bad"]),
        "out": ngettext("%(n)s hors service", "%(n)s hors service", found["out"]),
        "warn": ngettext("%(n)s révoquée", "%(n)s révoquées", found["warn"]),
        "rest": ngettext("%(n)s à inscrire", "%(n)s à inscrire", found["rest"]),
        "live": ngettext("%(n)s en appel", "%(n)s en appel", found["live"]),
        "ok": ngettext("%(n)s prête", "%(n)s prêtes", found["ok"]),
    }
    return [
        {"kind": LIGHT_OF.get(kind, kind), "word": words[kind] % {"n": found[kind]}}
        for kind in reversed(words)
        if found[kind]
    ]


def _territory() -> str:
    return ", ".join(dict.fromkeys(site.commune.territory.name for site in territory.sites()))


@permits(TECHNICIAN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new_kiosk(request: HttpRequest) -> HttpResponse:
    """Name a kiosk and show its code, once."""
    now = timezone.now()
    data = request.POST if request.method == "POST" else None
    form = NewKioskForm(data, sites=territory.sites())
    if form.is_valid():
        try:
            kiosk = enrolment.add_kiosk(
                site=form.chosen_site,
                name=form.cleaned_data["name"],
                actor=user_actor(request.user.pk),
                now=now,
            )
        except Refusal as refusal:
            form.add_error("name", _(refusal.message))
        else:
            return _shown_once(request, kiosk, now)
    context = {"section": "kiosks", "territory": _territory(), "form": form}
    return render(request, "web/kiosk_new.html", context)


@permits(TECHNICIAN)
@require_POST
@never_cache
def give_code(request: HttpRequest, kiosk: str) -> HttpResponse:
    """Make a new code for a kiosk and show it, once."""
    return _shown_once(request, _found(kiosk), timezone.now())


def _shown_once(request: HttpRequest, kiosk: Kiosk, now: datetime) -> HttpResponse:
    code, expires_at = enrolment.issue_code(kiosk=kiosk, actor=user_actor(request.user.pk), now=now)
    context = {
        "section": "kiosks",
        "territory": _territory(),
        "kiosk": kiosk_row(kiosk, now),
        "code": code,
        "expires_at": expires_at,
        "server": settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/"),
        "replaces": kiosk.is_enrolled,
    }
    return render(request, "web/kiosk_code.html", context)


@permits(TECHNICIAN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def revoke(request: HttpRequest, kiosk: str) -> HttpResponse:
    """Ask once, then shut the kiosk out."""
    now = timezone.now()
    found = _found(kiosk)
    if request.method == "POST":
        enrolment.revoke(kiosk=found, actor=user_actor(request.user.pk), now=now)
        messages.success(
            request,
            _("%(name)s est révoquée. Elle ne peut plus se connecter.") % {"name": found.name},
            extra_tags="ok",
        )
        return redirect("fleet")
    context = {"section": "kiosks", "territory": _territory(), "kiosk": kiosk_row(found, now)}
    return render(request, "web/kiosk_revoke.html", context)


@permits(TECHNICIAN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def put_out(request: HttpRequest, kiosk: str) -> HttpResponse:
    """Ask until when the kiosk is out and show whom that touches, then put it out of service."""
    found = _found(kiosk)
    speak_at(found.site)
    shown = outages.put_out(request, found, now=timezone.now())
    if shown is None:
        return redirect("fleet")
    context = {**shown, "section": "kiosks", "territory": _territory()}
    return render(request, "web/fleet_outage.html", context)


@permits(TECHNICIAN)
@require_POST
@never_cache
def put_back(request: HttpRequest, kiosk: str) -> HttpResponse:
    """Put the kiosk back in service."""
    outages.put_back(request, _found(kiosk), now=timezone.now())
    return redirect("fleet")


@permits(TECHNICIAN)
@require_safe
@never_cache
def partners(request: HttpRequest) -> HttpResponse:
    """List the partners and the fingerprint of each one's root."""
    context = {
        "section": "partners",
        "territory": _territory(),
        "partners": [
            {
                "name": partner.label,
                "slug": partner.slug,
                "fingerprint": directory.root_fingerprint(partner),
            }
            for partner in directory.partners()
        ],
    }
    return render(request, "web/partners.html", context)


def _found(public_id: str) -> Kiosk:
    kiosk = fleet.kiosk_by_id(public_id)
    if kiosk is None:
        raise Http404
    return kiosk
