"""Visits that were not held: whom to call back, and that it was done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.visits import queries as visits
from cordee.visits.callbacks import note_callback
from cordee.visits.rules import MISSED_LABELS, Missed
from cordee.web.partner.mandates import managed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Partner

BACK = timedelta(days=30)
"""Older visits are no longer asked about."""


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def unanswered(request: HttpRequest, *, partner: Partner) -> HttpResponse:
    """List whom to call back, and keep that it was done."""
    now = timezone.now()
    if request.method == "POST":
        asked = request.POST.get("visit", "")
        # PostgreSQL is asked for no text with a NUL.
        visit = visits.visit_in(partner, asked) if asked.isalnum() else None
        if visit is None:
            raise Http404
        note, actor = request.POST.get("note", ""), user_actor(request.user.pk)
        try:
            note_callback(visit=visit, note=note, actor=actor, now=now)
        except Refusal as refusal:
            messages.error(request, _(refusal.message), extra_tags="bad")
        else:
            said = _("Noté : %(name)s a reçu votre appel.") % {"name": visit.appointment.citizen}
            messages.success(request, said, extra_tags="ok")
        return redirect("partner_unanswered")
    context = {
        "section": "unanswered",
        "partner": partner,
        "missed": [
            {
                "visit": visit.public_id,
                "appointment": visit.appointment,
                "why": _(MISSED_LABELS[why]),
                "kind": "bad" if why is Missed.NO_AGENT else "warn",
            }
            for visit, why in visits.unanswered(partner, since=now - BACK, now=now)
        ],
        "done": visits.called_back(partner, since=now - BACK),
    }
    return render(request, "web/partner/unanswered.html", context)
