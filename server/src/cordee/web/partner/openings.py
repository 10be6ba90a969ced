"""When an agent receives people, changed by their manager with the week's own forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.visits.stand_ins import change_absence, note_absence
from cordee.web.leaving import left_by_absence
from cordee.web.partner.mandates import agent_shown, closed_agent, managed
from cordee.web.partner.rows import address
from cordee.web.partner.stand_ins import chosen_of
from cordee.web.partner.touched import Touched, touched_of
from cordee.web.week import changes
from cordee.web.week.forms import OpeningForm, span_form

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Absence, Agent, Partner
    from cordee.web.week.forms import SpanForm


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def openings(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """List the stretches of an agent's week, and add one."""
    now = timezone.now()
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    form = OpeningForm(request.POST if request.method == "POST" else None)
    actor = user_actor(request.user.pk)
    if form.is_valid() and changes.keep_opening(shown, form, None, actor=actor, now=now):
        messages.success(request, _("La plage est ajoutée."), extra_tags="ok")
        return redirect("partner_openings", agent=shown.pk)
    rows = changes.opening_rows(shown, address(shown, "partner_change_opening"))
    context = {**_context(partner, shown), "form": form, "openings": rows}
    return render(request, "web/partner/openings.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def change_opening(
    request: HttpRequest, *, partner: Partner, agent: int, opening: int
) -> HttpResponse:
    """Give a stretch of an agent's week another day, other hours or dates."""
    now = timezone.now()
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    held = changes.opening_of(shown, opening)
    if held is None:
        changes.say_gone(request)
        return redirect("partner_openings", agent=shown.pk)
    values = OpeningForm.showing(held.rule())
    form = OpeningForm(request.POST if request.method == "POST" else None, initial=values)
    actor = user_actor(request.user.pk)
    if form.is_valid() and changes.keep_opening(shown, form, held, actor=actor, now=now):
        messages.success(request, _("La plage est changée."), extra_tags="ok")
        return redirect("partner_openings", agent=shown.pk)
    context = {**_context(partner, shown), "form": form, "opening": held}
    return render(request, "web/partner/opening.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def absence(
    request: HttpRequest, *, partner: Partner, agent: int, absence: int | None = None
) -> HttpResponse:
    """Note an agent's absence, or change one; whom it touches is agreed to as it was shown."""
    now = timezone.now()
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    held = None if absence is None else changes.absence_of(shown, absence, now=now)
    if absence is not None and held is None:
        changes.say_gone(request)
        return redirect("partner_agent", agent=shown.pk)
    form = span_form(request, held, is_whole=True)
    touched: Touched | None = None
    if form.is_valid():
        left = left_by_absence(shown, form.period, now=now)
        touched = touched_of(shown, left, now=now)
        if request.method == "POST" and left.is_agreed(request):
            chosen = chosen_of(request, partner, touched.plans)
            if _is_kept(request, form, shown, held, chosen):
                said = _("L’absence est changée.") if held else _("L’absence est notée.")
                messages.success(request, said, extra_tags="ok")
                return redirect("partner_agent", agent=shown.pk)
    context = {**_context(partner, shown), "form": form, "is_absence": True, "held": held}
    context["touched"] = touched
    return render(request, "web/partner/span.html", context)


def _is_kept(
    request: HttpRequest,
    form: SpanForm,
    agent: Agent,
    held: Absence | None,
    chosen: dict[int, Agent],
) -> bool:
    period, note, now = form.period, form.cleaned_data["note"], timezone.now()
    actor = user_actor(request.user.pk)
    try:
        if held is None:
            note_absence(agent=agent, period=period, note=note, chosen=chosen, actor=actor, now=now)
        else:
            change_absence(
                absence=held, period=period, note=note, chosen=chosen, actor=actor, now=now
            )
    except Refusal as refusal:
        form.add_error(None, _(refusal.message))
        return False
    return True


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def extra_opening(
    request: HttpRequest, *, partner: Partner, agent: int, extra: int | None = None
) -> HttpResponse:
    """Add a time at which an agent receives people outside their week, or change one."""
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    actor, now = user_actor(request.user.pk), timezone.now()
    held = None if extra is None else changes.extra_opening_of(shown, extra, now=now)
    if extra is not None and held is None:
        changes.say_gone(request)
        return redirect("partner_agent", agent=shown.pk)
    form = span_form(request, held, is_whole=False)
    if (
        request.method == "POST"
        and form.is_valid()
        and changes.keep_extra_opening(shown, form, held, actor=actor, now=now)
    ):
        said = _("L’ouverture est changée.") if held else _("L’ouverture est ajoutée.")
        messages.success(request, said, extra_tags="ok")
        return redirect("partner_agent", agent=shown.pk)
    context = {**_context(partner, shown), "form": form, "is_absence": False, "held": held}
    return render(request, "web/partner/span.html", context)


@managed
@require_POST
def remove(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """Take back one of an agent's openings, extra openings or absences."""
    shown = agent_shown(partner, agent)
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    actor = user_actor(request.user.pk)
    if not changes.remove(shown, kind=kind, key=key, actor=actor, now=timezone.now()):
        messages.success(request, _("C’est déjà retiré."), extra_tags="ok")
    return redirect("partner_openings" if kind == "opening" else "partner_agent", agent=shown.pk)


def _context(partner: Partner, agent: Agent) -> dict[str, object]:
    return {"section": "agents", "partner": partner, "agent": agent}
