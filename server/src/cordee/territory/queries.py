"""Reading the places."""

from __future__ import annotations

import hmac
from datetime import datetime

from cordee.territory.models import Commune, Posting, Site, SiteClosure, Territory


def sites() -> list[Site]:
    """Return every site, by commune then name."""
    return list(Site.objects.select_related("commune").order_by("commune__name", "name"))


def sites_of_host(user_id: int | None) -> list[Site]:
    """Return the sites where this host is posted, by commune then name. Nobody sees others."""
    posted = Posting.objects.filter(user=user_id).values("site")
    found = Site.objects.filter(pk__in=posted).select_related("commune__territory")
    return list(found.order_by("commune__name", "name"))


def sites_named(name: str) -> list[Site]:
    """Return the sites of this name; two communes may have a site of the same."""
    return list(Site.objects.filter(name=name).select_related("commune"))


def places() -> list[Site]:
    """Return every site with commune, territory, weekly hours and closures, in three queries."""
    found = Site.objects.select_related("commune__territory")
    return list(found.prefetch_related("hours", "closures").order_by("commune__name", "name"))


def closures_to_come(site: Site, *, now: datetime) -> list[SiteClosure]:
    """Return the site's closures that have not ended, the next first."""
    return list(SiteClosure.objects.filter(site=site, ends_at__gt=now).order_by("starts_at"))


def closure_by_id(closure_id: int) -> SiteClosure | None:
    """Return the closure with this id, whichever the site: the caller makes sure whose it is."""
    return SiteClosure.objects.filter(pk=closure_id).first()


def site_by_id(site_id: int) -> Site | None:
    """Return the site with this id, with its commune and territory."""
    return Site.objects.select_related("commune__territory").filter(pk=site_id).first()


def territory_by_code(code: str) -> Territory | None:
    """Return the territory with this code (a département's number)."""
    return Territory.objects.filter(code=code).first()


def communes(territory: Territory | None = None) -> list[Commune]:
    """Return the communes, of one territory or of all, by name."""
    found = Commune.objects.select_related("territory").order_by("name")
    return list(found.filter(territory=territory) if territory else found)


def commune_by_code(insee_code: str) -> Commune | None:
    """Return the commune with this INSEE code."""
    return Commune.objects.select_related("territory").filter(insee_code=insee_code).first()


def site_of_feed(site_id: int, token: str) -> Site | None:
    """Return the site whose feed this token opens; a wrong token takes as long as a right one."""
    found = site_by_id(site_id)
    kept = found.calendar_token if found is not None else ""
    is_theirs = hmac.compare_digest(kept.encode(), token.encode())
    return found if kept and is_theirs else None
