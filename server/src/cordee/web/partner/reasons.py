"""A partner's reasons: what people read, what booking needs, closing and opening again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cordee.appointments.queries import to_come_for
from cordee.directory import queries as directory
from cordee.directory.services import describe_reason, open_reason, set_own_tool, set_sites
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory
from cordee.web.partner.agents import staff_rows
from cordee.web.partner.forms import NewReasonForm, ReasonForm
from cordee.web.partner.mandates import managed, reason_shown
from cordee.web.partner.rows import reason_row
from cordee.web.seen import seen

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Partner, Reason

_FIELDS = {
    "duration_misaligned": "duration_min",
    "notice_beyond_horizon": "notice_h",
    "no_such_language": "languages",
    "interpreter_receives_nobody": "skill",
    "reason_label_taken": "label",
    "not_an_address": "video_url",
    "host_undeclared": "video_url",
    "blind_rule_unreadable": "blind_rules",
    "blind_rule_elsewhere": "blind_rules",
}
_APART = {"sites", "label", "video_url"}


@managed
@require_safe
def reasons(request: HttpRequest, *, partner: Partner) -> HttpResponse:
    """List the reasons, closed ones last."""
    here = [agent for agent in staff_rows(partner) if not agent.is_closed]
    rows = [reason_row(reason, here) for reason in directory.reasons_of(partner)]
    rows.sort(key=lambda row: not row.is_open)
    context = {"section": "reasons", "partner": partner, "reasons": rows}
    return render(request, "web/partner/reasons.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def new_reason(request: HttpRequest, *, partner: Partner) -> HttpResponse:
    """Add a reason."""
    data = request.POST if request.method == "POST" else None
    form = NewReasonForm(data, sites=territory.places())
    if form.is_valid() and _is_kept(request, partner, form, None):
        messages.success(request, _("La démarche est ajoutée."), extra_tags="ok")
        return redirect("partner_reasons")
    context = {"section": "reasons", "partner": partner, "form": form, "reason": None}
    return render(request, "web/partner/reason.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, *, partner: Partner, reason: int) -> HttpResponse:
    """Show a reason and change it."""
    shown = reason_shown(partner, reason)
    known = {
        "duration_min": shown.duration_min,
        "documents": "\n".join(shown.documents),
        "instructions": shown.instructions,
        "words": shown.words,
        "skill": shown.skill,
        "languages": ", ".join(shown.languages),
        "notice_h": shown.notice_h,
        "horizon_days": shown.horizon_days,
        "video_url": shown.video_url,
        "blind_rules": "\n".join(shown.blind_rules),
        "sites": [str(site.pk) for site in shown.sites.all()],
    }
    data = request.POST if request.method == "POST" else None
    form = ReasonForm(data, sites=territory.places(), initial=known)
    if form.is_valid() and _is_kept(request, partner, form, shown):
        messages.success(request, _("C’est gardé."), extra_tags="ok")
        return redirect("partner_reasons")
    context = {"section": "reasons", "partner": partner, "form": form, "reason": shown}
    return render(request, "web/partner/reason.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def close_reason(request: HttpRequest, *, partner: Partner, reason: int) -> HttpResponse:
    """Close a reason or open it again; who is booked is shown, and agreed to as it was shown."""
    now = timezone.now()
    shown = reason_shown(partner, reason)
    touched = to_come_for(shown, now=now) if shown.is_open else []
    if request.method == "POST" and request.POST.get("seen", "") == seen(touched):
        is_open = request.POST.get("act") == "open"
        describe_reason(reason=shown, is_open=is_open, actor=user_actor(request.user.pk), now=now)
        said = _("%(name)s est de nouveau proposée.") if is_open else _("%(name)s est fermée.")
        messages.success(request, said % {"name": shown.label}, extra_tags="ok")
        return redirect("partner_reasons")
    context = {
        "section": "reasons",
        "partner": partner,
        "reason": shown,
        "touched": touched,
        "seen": seen(touched),
        "is_again": request.method == "POST",
    }
    return render(request, "web/partner/reason_close.html", context)


def _is_kept(
    request: HttpRequest, partner: Partner, form: ReasonForm, reason: Reason | None
) -> bool:
    """Write everything that the form says, or nothing and why."""
    now, actor, asked = timezone.now(), user_actor(request.user.pk), form.cleaned_data
    changes = {name: asked[name] for name in asked if name not in _APART}
    try:
        with transaction.atomic():
            if reason is None:
                reason = open_reason(
                    partner=partner,
                    label=asked["label"],
                    duration_min=asked["duration_min"],
                    actor=actor,
                    now=now,
                )
            describe_reason(reason=reason, actor=actor, now=now, **changes)
            set_own_tool(reason=reason, video_url=asked["video_url"], actor=actor, now=now)
            set_sites(reason=reason, sites=form.chosen_sites, actor=actor, now=now)
    except Refusal as refusal:
        form.add_error(_FIELDS.get(refusal.code), _(refusal.message))
        return False
    return True
