"""What both sockets share: the limit on nonsense, the close codes, the relays."""

from __future__ import annotations

from django.conf import settings

from cordee.visits.relays import Relays

BAD_MESSAGES_LIMIT = 20
CLOSE_BAD = 4400
CLOSE_UNKNOWN = 4403


def relays() -> Relays:
    """Return the relays that the settings name."""
    return Relays(
        stun_urls=tuple(settings.STUN_URLS),
        turn_urls=tuple(settings.TURN_URLS),
        turn_secret=settings.TURN_SECRET,
    )
