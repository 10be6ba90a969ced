"""Reading the places."""

from __future__ import annotations

from cordee.territory.models import Site


def sites() -> list[Site]:
    """Return every site, by commune then name."""
    return list(Site.objects.select_related("commune").order_by("commune__name", "name"))
