"""What the demo's people find to do: someone to call, an absence to come, a wish that waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cordee.appointments import absences, holding, waiting
from cordee.appointments.availability import Asked, GuestWish, slots
from cordee.appointments.citizens import Citizen
from cordee.appointments.rules import ContactKind, GuestKind
from cordee.jobs.demo import calendar
from cordee.jobs.demo.bookings import ZONE, Bookings, Counter, Place
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.visits import booking as visits
from cordee.visits.callbacks import note_callback
from cordee.visits.models import Visit

DAYS_ROUND = 10
"""The demo's agent receives on each of so many days back and ahead, as far as hours allow."""
PAST_LIVES = ("done", "unanswered", "to_continue", "nobody_came", "not_noted")
"""What became of the agent's last visits, the latest last and over again."""
AWAY = AWAY_FROM, AWAY_UNTIL = 2, 9
"""The colleague's absence, in days from today."""
CALLED = (
    Citizen("Marcelle Oury", ContactKind.LANDLINE, "04 65 71 00 21"),
    Citizen("Georges Disdier", ContactKind.LANDLINE, "04 65 71 00 34"),
    Citizen("Odette Garcin", is_wheelchair_needed=True),
)
"""People whom no message reaches."""
ACCOMPANIED = Citizen("Simone Blanc", ContactKind.MOBILE, "06 39 98 12 35")
WAITS = Citizen("Irène Faure", ContactKind.MOBILE, "06 39 98 12 34")


def prepare(
    bookings: Bookings, places: Sequence[Place], counter: Counter, *, now: datetime
) -> list[int]:
    """Fill the days of the counter's first two agents, at the host's `places`; before all others.

    The first is the demo's own, the second the colleague who will be away. Returns the minutes of
    each visit.
    """
    today = now.astimezone(ZONE).date()
    made = _agents_days(bookings, places, counter, today, now)
    _call_back(made, now)
    for offset in range(AWAY_FROM, AWAY_UNTIL):
        for place in places:
            day = today + timedelta(days=offset)
            visit = bookings.book_on(day, place, counter.agents[1], counter.reasons[0])
            if visit is not None:
                made.append(visit)
    return [_minutes(visit) for visit in made]


def complicate(places: Sequence[Place], counter: Counter, *, now: datetime) -> None:
    """Send the colleague away, book for people whom no message reaches, let somebody wait."""
    today = now.astimezone(ZONE).date()
    away = Period(*(calendar.instant(today + timedelta(days=day), 0, ZONE) for day in AWAY))
    _seat_beside(places, counter, away, now)
    absences.note_absence(agent=counter.agents[1][0], period=away, note="", actor=CONSOLE, now=now)
    _to_be_called(places[-1], counter, now)
    waiting.enter(
        reason=counter.reasons[0],
        site=places[-1].site,
        citizen=WAITS,
        until_at=now + timedelta(days=30),
        actor=CONSOLE,
        now=now,
    )


def _seat_beside(places: Sequence[Place], counter: Counter, away: Period, now: datetime) -> None:
    """Seat the colleague beside another agent at a visit that falls into the absence."""
    beside = GuestWish(GuestKind.SECOND_AGENT, counter.agents[1][0].pk)
    for place in places:
        for reason in counter.reasons:
            asked = Asked(reason=reason, guests=(beside,), at_desk=True)
            found = slots(
                asked=asked, site=place.site, since=away.start, until=away.end, most=1, now=now
            )
            for slot in found:
                held = holding.hold(
                    reason=reason,
                    site=place.site,
                    starts_at=slot.starts_at,
                    citizen=ACCOMPANIED,
                    guests=[beside],
                    at_desk=True,
                    actor=CONSOLE,
                    now=now,
                )
                visits.confirm(appointment=held, actor=CONSOLE, now=now)
                return


def _agents_days(
    bookings: Bookings, places: Sequence[Place], counter: Counter, today: date, now: datetime
) -> list[Visit]:
    """Give the demo's agent a visit on each of their days around today; return those."""
    made: list[Visit] = []
    for offset in range(-DAYS_ROUND, DAYS_ROUND + 1):
        if not offset:
            continue  # Today is left to the demo's own call.
        day = today + timedelta(days=offset)
        found = (
            bookings.book_on(day, place, counter.agents[0], reason)
            for place in places
            for reason in counter.reasons[:2]
        )
        visit = next((each for each in found if each is not None), None)
        if visit is None:
            continue
        if visit.appointment.ends_at <= now:
            bookings.live(visit, PAST_LIVES[len(made) % len(PAST_LIVES)])
        made.append(visit)
    return made


def _call_back(made: Sequence[Visit], now: datetime) -> None:
    """Let the first who was missed have been called; the others wait for it."""
    for visit in made:
        at = visit.appointment.ends_at + timedelta(hours=1)
        if at > now:
            return
        try:
            note = "Rappel fait, une autre heure est prise."
            note_callback(visit=visit, note=note, actor=CONSOLE, now=at)
        except Refusal:
            continue
        return


def _to_be_called(place: Place, counter: Counter, now: datetime) -> None:
    """Let people whom no message reaches have booked two days ago for the next hours."""
    before = now - timedelta(days=2)
    for citizen, reason in zip(CALLED, counter.reasons, strict=False):
        since = now + timedelta(hours=3)
        asked = Asked(reason=reason, at_desk=True)
        free = slots(asked=asked, site=place.site, since=since, most=1, now=before)
        if free:
            held = holding.hold(
                reason=reason,
                site=place.site,
                starts_at=free[0].starts_at,
                citizen=citizen,
                at_desk=True,
                actor=CONSOLE,
                now=before,
            )
            visits.confirm(appointment=held, actor=CONSOLE, now=before)


def _minutes(visit: Visit) -> int:
    row = visit.appointment
    return int((row.ends_at - row.starts_at).total_seconds() // 60)
