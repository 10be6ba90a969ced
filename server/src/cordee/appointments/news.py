"""Which free hours are news to somebody who waits.

An hour is, when it was not free as they entered the list: whoever saw free hours and wanted none of
them is never offered those, only what is freed later, be it earlier or later than what they saw.
Whoever saw free hours waits no longer than one could book then: hours that merely come into reach
are freed by nobody. Whoever saw none is offered any hour.

An offer tells of its day at its place: what else is free there then is known too.
"""

from __future__ import annotations

import base64
import zlib
from datetime import datetime, time, timedelta
from itertools import islice

from cordee.appointments import availability, holding
from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.models import WaitingEntry
from cordee.appointments.rules import GuestKind
from cordee.appointments.wording import zone_of
from cordee.kernel.cells import Window, indices
from cordee.kernel.period import CELL_S
from cordee.territory.models import Site
from cordee.territory.travel import minutes_from

LAST_OFFER = timedelta(hours=4)
"""No slot that begins earlier is offered: people have to answer, and to come."""
LOOKED_AT = 20
"""How many hours are tried for one person: others may take them at the same moment."""
REACH_MIN = 45
"""Who named no site is offered those within so many minutes of their commune."""


class Look:
    """What is free at one instant: people who ask for the same are served by one search."""

    def __init__(self, now: datetime) -> None:
        """Look at `now`; `forget` what was seen once something was booked."""
        self.now = now
        self._seen: dict[tuple[Asked, tuple[int, ...]], tuple[Window, dict[int, int]]] = {}

    def forget(self) -> None:
        """Search anew from here on."""
        self._seen.clear()

    def free(self, asked: Asked, sites: tuple[int, ...]) -> tuple[Window, dict[int, int]]:
        """Return the cells at which a slot begins, by site."""
        if (asked, sites) not in self._seen:
            found = availability.free_starts(asked=asked, sites=sites, now=self.now)
            self._seen[asked, sites] = found
        return self._seen[asked, sites]


def note_known(entry: WaitingEntry, *, now: datetime) -> None:
    """Write into an entry, not saved, what is free as it begins; with that it may end earlier."""
    window, found = Look(now).free(asked_by(entry), tuple(_minutes(entry)))
    before = window.within(now, entry.until_at)
    entry.known = {
        str(site): _packed(entry, window, mask & before)
        for site, mask in found.items()
        if mask & before
    }
    if entry.known:
        entry.until_at = min(entry.until_at, now + timedelta(days=entry.reason.horizon_days))


def note_offered(entry: WaitingEntry, site: Site, starts_at: datetime, look: Look) -> None:
    """Write down, and save, that what is free on this day at this site is known."""
    window, found = look.free(asked_by(entry), tuple(_minutes(entry)))
    zone = zone_of(site)
    day = starts_at.astimezone(zone).date()
    midnights = [datetime.combine(day + timedelta(days=n), time(), zone) for n in range(2)]
    told = found[site.pk] & window.within(*midnights)
    known = told | _known(entry, window, site.pk)
    entry.known = {**entry.known, str(site.pk): _packed(entry, window, known)}
    entry.save(update_fields=["known"])


def hours_for(entry: WaitingEntry, look: Look) -> list[tuple[int, datetime]]:
    """Return the first hours that are news to the person, with their sites, the earliest first.

    Of hours at the same time the nearer site's comes first.
    """
    minutes = _minutes(entry)
    window, found = look.free(asked_by(entry), tuple(minutes))
    ahead = window.within(look.now + LAST_OFFER, entry.until_at)
    fresh = [
        (cell, minutes[site], site)
        for site, mask in found.items()
        for cell in islice(indices(mask & ahead & ~_known(entry, window, site)), LOOKED_AT)
    ]
    return [(site, window.start_of(cell)) for cell, _, site in sorted(fresh)[:LOOKED_AT]]


def asked_by(entry: WaitingEntry) -> Asked:
    """Return what is looked for; who sits in at the appointment that is replaced stays."""
    guests: tuple[GuestWish, ...] = ()
    if entry.replaces is not None:
        guests = holding.same_guests(entry.replaces)
    elif entry.interpreted:
        guests = (GuestWish(GuestKind.INTERPRETER, language=entry.interpreted),)
    return Asked(reason=entry.reason, language=entry.spoken, guests=guests)


def _minutes(entry: WaitingEntry) -> dict[int, int]:
    """Return the sites to which the person would come, with how far each is."""
    if entry.site_id is not None:
        return {entry.site_id: 0}
    sites = Site.objects.all()
    if entry.is_wheelchair_needed:
        sites = sites.filter(is_wheelchair_accessible=True)
    fit = sites.order_by("pk").values_list("pk", flat=True)
    minutes = minutes_from(entry.commune) if entry.commune else {}
    if not minutes:
        return dict.fromkeys(fit, 0)
    return {key: minutes[key] for key in fit if key in minutes and minutes[key] <= REACH_MIN}


def _packed(entry: WaitingEntry, window: Window, mask: int) -> str:
    """Return cells as text: sixty days of a place take some hundred signs."""
    moved = _moved(mask, window.first - _first_cell(entry))
    raw = moved.to_bytes(-(-moved.bit_length() // 8))
    return base64.b64encode(zlib.compress(raw)).decode()


def _known(entry: WaitingEntry, window: Window, site: int) -> int:
    """Return what the person knows to be free there, as cells of this window."""
    text = entry.known.get(str(site))
    if not text:
        return 0
    mask = int.from_bytes(zlib.decompress(base64.b64decode(text)))
    return _moved(mask, _first_cell(entry) - window.first)


def _first_cell(entry: WaitingEntry) -> int:
    return int(entry.entered_at.timestamp() // CELL_S)


def _moved(mask: int, by: int) -> int:
    return mask << by if by >= 0 else mask >> -by
