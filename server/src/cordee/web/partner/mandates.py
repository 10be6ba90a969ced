"""Whose pages these are: each is given the one partner that the signed-in manager runs."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cordee.accounts.permissions import MANAGER, permits
from cordee.directory import queries as directory
from cordee.directory.mandates import AgentClosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Agent, Partner, Reason


def managed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let managers in, and give the view their `partner`; for them there is no other."""

    @permits(MANAGER)
    @never_cache
    @wraps(view)
    def enter(request: HttpRequest, **kwargs: object) -> HttpResponse:
        partner = directory.partner_managed_by(request.user.pk)
        if partner is None:
            return render(request, "web/partner/none.html", status=403)
        return view(request, partner=partner, **kwargs)

    return enter


def agent_shown(partner: Partner, key: int) -> Agent:
    """Return the partner's agent with this key. Raises Http404 for another partner's."""
    agent = directory.agent_in(partner, key)
    if agent is None:
        raise Http404
    return agent


def reason_shown(partner: Partner, key: int) -> Reason:
    """Return the partner's reason with this key. Raises Http404 for another partner's."""
    reason = directory.reason_in(partner, key)
    if reason is None:
        raise Http404
    return reason


def closed_agent(request: HttpRequest, agent: Agent) -> HttpResponse | None:
    """Return to the agent's page with why nothing is changed, when their account is closed."""
    if agent.user.is_active:
        return None
    messages.error(request, _(AgentClosed.message), extra_tags="bad")
    return redirect("partner_agent", agent=agent.pk)
