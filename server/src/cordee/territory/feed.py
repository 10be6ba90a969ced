"""The secret address of a site's iCal feed: made, replaced, removed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.territory.models import Site

TOKEN_BYTES = 32


@transaction.atomic
def make_feed(*, site: Site, actor: Actor, now: datetime) -> str:
    """Return the token of a new feed address; the one before opens nothing any more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _set(site, token, "feed_made", actor, now)
    return token


@transaction.atomic
def remove_feed(*, site: Site, actor: Actor, now: datetime) -> None:
    """Let the feed address open nothing. Without one nothing changes."""
    if Site.objects.filter(pk=site.pk).exclude(calendar_token="").exists():
        _set(site, "", "feed_removed", actor, now)


def _set(site: Site, token: str, verb: str, actor: Actor, now: datetime) -> None:
    Site.objects.filter(pk=site.pk).update(calendar_token=token)
    site.calendar_token = token
    record(at=now, actor=actor, verb=verb, object_kind="site", object_id=str(site.pk))
