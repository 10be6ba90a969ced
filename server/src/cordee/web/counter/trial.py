"""The agent tries their own computer before the first call, and prints what it must let out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cordee.accounts.permissions import AGENT, permits
from cordee.directory import queries as directory
from cordee.visits.flows import Flow, Way, flows, trial_server
from cordee.visits.relays import relays

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cordee.directory.models import Agent


@permits(AGENT)
@require_safe
@never_cache
def trial(request: HttpRequest) -> HttpResponse:
    """Let microphone, camera and every flow be tried by the page's script."""
    agent = _agent(request)
    found, now = _found(request), timezone.now()
    relay = relays()
    servers = {
        str(number): msgspec.to_builtins(trial_server(flow, relay, who="essai", now=now))
        for number, flow in enumerate(found)
        if flow.way is not Way.WEB
    }
    context = {
        "partner": agent.partner,
        "flows": [_row(number, flow) for number, flow in enumerate(found)],
        "servers": json.dumps(servers),
        "has_relay": bool(servers),
    }
    return render(request, "web/trial.html", context)


@permits(AGENT)
@require_safe
@never_cache
def flow_sheet(request: HttpRequest) -> HttpResponse:
    """Show one sheet for the IT department: which flows leave an agent's computer."""
    agent = _agent(request)
    rows = [_row(number, flow) for number, flow in enumerate(_found(request))]
    context = {"partner": agent.partner, "flows": rows, "today": timezone.localdate()}
    return render(request, "web/flow_sheet.html", context)


def _agent(request: HttpRequest) -> Agent:
    agent = directory.agent_of(request.user.pk)
    if agent is None:
        raise Http404
    return agent


def _found(request: HttpRequest) -> list[Flow]:
    return flows(relays(), settings.PUBLIC_URL or request.build_absolute_uri("/"))


def _row(number: int, flow: Flow) -> dict[str, object]:
    return {
        "number": number,
        "way": flow.way.value,
        "host": flow.host,
        "port": flow.port,
        "protocol": flow.protocol,
        "sheet_protocol": "TCP (TLS)" if flow.way is Way.TLS else flow.protocol,
        "what": _what(flow.way),
        "why": _why(flow.way),
    }


def _what(way: Way) -> str:
    return {
        Way.WEB: gettext("Le serveur"),
        Way.UDP: gettext("Le relais, en UDP"),
        Way.TCP: gettext("Le relais, en TCP"),
        Way.TLS: gettext("Le relais, en TLS"),
    }[way]


def _why(way: Way) -> str:
    return {
        Way.WEB: gettext("Pages du guichet et WebSocket. Indispensable."),
        Way.UDP: gettext("Image et son, au mieux. Conseillé."),
        Way.TCP: gettext("Image et son, là où UDP est fermé."),
        Way.TLS: gettext("Image et son, là où seul le web passe, proxy compris."),
    }[way]
