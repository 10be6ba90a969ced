"""The agent's own calendar, which blocks slots here, and the feed of their visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cordee.accounts.permissions import AGENT, permits
from cordee.directory.calendars import read_calendar
from cordee.directory.feed import make_feed, remove_feed
from cordee.directory.ical_reader import IcalReader
from cordee.directory.rules import STILL_BLOCKED, calendar_trouble_sentence
from cordee.directory.services import describe_agent
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.web.citizen.limits import CALENDAR_READS
from cordee.web.week.agents import agent_here
from cordee.web.week.forms import CalendarForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Agent


@permits(AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own_calendar(request: HttpRequest) -> HttpResponse:
    """Set, test or remove the calendar's address; make, replace or remove the feed's."""
    agent = agent_here(request)
    form = CalendarForm(initial={"url": agent.calendar_url})
    wait_s = 0
    if request.method == "POST":
        act, now = request.POST.get("act", ""), timezone.now()
        is_read = act in {"set", "test"}
        if is_read and not CALENDAR_READS.count(f"agent {agent.pk}", now):
            wait_s = CALENDAR_READS.left_s(now)
    if request.method == "POST" and not wait_s:
        if act == "set":
            form = CalendarForm(request.POST)
        if act != "set" or (form.is_valid() and _is_set(request, agent, form)):
            _do(request, agent, act)
            return redirect("own_calendar")
    feed = ""
    if agent.calendar_token:
        path = reverse("agent_feed", args=[agent.pk, agent.calendar_token])
        feed = request.build_absolute_uri(path)
    context = {
        "partner": agent.partner,
        "agent": agent,
        "form": form,
        "feed": feed,
        "trouble": _trouble(agent.calendar_trouble),
        "minutes": -(-wait_s // 60),
    }
    if not wait_s:
        return render(request, "web/week/calendar.html", context)
    response = render(request, "web/week/calendar.html", context, status=429)
    response.headers["Retry-After"] = str(wait_s)
    return response


def _is_set(request: HttpRequest, agent: Agent, form: CalendarForm) -> bool:
    try:
        describe_agent(
            agent=agent,
            calendar_url=form.cleaned_data["url"],
            actor=user_actor(request.user.pk),
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error("url", _(refusal.message))
        return False
    return True


def _do(request: HttpRequest, agent: Agent, act: str) -> None:
    now, actor = timezone.now(), user_actor(request.user.pk)
    if act in {"set", "test"} and agent.calendar_url:
        with IcalReader() as reader:
            trouble = read_calendar(agent=agent, reader=reader, now=now)
        if trouble:
            messages.error(request, _trouble(trouble), extra_tags="bad")
        else:
            messages.success(request, _("Votre agenda est lu."), extra_tags="ok")
    elif act == "remove":
        describe_agent(agent=agent, calendar_url="", actor=actor, now=now)
        messages.success(request, _("Votre agenda n’est plus lu."), extra_tags="ok")
    elif act == "make_feed":
        make_feed(agent=agent, actor=actor, now=now)
        messages.success(request, _("La nouvelle adresse est prête."), extra_tags="ok")
    elif act == "remove_feed":
        remove_feed(agent=agent, actor=actor, now=now)
        messages.success(request, _("L’adresse n’ouvre plus rien."), extra_tags="ok")


def _trouble(trouble: str) -> str:
    if not trouble:
        return ""
    return f"{_(calendar_trouble_sentence(trouble))} {_(STILL_BLOCKED)}"
