"""What the tests of pages share: a page as a person reads it, and a booking's form."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from factories import NOW

if TYPE_CHECKING:
    from django.test import Client
    from factories import World

    from cordee.directory.models import Reason

HOUR = "2026-12-08T11:00"
SLOT, LATER = NOW + timedelta(hours=6), NOW + timedelta(days=2, hours=6)
"""The two hours that there are at the place of the fixture `full`."""


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


def books(reason: Reason, hour: str) -> str:
    """Return what the form of the desk's day says that keeps this hour."""
    return (
        f'<input type="hidden" name="motif" value="{reason.pk}">'
        f'<input type="hidden" name="heure" value="{hour}">'
    )


def hidden_of(text: str) -> dict[str, str]:
    """Return what the form that asks who comes sends beside what is typed."""
    of_citizen = text.rsplit('action="/rendez-vous/vous/"', maxsplit=1)[-1]
    form = of_citizen.rsplit('action="/accueil/rendez-vous/qui/"', maxsplit=1)[-1]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}
