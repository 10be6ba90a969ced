"""The time zone in which a page says and reads hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from cordee.territory.models import Site


def speak_at(site: Site) -> None:
    """Say and read hours as the clocks at this site show them, until the request ends.

    Messages to people do likewise (`appointments.wording`).
    """
    timezone.activate(site.commune.territory.time_zone)
