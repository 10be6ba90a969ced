"""Counting what must not be done too often, over every process of the server: in the database.

The only writer of tallies. Each stretch of time has a tally of its own; those that have ended are
removed when another begins.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from cordee.accounts.models import Tally

_SALT = "cordee.accounts.tallies"


def add(name: str, *, count: int = 1, ends_at: datetime, now: datetime) -> int:
    """Count `count` more of what `name` says until `ends_at`; return how many there are now."""
    key = _key(name, ends_at)
    with transaction.atomic():
        if not _added(key, count):
            Tally.objects.filter(ends_at__lte=now).delete()
            try:
                with transaction.atomic():
                    Tally.objects.create(key=key, count=count, ends_at=ends_at)
            except IntegrityError:  # Another process was quicker.
                _added(key, count)
        return Tally.objects.values_list("count", flat=True).get(key=key)


def total(name: str, *, ends_at: datetime) -> int:
    """Return how many of what `name` says were counted in the stretch until `ends_at`."""
    found = Tally.objects.filter(key=_key(name, ends_at)).values_list("count", flat=True).first()
    return found or 0


def _added(key: str, count: int) -> bool:
    return bool(Tally.objects.filter(key=key).update(count=F("count") + count))


def _key(name: str, ends_at: datetime) -> str:
    text = f"{name}\n{int(ends_at.timestamp())}"
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()
