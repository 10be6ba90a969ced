"""What the tests of pages share: a page as a person reads it, and a booking's form."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client
    from factories import World

HOUR = "2026-12-08T11:00"


def page(client: Client, address: str, posted: dict[str, str] | None = None) -> str:
    """Return the page's source, entities resolved, behind any redirect."""
    sent = client.post(address, posted, follow=True) if posted else client.get(address, follow=True)
    assert sent.status_code == 200
    return html.unescape(sent.content.decode())


def form_of(world: World, **changes: str) -> dict[str, str]:
    """Return what a citizen sends to book the world's reason at its site."""
    return {
        "motif": str(world.reason.pk),
        "lieu": str(world.site.pk),
        "heure": HOUR,
        "cle": "0" * 31 + "1",
        "name": "Élodie Girard",
        "contact_kind": "mobile",
        "contact": "06 12 34 56 78",
        **changes,
    }
