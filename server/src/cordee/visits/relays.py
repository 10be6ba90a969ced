"""Who relays media for a visit: STUN and TURN addresses with credentials of their own."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from cordee_wire.kiosk_link import IceServer

LASTS_AFTER_END = timedelta(minutes=15)


@dataclass(frozen=True)
class Relays:
    """What the settings say about STUN and TURN; empty lists for none."""

    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""


def relays() -> Relays:
    """Return the relays that the settings name."""
    return Relays(
        stun_urls=tuple(settings.STUN_URLS),
        turn_urls=tuple(settings.TURN_URLS),
        turn_secret=settings.TURN_SECRET,
    )


def ice_servers(relays: Relays, *, visit: str, ends_at: datetime) -> list[IceServer]:
    """Return the `RTCIceServer`s of one visit.

    TURN credentials follow the REST convention (draft-uberti-behave-turn-rest): the user name
    `{expiry}:{visit}` and base64 of its HMAC-SHA1 under the shared secret. They end 15 minutes
    after the booked end, because the relay cannot take them back.
    """
    servers = [IceServer(urls=list(relays.stun_urls))] if relays.stun_urls else []
    if relays.turn_urls and relays.turn_secret:
        expiry = int((ends_at + LASTS_AFTER_END).timestamp())
        username = f"{expiry}:{visit}"
        # SHA-1 is what the convention and coturn ask for; HMAC does not need collision resistance.
        digest = hmac.new(relays.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
        servers.append(
            IceServer(
                urls=list(relays.turn_urls),
                username=username,
                credential=base64.b64encode(digest).decode(),
            )
        )
    return servers
