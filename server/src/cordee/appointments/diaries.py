"""Reading who and what is free: the database's rows as masks for the slot engine.

However many agents and sites there are, a look takes the same few queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from cordee.appointments import slots
from cordee.appointments.models import Appointment, AppointmentQuerySet, GuestSeat
from cordee.directory.models import Absence, Agent, BusyTime, ExtraOpening, Opening, Reason
from cordee.directory.rules import INTERPRETER_SKILL, is_skilled
from cordee.fleet.models import Kiosk, KioskOutage
from cordee.kernel.cells import Calendar, WeeklyRule, Window
from cordee.kernel.period import Period
from cordee.territory.holidays import days_off
from cordee.territory.models import Site, SiteClosure, SiteHours, Territory

if TYPE_CHECKING:
    from django.db.models import Manager

HOME_LANGUAGE = "fr"
"""Everybody speaks it whose languages are not written down."""
WEEK = 7
LONGEST = timedelta(days=1)
"""No appointment lasts longer: those that began earlier are over."""
LONGEST_TURNOVER = timedelta(hours=4)
"""No kiosk rests longer."""
AFTER_EVERY_HOLD = datetime(9999, 1, 1, tzinfo=UTC)
"""Read as of then, what is only held is free."""


@dataclass(frozen=True)
class Diary:
    """One person's cells: when they receive people, and when they are not held by anyone."""

    open: int
    unheld: int

    @property
    def free(self) -> int:
        """The cells in which they can be booked."""
        return self.open & self.unheld


@dataclass(frozen=True)
class Place:
    """What a search has to know of a site. Many are read at once: rows, not model objects."""

    pk: int
    turnover_min: int
    closes_on_public_holidays: bool
    closes_in_school_holidays: bool
    territory: Territory


@dataclass(frozen=True)
class SiteDiary:
    """One site's cells: when it is open, and when each of its kiosks is not held."""

    site: Place
    open: int
    kiosks: Mapping[int, int] = field(default_factory=dict)

    def place(self) -> slots.Place:
        """Return what the slot engine reads."""
        return slots.Place(self.site.pk, self.open, self.kiosks, self.site.turnover_min)


def may_receive(agent: Agent, reason: Reason, language: str) -> bool:
    """Return whether the agent's partner, skills and languages suit; `language` empty: any.

    An interpreter receives nobody.
    """
    return (
        agent.partner_id == reason.partner_id
        and is_skilled(agent.skills, skill=reason.skill)
        and speaks(agent, language)
    )


def speaks(agent: Agent, language: str) -> bool:
    """Return whether the agent speaks `language` (ISO 639-1; empty: any)."""
    return not language or language in (agent.languages or [HOME_LANGUAGE])


def is_offered_in(reason: Reason, language: str) -> bool:
    """Return whether people may ask for `language` (empty: any) for the reason."""
    return not language or not reason.languages or language in reason.languages


def agents_for(reason: Reason, language: str) -> list[Agent]:
    """Return those who can receive for the reason, by their key."""
    found = Agent.objects.filter(partner=reason.partner_id, user__is_active=True).order_by("pk")
    return [agent for agent in found if may_receive(agent, reason, language)]


def interpreters(language: str) -> list[Agent]:
    """Return the interpreters of that language, whoever employs them, by their key."""
    found = Agent.objects.filter(user__is_active=True).exclude(skills=[]).order_by("pk")
    return [
        agent
        for agent in found
        if INTERPRETER_SKILL in agent.skills and language in agent.languages
    ]


def languages_asked_for(reason: Reason | None = None) -> tuple[set[str], set[str]]:
    """Return the foreign languages that agents speak, and those of which there is an interpreter.

    For a reason: those that its agents speak and, when it names languages, of these only what it
    names. An interpreter is no agent who receives people, and sits in for any reason. One query.
    """
    spoken: set[str] = set()
    interpreted: set[str] = set()
    agents = Agent.objects.filter(user__is_active=True)
    for agent in agents.only("partner_id", "skills", "languages"):
        if INTERPRETER_SKILL in agent.skills:
            interpreted.update(agent.languages)
        elif reason is None or may_receive(agent, reason, ""):
            spoken.update(agent.languages)
    if reason is not None:
        spoken = {code for code in spoken if is_offered_in(reason, code)}
    return spoken - {HOME_LANGUAGE}, interpreted - {HOME_LANGUAGE}


