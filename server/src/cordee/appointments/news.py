"""Which free hours are news to somebody who waits.

An hour is, when it was not free as they entered the list: whoever saw free hours and wanted none of
them is never offered those, only what is freed later, be it earlier or later than what they saw.
Whoever saw free hours waits no longer than one could book then: hours that merely come into reach
are freed by nobody. Whoever saw none is offered any hour.

An offer tells of its day at its place: what else is free there then is known too. What is known is
news again once somebody has taken it and it is given back: `strike_taken` sees that it is taken.
"""

from __future__ import annotations

import base64
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice

from django.db import transaction

from cordee.appointments import availability, holding
from cordee.appointments.availability import Asked, Despite, GuestWish
from cordee.appointments.models import WaitingEntry
from cordee.appointments.rules import GuestKind
from cordee.appointments.wording import zone_of
from cordee.kernel.cells import Window, indices
from cordee.kernel.period import CELL_S
from cordee.territory.models import Commune, Site
from cordee.territory.travel import minutes_from

LAST_OFFER = timedelta(hours=4)
"""No slot that begins earlier is offered: people have to answer, and to come."""
MOST_HOURS = 20
"""How many hours are looked at for one person, at each place and in all."""
REACH_MIN = 45
"""Who named no site is offered those within so many minutes of their commune."""


class Look:
    """What is free at one instant: one search serves all who ask for the same, wherever."""

    def __init__(self, now: datetime, waiting: Iterable[WaitingEntry]) -> None:
        """Look at `now`, for those who are `waiting` and no others."""
        self.now = now
        self._near: dict[tuple[int | None, bool], dict[int, int]] = {}
        self._asked: dict[int | None, Asked] = {}
        self._sites: defaultdict[Asked, set[int]] = defaultdict(set)
        self._seen: dict[tuple[Asked, Despite | None], tuple[Window, dict[int, int]]] = {}
        for entry in waiting:
            asked = asked_by(entry)
            # Whoever is brought along takes nobody's time.
            ours = tuple(guest for guest in asked.guests if guest.is_ours)
            self._asked[entry.pk] = replace(asked, guests=ours)
            self._sites[self._asked[entry.pk]] |= set(self.minutes(entry))

    def minutes(self, entry: WaitingEntry) -> dict[int, int]:
        """Return the sites to which the person would come, with how far each is."""
        if entry.site_id is not None:
            return {entry.site_id: 0}
        key = (entry.commune_id, entry.is_wheelchair_needed)
        if key not in self._near:
            self._near[key] = within_reach(
                entry.commune, is_wheelchair_needed=entry.is_wheelchair_needed
            )
        return self._near[key]

    def free(
        self, entry: WaitingEntry, *, despite: Despite | None = None
    ) -> tuple[Window, dict[int, int]]:
        """Return the cells at which a slot for the person begins, by site."""
        asked = self._asked[entry.pk]
        if (asked, despite) not in self._seen:
            self._seen[asked, despite] = availability.free_starts(
                asked=asked, sites=sorted(self._sites[asked]), despite=despite, now=self.now
            )
        window, found = self._seen[asked, despite]
        return window, {site: found[site] for site in self.minutes(entry) if site in found}

    def bounds(self, entry: WaitingEntry) -> tuple[datetime, datetime]:
        """Return the first and the last instant at which one can book for the person now."""
        return self._asked[entry.pk].bounds(self.now)

    def forget(self, entry: WaitingEntry) -> None:
        """Search anew for whoever asks for the same: what was seen is taken."""
        self._seen.pop((self._asked[entry.pk], None), None)


def note_known(entry: WaitingEntry, *, now: datetime) -> None:
    """Write into an entry, not saved, what is free as it begins; with that it may end earlier."""
    window, found = Look(now, [entry]).free(entry)
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
    window, found = look.free(entry)
    zone = zone_of(site)
    day = starts_at.astimezone(zone).date()
    midnights = [datetime.combine(day + timedelta(days=n), time(), zone) for n in range(2)]
    told = found[site.pk] & window.within(*midnights)
    known = told | _known(entry, window, site.pk)
    entry.known = {**entry.known, str(site.pk): _packed(entry, window, known)}
    entry.save(update_fields=["known"])


def strike_taken(entry: WaitingEntry, look: Look) -> None:
    """Strike what has been booked from what the person knows, and save it.

    What is only held stays known: most holds are let go, and nobody is written to for that. So does
    what an outage, a closure or an absence takes away for a time.
    """
    if not _struck(entry, look):
        return
    with transaction.atomic():
        kept = WaitingEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        if kept.known == entry.known:  # Else somebody was here in between: in the next round.
            entry.known |= _struck(entry, look)
            entry.save(update_fields=["known"])


def hours_for(entry: WaitingEntry, look: Look) -> list[tuple[int, datetime]]:
    """Return the first hours that are news to the person, with their sites, the earliest first.

    Of hours at the same time the nearer site's comes first.
    """
    minutes = look.minutes(entry)
    window, found = look.free(entry)
    ahead = window.within(look.now + LAST_OFFER, entry.until_at)
    fresh = [
        (cell, minutes[site], site)
        for site, mask in found.items()
        for cell in islice(indices(mask & ahead & ~_known(entry, window, site)), MOST_HOURS)
    ]
    return [(site, window.start_of(cell)) for cell, _, site in sorted(fresh)[:MOST_HOURS]]


def asked_by(entry: WaitingEntry) -> Asked:
    """Return what is looked for, with whom: the responsible person has a seat.

    Who sits in at the appointment that is replaced stays.
    """
    if entry.replaces is not None:
        guests = holding.same_guests(entry.replaces)
    else:
        wish = GuestWish(GuestKind.INTERPRETER, language=entry.interpreted)
        guests = holding.seated([wish] if entry.interpreted else [], entry)
    return Asked(reason=entry.reason, language=entry.spoken, guests=guests)


def within_reach(commune: Commune | None, *, is_wheelchair_needed: bool) -> dict[int, int]:
    """Return the sites (keys) to which a person who waits would come, with the minutes by road.

    Every site, at 0 minutes, when the commune is unknown or has no known place.
    """
    sites = Site.objects.all()
    if is_wheelchair_needed:
        sites = sites.filter(is_wheelchair_accessible=True)
    fit = sites.order_by("pk").values_list("pk", flat=True)
    minutes = minutes_from(commune) if commune else {}
    if not minutes:
        return dict.fromkeys(fit, 0)
    return {key: minutes[key] for key in fit if key in minutes and minutes[key] <= REACH_MIN}


def _struck(entry: WaitingEntry, look: Look) -> dict[str, str]:
    """Return what the person still knows at each site where something they knew was booked."""
    if not entry.known:
        return {}
    # Most rounds find nothing gone, and need no second search.
    window, free = look.free(entry)
    ahead = window.within(*look.bounds(entry))
    known = {int(site): _known(entry, window, int(site)) for site in entry.known}
    if not any(mask & ahead & ~free.get(site, 0) for site, mask in known.items()):
        return {}
    _, unless_booked = look.free(entry, despite=Despite.APPOINTMENTS)
    _, unless_held = look.free(entry, despite=Despite.HOLDS)
    taken = {site: mask & ~unless_held.get(site, 0) for site, mask in unless_booked.items()}
    return {
        str(site): _packed(entry, window, mask & ~taken[site])
        for site, mask in known.items()
        if mask & taken.get(site, 0)
    }


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
