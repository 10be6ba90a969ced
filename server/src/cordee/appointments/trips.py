"""How far it is to other sites for the person of an appointment, and which are near enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cordee.appointments.models import Appointment
from cordee.territory.models import Commune, Site
from cordee.territory.travel import minutes_from

REACH_MIN = 60
"""So far by road another site may be; farther only where the appointment's own was."""


@dataclass(frozen=True)
class Trips:
    """The minutes by road from `start` to each site whose place is known, by the site's key."""

    start: Commune
    minutes: Mapping[int, int]


def trips_of(appointment: Appointment) -> Trips:
    """Return the person's trips: from their commune or, where its place is unknown, the site's.

    There are none where nobody knows either.
    """
    here = appointment.kiosk.site.commune
    for start in (appointment.commune, here):
        if start is not None and (minutes := minutes_from(start)):
            return Trips(start, minutes)
    return Trips(here, {})


def within_reach(appointment: Appointment) -> list[int]:
    """Return the other sites, by key, that the person can be sent to, the nearest first.

    In a wheelchair, only where they get in. Where no trip is known: those of the same territory,
    those of the same commune first.
    """
    site = appointment.kiosk.site
    others = Site.objects.exclude(pk=site.pk)
    if appointment.is_wheelchair_needed:
        others = others.filter(is_wheelchair_accessible=True)
    minutes = trips_of(appointment).minutes
    if not minutes:
        here = others.filter(commune__territory=site.commune.territory_id)
        rows = here.order_by("pk").values_list("pk", "commune")
        return [key for key, _ in sorted(rows, key=lambda row: row[1] != site.commune_id)]
    limit = max(REACH_MIN, minutes.get(site.pk, 0))
    keys = others.filter(pk__in=minutes).values_list("pk", flat=True)
    near = [key for key in keys if minutes[key] <= limit]
    return sorted(near, key=lambda key: (minutes[key], key))
