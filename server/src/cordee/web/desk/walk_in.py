"""Somebody waits: who can receive them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cordee.accounts.permissions import HOST, permits
from cordee.appointments.receiving import receiving
from cordee.directory import queries as directory
from cordee.kernel.ids import new_hex
from cordee.web.citizen import offers
from cordee.web.citizen.asking import written
from cordee.web.citizen.booking import TYPED_LIMIT
from cordee.web.desk.places import at_site

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Reason
    from cordee.territory.models import Site

SOON = timedelta(minutes=30)
"""How long a person who passes by can be asked to wait."""
FEW = 4
"""Answers that the day's page shows at once."""


@dataclass(frozen=True)
class Now:
    """Somebody can receive for this reason, from `at` on; `hour` is what a form says of it."""

    reason: Reason
    at: datetime
    hour: str


@dataclass(frozen=True)
class WalkIn:
    """What the day's page says of the next half hour.

    `found` answers the words `typed`, `more` of them are not shown; `later` is what answers them
    when nobody can receive so soon. `partners` is how many can receive, whatever is asked.
    """

    typed: str
    found: list[Now]
    more: int
    later: list[Reason]
    partners: int


def walk_in(request: HttpRequest, site: Site, *, now: datetime) -> WalkIn:
    """Return who can receive in the next half hour, by words (`?mots=`)."""
    typed = _typed(request)
    free = _receiving(directory.reasons_open(), site, now=now)
    asked = offers.reasons_for(typed) if typed else []
    found = _of(asked, free)
    return WalkIn(
        typed=typed,
        found=found[:FEW],
        more=max(0, len(found) - FEW),
        later=asked[:FEW] if not found else [],
        partners=len({row.reason.partner_id for row in free}),
    )


@permits(HOST)
@require_safe
@never_cache
@at_site
def now_free(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """Show each reason with its first hour in the next half hour, by words or by partner."""
    now = timezone.now()
    typed = _typed(request)
    free = _receiving(directory.reasons_open(), site, now=now)
    asked = offers.reasons_for(typed) if typed else []
    found = _of(asked, free)
    shelves = groupby(free, key=lambda row: row.reason.partner) if not typed else ()
    context = {
        "site": site,
        "many_sites": many_sites,
        "typed": typed,
        "found": found,
        "asked_for": asked if not found else [],
        "shelves": [(partner, list(rows)) for partner, rows in shelves],
    }
    return render(request, "web/desk/walk_in.html", {**context, "key": new_hex()})


def _receiving(reasons: list[Reason], site: Site, *, now: datetime) -> list[Now]:
    """Return who can receive soon, in the order of the reasons."""
    found = receiving(reasons, site=site, since=now, until=now + SOON, now=now)
    by_reason = {row.reason.pk: row.starts_at for row in found}
    return [
        Now(reason, at, written(at))
        for reason in reasons
        if (at := by_reason.get(reason.pk)) is not None
    ]


def _of(asked: list[Reason], free: list[Now]) -> list[Now]:
    """Return those of what is free that answer what is asked, the best answer first."""
    by_reason = {row.reason.pk: row for row in free}
    return [by_reason[reason.pk] for reason in asked if reason.pk in by_reason]


def _typed(request: HttpRequest) -> str:
    return request.GET.get("mots", "").strip()[:TYPED_LIMIT]
