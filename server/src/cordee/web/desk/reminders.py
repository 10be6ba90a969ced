"""Reminding by telephone the people whom no message reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cordee.accounts.permissions import HOST, permits
from cordee.appointments.to_remind import note_reminded, to_remind
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.visits import queries as visits
from cordee.web.desk.places import at_site

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from cordee.appointments.to_remind import ToRemind
    from cordee.territory.models import Site


@dataclass(frozen=True)
class Reminders:
    """Whom to call, and who left no number: they are told when somebody sees them."""

    to_call: list[ToRemind]
    to_tell: list[ToRemind]


def reminders(site: Site, *, now: datetime) -> Reminders:
    """Return whom the desk reminds of the next two days."""
    found = to_remind(site, now=now)
    return Reminders([one for one in found if one.phone], [one for one in found if not one.phone])


@permits(HOST)
@require_POST
@never_cache
@at_site
def reminded(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:  # noqa: ARG001 - given to every page
    """Keep that a person was reminded: their line leaves the page of everyone."""
    asked = request.POST.get("rendez-vous", "")
    appointment = visits.appointment_at_site(site, asked) if asked.isdecimal() else None
    if appointment is None:
        raise Http404
    try:
        note_reminded(
            appointment=appointment, actor=user_actor(request.user.pk), now=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, _(refusal.message), extra_tags="bad")
    else:
        said = _("Noté : %(name)s connaît l’heure.") % {"name": appointment.citizen}
        messages.success(request, said, extra_tags="ok")
    return redirect("desk")
