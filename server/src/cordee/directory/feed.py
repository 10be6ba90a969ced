"""The secret address of an agent's iCal feed: made, replaced, removed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from cordee.directory.models import Agent
from cordee.journal.rules import Actor
from cordee.journal.services import record

TOKEN_BYTES = 32


@transaction.atomic
def make_feed(*, agent: Agent, actor: Actor, now: datetime) -> str:
    """Return the token of a new feed address; the one before opens nothing any more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _set(agent, token, "feed_made", actor, now)
    return token


@transaction.atomic
def remove_feed(*, agent: Agent, actor: Actor, now: datetime) -> None:
    """Let the feed address open nothing. Without one nothing changes."""
    if Agent.objects.filter(pk=agent.pk).exclude(calendar_token="").exists():
        _set(agent, "", "feed_removed", actor, now)


def _set(agent: Agent, token: str, verb: str, actor: Actor, now: datetime) -> None:
    Agent.objects.filter(pk=agent.pk).update(calendar_token=token)
    agent.calendar_token = token
    record(at=now, actor=actor, verb=verb, object_kind="agent", object_id=str(agent.pk))
