"""Opening territories, communes and sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cordee.journal.services import record
from cordee.territory.models import Commune, Site, Territory

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.journal.rules import Actor


@transaction.atomic
def open_territory(*, code: str, name: str, actor: Actor, now: datetime) -> Territory:
    """Return the territory with this code, made when it is new."""
    territory, is_new = Territory.objects.get_or_create(code=code, defaults={"name": name})
    if is_new:
        record(
            at=now, actor=actor, verb="opened", object_kind="territory", object_id=territory.code
        )
    return territory


def add_commune(*, territory: Territory, insee_code: str, name: str) -> Commune:
    """Return the commune with this code, made when it is new."""
    return Commune.objects.get_or_create(
        insee_code=insee_code, defaults={"territory": territory, "name": name}
    )[0]


@transaction.atomic
def open_site(
    *,
    commune: Commune,
    name: str,
    phone: str,
    room: str = "",
    relay_only: bool = False,
    actor: Actor,
    now: datetime,
) -> Site:
    """Return the site with this name in the commune, made when it is new."""
    site, is_new = Site.objects.get_or_create(
        commune=commune,
        name=name,
        defaults={"phone": phone, "room": room, "relay_only": relay_only},
    )
    if is_new:
        record(at=now, actor=actor, verb="opened", object_kind="site", object_id=str(site.pk))
    return site
