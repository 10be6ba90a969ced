"""Which appointments this browser may see: those it has booked, or opened with code and name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

LASTS = timedelta(minutes=30)
"""As long as someone may leave a shared computer; then code and name are asked for again."""
MOST = 10
_KEY = "citizen_visits"


def waiting(entry: int) -> str:
    """Return the name under which an entry of the waiting list is remembered here."""
    return f"waiting-{entry}"


def remember(request: HttpRequest, visit: str, now: datetime) -> None:
    """Let this browser see the visit, or the entry, for half an hour."""
    kept = {**_still(request, now), visit: (now + LASTS).timestamp()}
    request.session[_KEY] = dict(list(kept.items())[-MOST:])


def may_see(request: HttpRequest, visit: str, now: datetime) -> bool:
    """Return whether this browser may see the visit now."""
    return visit in _still(request, now)


def forget(request: HttpRequest) -> None:
    """Let this browser see nothing any more."""
    request.session.pop(_KEY, None)


def _still(request: HttpRequest, now: datetime) -> dict[str, float]:
    kept: dict[str, float] = request.session.get(_KEY, {})
    return {visit: until for visit, until in kept.items() if until > now.timestamp()}