def diaries(
    window: Window,
    agents: Collection[int],
    *,
    always_open: Collection[int] = (),
    ignoring: int | None,
    now: datetime | None,
) -> dict[int, Diary]:
    """Return the diary of each agent, by key (6 queries).

    Those of `always_open` who have written down no opening at all are open at any time.
    The appointment `ignoring` does not count; without `now` none does.
    """
    if not agents:
        return {}
    window = Window(window.first, window.count, ZoneInfo(settings.TIME_ZONE))
    bounds = _bounds(window)
    rules = _rules(Opening.objects, "agent", agents, _weekdays(bounds, {window.zone}))
    extra = _periods(ExtraOpening.objects, "agent", agents, bounds)
    closed = _periods(Absence.objects, "agent", agents, bounds)
    for agent, periods in _periods(BusyTime.objects, "agent", agents, bounds).items():
        closed[agent] = [*closed[agent], *periods]
    unbound = _without_opening(set(always_open) & set(agents))
    unheld = dict.fromkeys(agents, window.all)
    for agent, start, end in _held_agents(agents, bounds, ignoring=ignoring, now=now):
        unheld[agent] &= ~window.touched(start, end)
    found = {}
    for agent in agents:
        if agent in unbound:
            extra[agent] = [Period(*bounds)]
        calendar = Calendar(rules[agent], closed[agent], extra[agent])
        found[agent] = Diary(window.open(calendar), unheld[agent])
    return found


def offering(reason: Reason, keys: Collection[int]) -> list[int]:
    """Return those of the sites that offer the reason, in the order given (1 query)."""
    chosen = set(reason.sites.values_list("pk", flat=True))
    return [key for key in keys if not chosen or key in chosen]


def places(keys: Collection[int]) -> list[Place]:
    """Return what is to be known of these sites, in the order given (2 queries)."""
    columns = ("turnover_min", "closes_on_public_holidays", "closes_in_school_holidays")
    rows = Site.objects.filter(pk__in=keys).values_list("pk", *columns, "commune__territory")
    found = {key: rest for key, *rest in rows}
    territories = Territory.objects.in_bulk({territory for *_, territory in found.values()})
    return [
        Place(key, turnover_min, public, school, territories[territory])
        for key in keys
        if key in found
        for turnover_min, public, school, territory in [found[key]]
    ]


def site_diaries(
    window: Window, sites: Sequence[Place], *, ignoring: int | None, now: datetime | None
) -> dict[int, SiteDiary]:
    """Return the diary of each site, by key (5 queries).

    Kiosks that are not enrolled are not there, nor those that work at no time of the window.
    Without hours of its own a site is never open; kiosks are read where it is open at all. The
    appointment `ignoring` does not count; without `now` none does.
    """
    if not sites:
        return {}
    is_open = _open_cells(window, sites)
    kiosks: dict[int, dict[int, int]] = defaultdict(dict)
    turnover = {site.pk: site.turnover_min for site in sites if is_open[site.pk]}
    site_of: dict[int, int] = {}
    for kiosk, site_key, cells in _working(window, turnover):
        site_of[kiosk] = site_key
        kiosks[site_key][kiosk] = cells
    held = _held_kiosks(site_of, _bounds(window), ignoring=ignoring, now=now)
    for kiosk, start, end, rest in held:
        site_key = site_of[kiosk]
        free_at = end + timedelta(minutes=max(rest, turnover[site_key]))
        kiosks[site_key][kiosk] &= ~window.touched(start, free_at)
    return {site.pk: SiteDiary(site, is_open[site.pk], kiosks[site.pk]) for site in sites}


