"""Who has come to the demo's places, and who will: appointments week by week, through the services.

Those of the past have a life behind them: held and noted, not noted yet, missed, cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from cordee.appointments.services import check_in, note_no_show
from cordee.directory.models import Agent, Partner, Reason
from cordee.directory.rules import is_skilled
from cordee.fleet.models import Kiosk
from cordee.jobs.demo import calendar
from cordee.jobs.demo.people import FIRST_NAMES
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period, lasting
from cordee.territory.models import Site
from cordee.visits.models import Visit
from cordee.visits.rules import Outcome
from cordee.visits.services import apply_fact, book, cancel, note_outcome
from cordee_wire.kiosk_link import Fact

ZONE = ZoneInfo("Europe/Paris")
DAYS_A_MONTH = 365.25 / 12
TRIES_A_VISIT = 60
"""A start that is taken is looked for again, so often at most: a full demo stays short of hours
rather than never ending."""
LIVES = {
    "done": 58,
    "to_continue": 17,
    "not_done": 4,
    "not_noted": 8,
    "nobody_came": 6,
    "unanswered": 2,
    "cancelled": 5,
}
"""What became of a hundred appointments."""
BOOKED_BEFORE_DAYS = (1, 2, 3, 5, 8, 13)


@dataclass
class Place:
    """A site with its kiosks and hours, and how many people come there."""

    site: Site
    kiosks: list[Kiosk]
    rules: list[WeeklyRule]
    weight: float
    closed: list[Period]


@dataclass
class Counter:
    """A partner with what it is asked for and who answers."""

    partner: Partner
    weight: int
    reasons: list[Reason] = field(default_factory=list)
    agents: list[tuple[Agent, list[WeeklyRule]]] = field(default_factory=list)


class Bookings:
    """Books in the demo's places. `spared` are seats (agents', kiosks' keys) left free today."""

    def __init__(
        self,
        places: Sequence[Place],
        counters: Sequence[Counter],
        *,
        spared: tuple[Agent, Kiosk],
        generator: Random,
        now: datetime,
    ) -> None:
        """Take where, with whom, and the instant that parts past and future."""
        self._places, self._counters = places, counters
        self._spared_agent, self._spared_kiosk = spared
        self._random, self._now = generator, now
        self._today = now.astimezone(ZONE).date()
        self._held = calendar.Held()
        self._numbers = count(1)

    def fill(self, hours_a_month: float) -> Iterator[int]:
        """Book week after week until each has its hours; yield the minutes of each visit."""
        due_min = hours_a_month * 60 * 7 / DAYS_A_MONTH
        for week in range(-calendar.WEEKS_BACK, calendar.WEEKS_AHEAD):
            first = self._today + timedelta(days=1 + 7 * week)
            done_min, tries = 0, 0
            while done_min < due_min and tries < TRIES_A_VISIT * due_min / 15:
                tries += 1
                length = self._try(first)
                if length:
                    done_min += length
                    yield length

    def book_on(
        self, day: date, place: Place, agent: tuple[Agent, list[WeeklyRule]], reason: Reason
    ) -> Visit | None:
        """Book the first hour of a day that both have free, without a life; None: there is none."""
        both = set(calendar.starts(day, place.rules, reason.duration_min))
        both &= set(calendar.starts(day, agent[1], reason.duration_min))
        for minute in sorted(both):
            period = lasting(calendar.instant(day, minute, ZONE), reason.duration_min)
            for kiosk in place.kiosks:
                if self._may_take(place, kiosk, agent[0], period):
                    return self._booked(kiosk, agent[0], reason, period.start)
        return None

    def live(self, visit: Visit, life: str) -> None:
        """Let a visit of the past have been what `life` says (a word of `LIVES`)."""
        row = visit.appointment
        start, end = row.starts_at, row.ends_at
        seen = start + timedelta(minutes=self._random.randint(-12, 1))
        match life:
            case "cancelled":
                cancel(visit=visit, actor=CONSOLE, now=start - timedelta(hours=20))
                return
            case "nobody_came":
                later = start + timedelta(minutes=15)
                note_no_show(appointment=row, actor=CONSOLE, now=later)
                self._outcome(visit, Outcome.NOBODY_CAME, later)
                return
        check_in(appointment=row, actor=CONSOLE, now=seen)
        if life == "unanswered":
            self._fact(visit, "unanswered", start + timedelta(minutes=15))
            return
        self._fact(visit, "live", start)
        self._fact(visit, "ended", end - timedelta(minutes=self._random.randint(0, 10)))
        if life != "not_noted":
            self._outcome(visit, Outcome(life), end)

    def _try(self, first: date) -> int:
        """Try one visit in the week from `first`; return its minutes, 0 when nothing came of it."""
        pick = self._random
        place = pick.choices(self._places, [place.weight for place in self._places])[0]
        counter = pick.choices(self._counters, [each.weight for each in self._counters])[0]
        reason = pick.choice(counter.reasons)
        hours = [
            (day, minute)
            for day in (first + timedelta(days=each) for each in range(7))
            for minute in calendar.starts(day, place.rules, reason.duration_min)
        ]
        if not hours:
            return 0
        day, minute = pick.choices(hours, [calendar.weight(at, day) for day, at in hours])[0]
        period = lasting(calendar.instant(day, minute, ZONE), reason.duration_min)
        able = [
            agent
            for agent, rules in counter.agents
            if is_skilled(agent.skills, skill=reason.skill)
            and minute in calendar.starts(day, rules, reason.duration_min)
        ]
        if not able:
            return 0
        agent, kiosk = pick.choice(able), pick.choice(place.kiosks)
        if not self._may_take(place, kiosk, agent, period):
            return 0
        visit = self._booked(kiosk, agent, reason, period.start)
        if period.end <= self._now:
            self.live(visit, pick.choices([*LIVES], [*LIVES.values()])[0])
        return reason.duration_min

    def _may_take(self, place: Place, kiosk: Kiosk, agent: Agent, period: Period) -> bool:
        is_today = period.start.astimezone(ZONE).date() == self._today
        is_spared = agent == self._spared_agent or kiosk == self._spared_kiosk
        is_on = period.start <= self._now < period.end
        if is_on or (is_today and is_spared) or any(each.overlaps(period) for each in place.closed):
            return False
        return self._held.take(
            kiosk=kiosk.pk, agent=agent.pk, period=period, turnover_min=place.site.turnover_min
        )

    def _booked(self, kiosk: Kiosk, agent: Agent, reason: Reason, at: datetime) -> Visit:
        before = timedelta(days=self._random.choice(BOOKED_BEFORE_DAYS))
        return book(
            kiosk=kiosk,
            agent=agent,
            reason=reason,
            citizen=self._random.choice(FIRST_NAMES),
            starts_at=at,
            actor=CONSOLE,
            now=min(self._now, at - before),
        )

    def _fact(self, visit: Visit, kind: str, at: datetime) -> None:
        number = next(self._numbers)
        fact = Fact(
            visit=visit.public_id, boot="demo", seq=number, kind=kind, at=at.timestamp(), detail={}
        )
        apply_fact(kiosk=visit.appointment.kiosk, fact=fact, now=at)

    def _outcome(self, visit: Visit, outcome: Outcome, at: datetime) -> None:
        note_outcome(visit=visit, outcome=outcome, actor=CONSOLE, now=at)
