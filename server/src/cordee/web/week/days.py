"""A week as the page shows it: each day with what opens it, what closes it, and who comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cordee.directory import queries as directory
from cordee.kernel.period import Period
from cordee.territory.holidays import public_holidays_of_all
from cordee.visits import queries as visits
from cordee.visits.rules import VisitState

if TYPE_CHECKING:
    from cordee.directory.models import Agent
    from cordee.kernel.cells import WeeklyRule

DAYS = 7


@dataclass(frozen=True)
class Item:
    """One stretch of a day. `kind` is its class: opening, extra, absence, busy or visit."""

    kind: str
    word: str
    hours: str
    url: str = ""


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
            ("extra", _("Ouverture en plus"), row.period())
            for row in directory.extra_openings_between(agent, week)
        ),
        *(
            ("absence", _("Absence"), row.period())
            for row in directory.absences_between(agent, week)
        ),
        *(
            ("busy", _("Pris (votre agenda)"), row.period())
            for row in directory.busy_between(agent, week)
        ),
    ]
    openings = [opening.rule() for opening in directory.openings_of(agent)]
    coming = [
        visit
        for visit in visits.of_agent(agent, week.start, week.end)
        if visit.state != VisitState.CANCELLED
    ]
    holidays = public_holidays_of_all(monday, monday + timedelta(days=DAYS - 1))
    found = []
    for number in range(DAYS):
        on = monday + timedelta(days=number)
        day = Period(_midnight(on), _midnight(on + timedelta(days=1)))
        items = [
            (rule.start_min, 0, Item("opening", _("Vous recevez"), _minutes(rule)))
            for rule in openings
            if rule.weekday == on.weekday() and rule.counts_on(on)
        ]
        items += [
            (_minute_in(day, period.start), 1, Item(kind, word, _hours(period, day)))
            for kind, word, period in spans
            if period.overlaps(day)
        ]
        for visit in coming:
            held = visit.appointment
            if day.contains(held.starts_at):
                period = Period(held.starts_at, held.ends_at)
                item = Item(
                    "visit",
                    f"{held.citizen}, {held.kiosk.site.commune.name}",
                    _hours(period, day),
                    url=visit.public_id,
                )
                items.append((_minute_in(day, held.starts_at), 2, item))
        items.sort(key=lambda each: each[:2])
        is_today = on == timezone.localdate(now)
        found.append(Day(on, is_today, on in holidays, [item for _start, _rank, item in items]))
    return found


def _minute_in(day: Period, instant: datetime) -> int:
    local = timezone.localtime(max(day.start, instant))
    return local.hour * 60 + local.minute


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
