"""What the agent's pages ask: keys, sealed pages, the outcome. Another's visit is not found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cordee.accounts.permissions import AGENT, permits
from cordee.api.answers import NotFound, answered, body_of, said
from cordee.directory import keys as directory_keys
from cordee.directory.models import Agent
from cordee.directory.queries import agent_of, certificate_read, keys_shown, state_of
from cordee.directory.rules import is_renewal_due
from cordee.documents import services as documents
from cordee.documents.models import SealedPage
from cordee.documents.queries import page_of_agent, pages_of
from cordee.journal.rules import user as user_actor
from cordee.visits import services as visits
from cordee.visits.models import Visit
from cordee.visits.queries import visit_of_agent
from cordee_wire.http import KeysOffered, KeysState, OutcomeNoted


@permits(AGENT)
@never_cache
@require_http_methods(["GET", "POST"])
@answered
def keys(request: HttpRequest) -> HttpResponse:
    """Say where the agent's keys stand (GET), or offer new ones (POST)."""
    agent = _agent(request)
    if request.method == "POST":
        offered = body_of(request, KeysOffered)
        directory_keys.offer_keys(
            agent=agent,
            recipient=offered.recipient,
            verify_key=offered.verify_key,
            proof=offered.proof,
            now=timezone.now(),
        )
    key = keys_shown(agent)
    if key is None:
        return said(KeysState(state="none", agent=agent.label))
    return said(
        KeysState(
            state=state_of(key, now=timezone.now()),
            agent=agent.label,
            recipient=key.recipient,
            verify_key=key.verify_key,
            certificate=certificate_read(key.certificate),
            expires_at=key.expires_at.timestamp() if key.expires_at else None,
            is_renewal_due=is_renewal_due(key.expires_at, now=timezone.now()),
            is_renewal_asked=key.renewal_asked_at is not None,
        )
    )


@permits(AGENT)
@never_cache
@require_GET
@answered
def pages(request: HttpRequest, visit: str) -> HttpResponse:
    """List the sealed pages of a visit."""
    return said(pages_of(_visit(request, visit)))


@permits(AGENT)
@never_cache
@require_GET
@answered
def page(request: HttpRequest, page: str) -> HttpResponse:
    """Give the sealed bytes of a page."""
    found = _page(request, page)
    sealed = documents.fetch(page=found, actor=user_actor(request.user.pk), now=timezone.now())
    if sealed is None:
        raise NotFound("Cette page n’est plus sur le serveur.")
    return HttpResponse(sealed, content_type="application/octet-stream")


@permits(AGENT)
@require_POST
@answered
def acknowledge(request: HttpRequest, page: str) -> HttpResponse:
    """Write down that the agent has opened the page."""
    found = _page(request, page)
    documents.acknowledge(page=found, actor=user_actor(request.user.pk), now=timezone.now())
    return HttpResponse(status=204)


@permits(AGENT)
@require_POST
@answered
def outcome(request: HttpRequest, visit: str) -> HttpResponse:
    """Write down what came of the visit."""
    found = _visit(request, visit)
    visits.note_outcome(
        visit=found,
        outcome=body_of(request, OutcomeNoted).outcome,
        actor=user_actor(request.user.pk),
        now=timezone.now(),
    )
    return HttpResponse(status=204)


def _agent(request: HttpRequest) -> Agent:
    agent = agent_of(request.user.pk)
    if agent is None:
        raise NotFound
    return agent


def _visit(request: HttpRequest, public_id: str) -> Visit:
    visit = visit_of_agent(_agent(request), public_id)
    if visit is None:
        raise NotFound
    return visit


def _page(request: HttpRequest, public_id: str) -> SealedPage:
    page = page_of_agent(_agent(request), public_id)
    if page is None:
        raise NotFound
    return page
