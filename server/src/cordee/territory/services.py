"""Opening territories, communes and sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cordee.accounts.rules import Role
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal
from cordee.territory.models import Commune, Posting, Site, Territory

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.accounts.models import User
    from cordee.journal.rules import Actor


class NotAHost(Refusal):
    """Only hosts are posted at sites."""

    code = "not_a_host"
    message = "Seul un compte d’accueil se rattache à un lieu."


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


@transaction.atomic
def post_host(*, user: User, site: Site, actor: Actor, now: datetime) -> None:
    """Let a host see and book for a site. Posting twice changes nothing. Raises NotAHost."""
    if user.role != Role.HOST:
        raise NotAHost
    _, is_new = Posting.objects.get_or_create(user=user, site=site)
    if is_new:
        _record_posting("host_posted", user, site, actor, now)


@transaction.atomic
def recall_host(*, user: User, site: Site, actor: Actor, now: datetime) -> None:
    """End a posting: the host no longer sees the site. Recalling twice changes nothing."""
    ended, _ = Posting.objects.filter(user=user, site=site).delete()
    if ended:
        _record_posting("host_recalled", user, site, actor, now)


def _record_posting(verb: str, user: User, site: Site, actor: Actor, now: datetime) -> None:
    record(
        at=now,
        actor=actor,
        verb=verb,
        object_kind="site",
        object_id=str(site.pk),
        detail={"user": str(user.pk)},
    )
