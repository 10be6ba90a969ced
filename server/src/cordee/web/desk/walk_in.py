"""Somebody waits: who can receive them now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cordee.accounts.permissions import HOST, permits
from cordee.appointments import availability
from cordee.directory import queries as directory
from cordee.kernel.cells import CELL_MIN
from cordee.web.citizen import offers
from cordee.web.citizen.asking import written
from cordee.web.citizen.booking import TYPED_LIMIT
from cordee.web.desk.places import at_site
from cordee.web.desk.wishes import Wishes

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Reason
    from cordee.territory.models import Site

SOON = timedelta(minutes=30)
"""How long a person who passes by can be asked to wait."""


@permits(HOST)
@require_safe
@never_cache
@at_site
def now_free(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Show each reason with its first hour in the next half hour, by words (`?mots=`) or all."""
    now = timezone.now()
    typed = request.GET.get("mots", "").strip()[:TYPED_LIMIT]
    reasons = offers.reasons_for(typed) if typed else directory.reasons_open()
    context = {
        "site": site,
        "many_sites": many_sites,
        "typed": typed,
        "found": _receiving(reasons, site, now=now),
        "asked_for": reasons if typed else [],
    }
    return render(request, "web/desk/walk_in.html", context)


def _receiving(
    reasons: list[Reason], site: Site, *, now: datetime
) -> list[tuple[Reason, datetime, str]]:
    """Return who can receive soon, the first hour first, each with the page that books it."""
    found = []
    for reason in reasons:
        wishes = Wishes(site=site, is_here=True, reason=reason)
        slots = availability.slots(
            asked=wishes.asked,
            site=site,
            until=now + SOON,
            most=1,
            step_min=CELL_MIN,
            now=now,
        )
        if slots:
            at = slots[0].starts_at
            found.append((reason, at, wishes.but(hour=written(at)).url("desk_who")))
    return sorted(found, key=lambda row: row[1])
