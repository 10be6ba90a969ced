"""A week as the page shows it: each day with what opens it, what closes it, and who comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cordee.appointments.calendars import first_name
from cordee.appointments.calls import calls_between
from cordee.appointments.citizens import said_phone
from cordee.directory import queries as directory
from cordee.kernel.cells import DAY_MIN
from cordee.kernel.period import Period
from cordee.territory.holidays import public_holidays_of_all
from cordee.visits import queries as visits
from cordee.visits.rules import VisitState

if TYPE_CHECKING:
    from cordee.appointments.models import Appointment
    from cordee.directory.models import Agent
    from cordee.kernel.cells import WeeklyRule
    from cordee.visits.models import Visit

DAYS = 7
_RANKS = {"opening": 0, "extra": 1, "absence": 1, "busy": 1, "visit": 2}
_FORMS = {"extra": "change_extra_opening", "absence": "change_absence"}


@dataclass(frozen=True)
class Item:
    """One stretch of a day. `kind` is its class: opening, extra, absence, busy or visit.

    Minutes are those of the local day. What the agent may change has its `key` and the address of
    its form; it `is_movable` by hand when it lies within one day.
    """

    kind: str
    word: str
    hours: str
    start_min: int
    end_min: int
    url: str = ""
    key: int = 0
    change: str = ""
    is_movable: bool = False


@dataclass(frozen=True)
class Day:
    """One day of the week and its items, in order."""

    on: date
    is_today: bool
    is_holiday: bool
    items: list[Item]


def days_of(agent: Agent, monday: date, *, now: datetime) -> list[Day]:
    """Return the seven days from `monday` on, in a few queries."""
    week = Period(_midnight(monday), _midnight(monday + timedelta(days=DAYS)))
    spans = [
        *(
            ("extra", _("Ouverture en plus"), row.period(), row.pk)
            for row in directory.extra_openings_between(agent, week)
        ),
        *(
            ("absence", _("Absence"), row.period(), row.pk)
            for row in directory.absences_between(agent, week)
        ),
        *(
            ("busy", _("Pris (votre agenda)"), row.period(), 0)
            for row in directory.busy_between(agent, week)
        ),
    ]
    openings = [(opening.pk, opening.rule()) for opening in directory.openings_of(agent)]
    coming = [
        visit
        for visit in visits.with_agent(agent, week.start, week.end)
        if visit.state != VisitState.CANCELLED
    ]
    calls = calls_between(agent, week.start, week.end)
    holidays = public_holidays_of_all(monday, monday + timedelta(days=DAYS - 1))
    found = []
    for number in range(DAYS):
        on = monday + timedelta(days=number)
        day = Period(_midnight(on), _midnight(on + timedelta(days=1)))
        items = [
            _opening(key, rule)
            for key, rule in openings
            if rule.weekday == on.weekday() and rule.counts_on(on)
        ]
        items += [
            _stretch(kind, word, period, day, key=key, now=now)
            for kind, word, period, key in spans
            if period.overlaps(day)
        ]
        items += [
            _visit(visit, day, agent)
            for visit in coming
            if day.contains(visit.appointment.starts_at)
        ]
        items += [_call(call, day) for call in calls if day.contains(call.starts_at)]
        items.sort(key=lambda item: (item.start_min, _RANKS[item.kind]))
        is_today = on == timezone.localdate(now)
        found.append(Day(on, is_today, on in holidays, items))
    return found


def _opening(key: int, rule: WeeklyRule) -> Item:
    return Item(
        "opening",
        _("Vous recevez"),
        _minutes(rule),
        rule.start_min,
        rule.end_min,
        key=key,
        change=reverse("change_opening", args=[key]),
        is_movable=True,
    )


def _stretch(kind: str, word: str, period: Period, day: Period, *, key: int, now: datetime) -> Item:
    is_theirs = kind in _FORMS and period.end > now
    return Item(
        kind,
        word,
        _hours(period, day),
        *minutes_in(day, period),
        key=key if is_theirs else 0,
        change=reverse(_FORMS[kind], args=[key]) if is_theirs else "",
        is_movable=is_theirs and day.start <= period.start and period.end <= day.end,
    )


def who_comes(visit: Visit, agent: Agent) -> str:
    """Return the citizen's name; where the agent sits in, the first name and whose visit it is."""
    held = visit.appointment
    if held.agent_id == agent.pk:
        return held.citizen
    name = first_name(held.citizen)
    return _("%(name)s (avec %(agent)s)") % {"name": name, "agent": held.agent.label}


def _visit(visit: Visit, day: Period, agent: Agent) -> Item:
    held = visit.appointment
    period = Period(held.starts_at, held.ends_at)
    word = f"{who_comes(visit, agent)}, {held.kiosk.site.commune.name}"
    start, end = minutes_in(day, period)
    # Whoever sits in has no counter.
    url = visit.public_id if held.agent_id == agent.pk else ""
    return Item("visit", word, _hours(period, day), start, end, url=url)


def _call(held: Appointment, day: Period) -> Item:
    period = Period(held.starts_at, held.ends_at)
    said = {"name": held.citizen, "phone": said_phone(held.citizen_phone)}
    word = _("Appeler %(name)s au %(phone)s") % said
    return Item("visit", word, _hours(period, day), *minutes_in(day, period))


def minutes_in(day: Period, period: Period) -> tuple[int, int]:
    """Return from which minute to which of the day's clock a period that touches it lasts."""
    start = timezone.localtime(max(day.start, period.start))
    end = timezone.localtime(period.end)
    last = DAY_MIN if period.end >= day.end else 60 * end.hour + end.minute
    return 60 * start.hour + start.minute, last


def _hours(period: Period, day: Period) -> str:
    if period.start <= day.start and day.end <= period.end:
        return _("toute la journée")
    start, end = max(period.start, day.start), min(period.end, day.end)
    last = "24:00" if end == day.end else f"{timezone.localtime(end):%H:%M}"
    return f"{timezone.localtime(start):%H:%M} – {last}"


def _minutes(rule: WeeklyRule) -> str:
    return f"{clock(rule.start_min)} – {clock(rule.end_min)}"


def clock(minute: int) -> str:
    """Write minutes after midnight as 09:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
