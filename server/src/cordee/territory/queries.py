"""Reading the places."""

from __future__ import annotations

from cordee.territory.models import Posting, Site


def sites() -> list[Site]:
    """Return every site, by commune then name."""
    return list(Site.objects.select_related("commune").order_by("commune__name", "name"))


def sites_of_host(user_id: int | None) -> list[Site]:
    """Return the sites where this host is posted, by commune then name. Nobody sees others."""
    posted = Posting.objects.filter(user=user_id).values("site")
    found = Site.objects.filter(pk__in=posted).select_related("commune")
    return list(found.order_by("commune__name", "name"))


def sites_named(name: str) -> list[Site]:
    """Return the sites of this name; two communes may have a site of the same."""
    return list(Site.objects.filter(name=name).select_related("commune"))
