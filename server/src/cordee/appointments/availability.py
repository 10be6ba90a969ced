"""Which slots there are for a reason: at one site, at every site within reach, soonest of all.

The time ahead is looked at in stretches, near days first: most searches end in the first of them,
so that their cost hangs on the next days and not on the whole horizon or the whole territory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from cordee.appointments import diaries
from cordee.appointments.rules import GuestKind
from cordee.appointments.slots import STEP_MIN, People, Search, Slot, Wish
from cordee.kernel.cells import CELL_MIN, Window, cells_for, runs
from cordee.kernel.period import CELL_S

if TYPE_CHECKING:
    from cordee.directory.models import Agent, Reason
    from cordee.territory.models import Site

STRETCH_DAYS = (3, 11)
"""The first stretches that are looked at; the last one is all the rest."""
SOONEST_DAYS = (1, 2, 11)
"""Where a few of many sites are enough, the first day is often enough too."""
_CELL = timedelta(seconds=CELL_S)


@dataclass(frozen=True)
class GuestWish:
    """Someone else who sits in.

    An interpreter: the one of `agent_id`, or anyone of ours who speaks `language`, or, with a
    `name`, someone brought along. A second agent: the one of `agent_id`. A guardian: `name` and
    `contact`. Only our own people's time is held.
    """

    kind: GuestKind
    agent_id: int | None = None
    language: str = ""
    name: str = ""
    contact: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether somebody's time has to be held."""
        return self.agent_id is not None or (self.kind is not GuestKind.GUARDIAN and not self.name)


