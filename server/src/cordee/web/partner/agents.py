"""A partner's agents: who they are, what they know, taking on and closing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cordee.accounts.rules import normal_email, password_made
from cordee.accounts.services import EmailTaken, give_password
from cordee.appointments.queries import to_come_with
from cordee.directory import queries as directory
from cordee.directory.mandates import take_on
from cordee.directory.rules import INTERPRETER_SKILL, is_skilled
from cordee.directory.services import describe_agent
from cordee.journal.rules import user as user_actor
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.visits.stand_ins import let_go
from cordee.web.leaving import left_for_good
from cordee.web.partner.forms import AgentForm, NewAgentForm
from cordee.web.partner.mandates import agent_shown, closed_agent, managed
from cordee.web.partner.rows import AgentRow, address, agent_row
from cordee.web.partner.stand_ins import chosen_of
from cordee.web.partner.touched import touched_of
from cordee.web.week.changes import opening_rows, span_rows

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Agent, Partner

_FIELDS = {
    EmailTaken.code: "email",
    "agent_label_taken": "label",
    "no_such_language": "languages",
}


@managed
@require_safe
def agents(request: HttpRequest, *, partner: Partner) -> HttpResponse:
    """List the agents."""
    context = {"section": "agents", "partner": partner, "agents": staff_rows(partner)}
    return render(request, "web/partner/agents.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def new_agent(request: HttpRequest, *, partner: Partner) -> HttpResponse:
    """Take on an agent; the password is shown once."""
    data = request.POST if request.method == "POST" else None
    form = NewAgentForm(data, skills=_skills(partner))
    context: dict[str, object] = {"section": "agents", "partner": partner, "form": form}
    if form.is_valid():
        asked, password = form.cleaned_data, password_made()
        try:
            agent = take_on(
                partner=partner,
                email=asked["email"],
                password=password,
                label=asked["label"],
                skills=asked["skills"],
                languages=asked["languages"],
                actor=user_actor(request.user.pk),
                now=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.code == EmailTaken.code:
                context["held"] = _held_by(partner, asked["email"])
            form.add_error(_FIELDS.get(refusal.code), _(refusal.message))
        else:
            shown = {**context, "agent": agent, "password": password}
            return render(request, "web/partner/agent_made.html", shown)
    return render(request, "web/partner/agent_new.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def agent(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """Show an agent with their week, and change what they know."""
    now = timezone.now()
    shown = agent_shown(partner, agent)
    if request.method == "POST" and (closed := closed_agent(request, shown)):
        return closed
    known = {"languages": ", ".join(shown.languages), "skills": shown.skills}
    skills = _skills(partner, shown)
    form = AgentForm(
        request.POST if request.method == "POST" else None, skills=skills, initial=known
    )
    weekdays = _weekdays(opening_rows(shown, address(shown, "partner_change_opening")))
    extra = span_rows(
        directory.extra_openings_to_come(shown, now=now), address(shown, "partner_change_extra")
    )
    stops = form.is_valid() and bool(weekdays or extra) and _stops_receiving(shown, form)
    if form.is_valid() and not (stops and request.POST.get("sure") != INTERPRETER_SKILL):
        try:
            describe_agent(
                agent=shown,
                skills=form.cleaned_data["skills"],
                languages=form.cleaned_data["languages"],
                actor=user_actor(request.user.pk),
                now=now,
            )
        except Refusal as refusal:
            form.add_error(_FIELDS.get(refusal.code), _(refusal.message))
        else:
            messages.success(request, _("C’est gardé."), extra_tags="ok")
            return redirect("partner_agent", agent=shown.pk)
    context = {
        "section": "agents",
        "partner": partner,
        "agent": shown,
        "form": form,
        "stops": stops,
        "sure": INTERPRETER_SKILL,
        "weekdays": weekdays,
        "absences": span_rows(
            directory.absences_to_come(shown, now=now), address(shown, "partner_change_absence")
        ),
        "extra": extra,
        "coming": to_come_with(shown, now=now),
    }
    return render(request, "web/partner/agent.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def agent_password(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """Give an agent another password, once it is asked for; it is shown once."""
    shown = agent_shown(partner, agent)
    if closed := closed_agent(request, shown):
        return closed
    context: dict[str, object] = {"section": "agents", "partner": partner, "agent": shown}
    if request.method != "POST":
        return render(request, "web/partner/agent_password.html", context)
    password, actor = password_made(), user_actor(request.user.pk)
    try:
        give_password(user=shown.user, password=password, actor=actor, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, _(refusal.message), extra_tags="bad")
        return redirect("partner_agent", agent=shown.pk)
    context |= {"password": password, "is_again": True}
    return render(request, "web/partner/agent_made.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def close_agent(request: HttpRequest, *, partner: Partner, agent: int) -> HttpResponse:
    """Close an agent's account; whom it touches is shown, and agreed to as it was shown."""
    now = timezone.now()
    shown = agent_shown(partner, agent)
    touched, problem = touched_of(shown, left_for_good(shown, now=now), now=now), ""
    is_agreed = touched.left.is_agreed(request)
    if request.method == "POST" and is_agreed:
        chosen = chosen_of(request, partner, touched.plans)
        try:
            let_go(agent=shown, chosen=chosen, actor=user_actor(request.user.pk), now=now)
        except Refusal as refusal:
            problem = _(refusal.message)
        else:
            said = _("Le compte de %(name)s est fermé.") % {"name": shown.label}
            messages.success(request, said, extra_tags="ok")
            return redirect("partner_agents")
    context = {
        "section": "agents",
        "partner": partner,
        "agent": shown,
        "touched": touched,
        "problem": problem,
        "is_again": request.method == "POST" and not is_agreed,
    }
    return render(request, "web/partner/agent_close.html", context)


def staff_rows(partner: Partner) -> list[AgentRow]:
    """Return a line for each of the partner's agents, closed ones last."""
    today = timezone.localdate()
    bounds = (datetime.combine(today + timedelta(days=each), time.min) for each in (0, 1))
    day = Period(*map(timezone.make_aware, bounds))
    reasons = directory.reasons_of(partner)
    return [agent_row(agent, reasons, today=day) for agent in directory.staff_of(partner)]


def _held_by(partner: Partner, email: str) -> Agent | None:
    """Return the partner's agent who has this address, as after a second click."""
    held = (agent for agent in directory.staff_of(partner) if agent.user.is_active)
    return next((agent for agent in held if agent.user.email == normal_email(email)), None)


def _weekdays(rows: list[dict[str, object]]) -> list[tuple[object, list[dict[str, object]]]]:
    """Gather the stretches of each weekday in one line."""
    return [(day, list(each)) for day, each in groupby(rows, key=itemgetter("weekday"))]


def _stops_receiving(agent: Agent, form: AgentForm) -> bool:
    """Return whether the form makes an interpreter of somebody who received until now."""
    return INTERPRETER_SKILL in form.cleaned_data["skills"] and is_skilled(agent.skills, skill="")


def _skills(partner: Partner, agent: Agent | None = None) -> list[str]:
    asked = {reason.skill for reason in directory.reasons_of(partner) if reason.skill}
    return sorted(asked | set(agent.skills if agent else ()))