def _working(window: Window, sites: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """Yield each kiosk in service at the sites, its site, and the cells in which it works."""
    bounds = _bounds(window)
    in_service = Kiosk.objects.enrolled().filter(site__in=sites).order_by("pk")
    site_of = dict(in_service.values_list("pk", "site"))
    cells = dict.fromkeys(site_of, window.all)
    outages = KioskOutage.objects.during(*bounds).filter(kiosk__site__in=sites)
    for kiosk, starts_at, ends_at in outages.values_list("kiosk", "starts_at", "ends_at"):
        if kiosk in cells:
            cells[kiosk] &= ~window.touched(starts_at, ends_at or bounds[1])
    for kiosk, works in cells.items():
        if works:
            yield kiosk, site_of[kiosk], works


def _open_cells(window: Window, sites: Sequence[Place]) -> dict[int, int]:
    """Return when each site is open, by key (2 queries)."""
    closed = _periods(SiteClosure.objects, "site", [site.pk for site in sites], _bounds(window))
    return _opened(window, sites, closed)


def open_by_hours(window: Window, sites: Sequence[Place]) -> dict[int, int]:
    """Return when each site is open by its weekly hours and holidays alone, by key (1 query)."""
    return _opened(window, sites, defaultdict(list))


def _opened(
    window: Window, sites: Sequence[Place], closed: defaultdict[int, list[Period]]
) -> dict[int, int]:
    keys = [site.pk for site in sites]
    bounds = _bounds(window)
    zones = {ZoneInfo(site.territory.time_zone) for site in sites}
    rules = _rules(SiteHours.objects, "site", keys, _weekdays(bounds, zones))
    local: dict[int, _Local] = {}
    found = {}
    for site in sites:
        if site.territory.pk not in local:
            local[site.territory.pk] = _Local.of(site.territory, window)
        here = local[site.territory.pk]
        shut = [*closed[site.pk], *here.kept_by(site)]
        found[site.pk] = here.window.open(Calendar(rules[site.pk], shut)) if rules[site.pk] else 0
    return found


@dataclass(frozen=True)
class _Local:
    """A territory's view of the window: its days, and which of them are holidays."""

    window: Window
    public: Sequence[Period]
    school: Sequence[Period]

    @classmethod
    def of(cls, territory: Territory, window: Window) -> _Local:
        zone = ZoneInfo(territory.time_zone)
        first, last = (bound.astimezone(zone).date() for bound in _bounds(window))
        public, school = (
            [_whole(day, zone) for day in sorted(days)] for days in days_off(territory, first, last)
        )
        return cls(Window(window.first, window.count, zone), public, school)

    def kept_by(self, site: Place) -> Iterator[Period]:
        if site.closes_on_public_holidays:
            yield from self.public
        if site.closes_in_school_holidays:
            yield from self.school


def _whole(day: date, zone: ZoneInfo) -> Period:
    following = day + timedelta(days=1)
    return Period(datetime.combine(day, time(), zone), datetime.combine(following, time(), zone))


def _bounds(window: Window) -> tuple[datetime, datetime]:
    return window.start_of(0), window.start_of(window.count)


def _weekdays(bounds: tuple[datetime, datetime], zones: Iterable[ZoneInfo]) -> set[int]:
    """Return the weekdays that the clocks of any of the zones show between the bounds."""
    found: set[int] = set()
    for zone in zones:
        first, last = (bound.astimezone(zone).date() for bound in bounds)
        days = min((last - first).days, WEEK - 1)
        found |= {(first + timedelta(days=number)).weekday() for number in range(days + 1)}
    return found


def _rules(
    rows: Manager[Any], owner: str, keys: Collection[int], weekdays: Collection[int]
) -> defaultdict[int, list[WeeklyRule]]:
    """Return the rules of those weekdays, by their owner."""
    found: defaultdict[int, list[WeeklyRule]] = defaultdict(list)
    columns = (owner, "weekday", "start_min", "end_min", "since_on", "until_on")
    near = rows.filter(weekday__in=weekdays, **{f"{owner}__in": keys})
    for key, *rule in near.values_list(*columns):
        found[key].append(WeeklyRule(*rule))
    return found


def _without_opening(agents: Collection[int]) -> set[int]:
    """Return those who have written down no opening at all, now or ever."""
    if not agents:
        return set()
    of_theirs = {"agent__in": agents}
    bound = {*Opening.objects.filter(**of_theirs).values_list("agent", flat=True)}
    bound |= {*ExtraOpening.objects.filter(**of_theirs).values_list("agent", flat=True)}
    return set(agents) - bound


def _periods(
    rows: Manager[Any], owner: str, keys: Collection[int], bounds: tuple[datetime, datetime]
) -> defaultdict[int, list[Period]]:
    found: defaultdict[int, list[Period]] = defaultdict(list)
    start, end = bounds
    near = rows.filter(starts_at__lt=end, ends_at__gt=start, **{f"{owner}__in": keys})
    for key, starts_at, ends_at in near.values_list(owner, "starts_at", "ends_at"):
        found[key].append(Period(starts_at, ends_at))
    return found


def _held_agents(
    agents: Collection[int],
    bounds: tuple[datetime, datetime],
    *,
    ignoring: int | None,
    now: datetime | None,
) -> Iterable[tuple[int, datetime, datetime]]:
    if now is None:
        return
    held = _near(Appointment.objects.holding_agent(now), bounds, ignoring)
    yield from held.filter(agent__in=agents).values_list("agent", "starts_at", "ends_at")
    start, end = bounds
    seats = GuestSeat.objects.filter(
        agent__in=agents,
        appointment__in=_near(Appointment.objects.holding(now), bounds, ignoring),
        appointment__starts_at__lt=end,
        appointment__ends_at__gt=start,
    )
    yield from seats.values_list("agent", "appointment__starts_at", "appointment__ends_at")


def _held_kiosks(
    kiosks: Collection[int],
    bounds: tuple[datetime, datetime],
    *,
    ignoring: int | None,
    now: datetime | None,
) -> Iterable[tuple[int, datetime, datetime, int]]:
    if now is None:
        return []
    held = _near(Appointment.objects.holding(now), bounds, ignoring)
    held = held.filter(kiosk__in=list(kiosks))
    return held.values_list("kiosk", "starts_at", "ends_at", "turnover_min")


def _near(
    held: AppointmentQuerySet, bounds: tuple[datetime, datetime], ignoring: int | None
) -> AppointmentQuerySet:
    # By starts_at on both sides, which is indexed; a turnover may reach into the window.
    start, end = bounds
    held = held.filter(
        starts_at__lt=end, starts_at__gte=start - LONGEST, ends_at__gt=start - LONGEST_TURNOVER
    )
    return held.exclude(pk=ignoring) if ignoring else held