@dataclass(frozen=True)
class Asked:
    """What is looked for: anyone who can receive for `reason`, or the named `agent`.

    `language` (ISO 639-1) is what the agent has to speak; empty: any. `at_desk`: the person stands
    there, so the reason's notice does not count. The seats of the appointment `ignoring`, which is
    being moved, count as free.
    """

    reason: Reason
    agent: Agent | None = None
    language: str = ""
    guests: tuple[GuestWish, ...] = ()
    at_desk: bool = False
    ignoring: int | None = None

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first and the last instant at which it may begin."""
        notice = timedelta(hours=0 if self.at_desk else self.reason.notice_h)
        return now + notice, now + timedelta(days=self.reason.horizon_days)


@dataclass(frozen=True)
class SiteSlot:
    """A site with its earliest slot, None when it has none; `minutes` away by road."""

    site: int
    minutes: int
    starts_at: datetime | None


class Obstacle(StrEnum):
    """Why a start is no slot."""

    CLOSED = "closed"
    NO_KIOSK = "no_kiosk"
    NOBODY = "nobody"
    TAKEN = "taken"


class Despite(StrEnum):
    """Seats that are looked at as free: those that are only held, or all."""

    HOLDS = "holds"
    APPOINTMENTS = "appointments"


@dataclass(frozen=True)
class _Crew:
    """The agents who may take each seat, by key: first the agent's own, then each guest's."""

    agents: tuple[int, ...]
    others: tuple[tuple[int, ...], ...]

    @property
    def all(self) -> tuple[int, ...]:
        """Everyone, once."""
        return tuple(sorted({*self.agents, *(key for seat in self.others for key in seat)}))


def slots(
    *,
    asked: Asked,
    site: Site,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = 100,
    step_min: int = STEP_MIN,
    now: datetime,
) -> list[Slot]:
    """Return the first `most` slots of a site that begin in `[since, until)`, in order of time.

    Without `since` and `until`: from the reason's notice to its horizon, which bound them anyway.
    """
    sites = _place(asked, site)
    found: list[Slot] = []
    crew = _crew(asked)
    if not sites or not crew.agents:
        return found
    for wish in _stretches(asked, since, until, step_min, now=now):
        search = _search(asked, crew, wish, sites, now)
        for diary in _site_diaries(search, asked, sites, now):
            found += search.slots(diary.place(), most=most - len(found))
        if len(found) == most:
            break
    return found


def free_starts(
    *, asked: Asked, sites: Sequence[int], despite: Despite | None = None, now: datetime
) -> tuple[Window, dict[int, int]]:
    """Return the cells at which a slot begins, by site (key), over the reason's whole time ahead.

    Sites that do not offer the reason are left out. `despite` says which seats count as free though
    somebody has them. It costs more than the other searches.
    """
    near = diaries.places(diaries.offering(asked.reason, sites))
    wish = Wish(asked.reason.duration_min, *asked.bounds(now))
    held_at = {
        None: now,
        Despite.HOLDS: diaries.AFTER_EVERY_HOLD,
        Despite.APPOINTMENTS: None,
    }[despite]
    search = _search(asked, _crew(asked), wish, near, held_at)
    places = [diary.place() for diary in _site_diaries(search, asked, near, held_at)]
    return search.window, {place.site: search.starts(place) for place in places}


def slot_at(*, asked: Asked, site: Site, starts_at: datetime, now: datetime) -> Slot | None:
    """Return the slot of a site that begins at `starts_at`, to the five minutes, or None."""
    found = slots_at(asked=asked, sites=[site.pk], starts_at=starts_at, now=now)
    return found[0] if found else None


def slots_at(
    *, asked: Asked, sites: Sequence[int], starts_at: datetime, now: datetime
) -> list[Slot]:
    """Return the slots that begin at `starts_at` at these sites, by key, in the order given."""
    first, last = asked.bounds(now)
    if not first <= starts_at <= last:
        return []
    crew = _crew(asked)
    places = diaries.places(diaries.offering(asked.reason, sites))
    if not places or not crew.agents:
        return []
    search = _search(asked, crew, _just_at(asked, starts_at), places, now)
    near = [diary.place() for diary in _site_diaries(search, asked, places, now)]
    return [slot for place in near if (slot := search.at(place, starts_at)) is not None]


def obstacle(*, asked: Asked, site: Site, starts_at: datetime, now: datetime) -> Obstacle:
    """Return why `starts_at`, which is no slot, is none, for a sentence to the person."""
    wish = _just_at(asked, starts_at)
    length = cells_for(asked.reason.duration_min)
    sites = _place(asked, site)
    window = _window(wish, sites)
    found = diaries.site_diaries(window, sites, ignoring=asked.ignoring, now=now).get(site.pk)
    if found is None or not runs(found.open, length) & 1:
        return Obstacle.CLOSED
    if not found.kiosks:
        return Obstacle.NO_KIOSK
    crew = _crew(asked)
    people = _people(window, asked, crew, now)
    for seat in (crew.agents, *crew.others):
        if not any(runs(people[key].open, length) & 1 for key in seat):
            return Obstacle.NOBODY
    return Obstacle.TAKEN


def by_travel(
    *,
    asked: Asked,
    minutes: Mapping[int, int],
    within_min: int | None = None,
    most: int = 10,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> list[SiteSlot]:
    """Return the nearest `most` sites that offer the reason, each with its earliest slot.

    `minutes` says how far each site (by key) is; those that it does not name, or that are farther
    than `within_min`, are left out. A site without a slot is there too, so that it can be said.
    """
    near = _near(asked, minutes, within_min, most)
    first = _earliest(asked, near, since, until, enough=None, now=now)
    return [SiteSlot(site.pk, minutes[site.pk], first.get(site.pk)) for site in near]


def soonest(
    *,
    asked: Asked,
    minutes: Mapping[int, int],
    within_min: int | None = None,
    most: int = 10,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> list[SiteSlot]:
    """Return the `most` sites whose earliest slot comes first; of equals, the nearer one first.

    Only sites with a slot, `minutes` and `within_min` as in `by_travel`.
    """
    near = _near(asked, minutes, within_min)
    first = _earliest(asked, near, since, until, enough=most, now=now)
    order = sorted(first.items(), key=lambda item: (item[1], minutes[item[0]], item[0]))
    return [SiteSlot(site, minutes[site], starts_at) for site, starts_at in order[:most]]


def _near(
    asked: Asked, minutes: Mapping[int, int], within_min: int | None, most: int | None = None
) -> list[diaries.Place]:
    """Return the nearest `most` sites (None: all) that offer the reason, the nearest first."""
    keys = [key for key, far in minutes.items() if within_min is None or far <= within_min]
    near = sorted(diaries.offering(asked.reason, keys), key=lambda key: (minutes[key], key))
    return diaries.places(near[:most])


def _place(asked: Asked, site: Site) -> list[diaries.Place]:
    """Return the site alone, or nothing when it does not offer the reason."""
    return diaries.places(diaries.offering(asked.reason, [site.pk]))


def _earliest(
    asked: Asked,
    sites: Sequence[diaries.Place],
    since: datetime | None,
    until: datetime | None,
    *,
    enough: int | None,
    now: datetime,
) -> dict[int, datetime]:
    """Return the first start at each site that has one; stop after `enough`, soonest first."""
    crew = _crew(asked)
    found: dict[int, datetime] = {}
    if not crew.agents:
        return found
    days = STRETCH_DAYS if enough is None else SOONEST_DAYS
    for wish in _stretches(asked, since, until, STEP_MIN, days=days, now=now):
        search = _search(asked, crew, wish, sites, now)
        left = [site for site in sites if site.pk not in found]
        places = [diary.place() for diary in _site_diaries(search, asked, left, now)]
        found |= {site: starts_at for starts_at, site in search.earliest(places)}
        if len(found) == len(sites) or (enough is not None and len(found) >= enough):
            break
    return found


def _stretches(
    asked: Asked,
    since: datetime | None,
    until: datetime | None,
    step_min: int,
    *,
    days: Sequence[int] = STRETCH_DAYS,
    now: datetime,
) -> Iterator[Wish]:
    first, last = asked.bounds(now)
    first = max(first, since) if since else first
    last = min(last, until - _CELL) if until else last
    for length in (*days, None):
        if first > last:
            return
        end = last if length is None else min(last, first + timedelta(days=length) - _CELL)
        yield Wish(asked.reason.duration_min, first, end, step_min)
        first = end + _CELL


def _just_at(asked: Asked, starts_at: datetime) -> Wish:
    return Wish(asked.reason.duration_min, starts_at, starts_at, CELL_MIN)


def _window(wish: Wish, sites: Sequence[diaries.Place]) -> Window:
    turnover_min = max((site.turnover_min for site in sites), default=0)
    return wish.window(ZoneInfo(settings.TIME_ZONE), turnover_min=turnover_min)


def _search(
    asked: Asked, crew: _Crew, wish: Wish, sites: Sequence[diaries.Place], now: datetime | None
) -> Search:
    window = _window(wish, sites)
    people = _people(window, asked, crew, now)

    def free(seat: Sequence[int]) -> People:
        return People({key: people[key].free for key in seat})

    return Search(window, wish, free(crew.agents), [free(seat) for seat in crew.others])


def _people(
    window: Window, asked: Asked, crew: _Crew, now: datetime | None
) -> dict[int, diaries.Diary]:
    named = {guest.agent_id for guest in asked.guests if guest.agent_id is not None}
    return diaries.diaries(window, crew.all, always_open=named, ignoring=asked.ignoring, now=now)


def _site_diaries(
    search: Search, asked: Asked, sites: Sequence[diaries.Place], now: datetime | None
) -> list[diaries.SiteDiary]:
    """Return the sites' diaries in the order given; none is read when nobody is free anyway."""
    if not search.is_anyone_free:
        return []
    found = diaries.site_diaries(search.window, sites, ignoring=asked.ignoring, now=now)
    return [found[site.pk] for site in sites]


def _crew(asked: Asked) -> _Crew:
    """Return who may take each seat. Nobody may take the agent's seat and a guest's as well.

    What is moved keeps its language, also one in which the reason is offered no longer.
    """
    if asked.ignoring is None and not diaries.is_offered_in(asked.reason, asked.language):
        agents = []
    elif asked.agent is None:
        agents = diaries.agents_for(asked.reason, asked.language)
    else:
        is_fit = diaries.may_receive(asked.agent, asked.reason, asked.language)
        agents = [asked.agent] if is_fit and asked.agent.user.is_active else []
    named = {guest.agent_id for guest in asked.guests}
    others: list[tuple[int, ...]] = []
    for guest in asked.guests:
        if guest.agent_id is not None:
            others.append((guest.agent_id,))
        elif guest.is_ours:
            is_interpreter = guest.kind is GuestKind.INTERPRETER
            pool = diaries.interpreters(guest.language) if is_interpreter else []
            mine = {asked.agent.pk} if asked.agent else set()
            others.append(tuple(agent.pk for agent in pool if agent.pk not in named | mine))
    return _Crew(tuple(agent.pk for agent in agents if agent.pk not in named), tuple(others))
