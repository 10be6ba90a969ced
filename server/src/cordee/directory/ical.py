"""When an iCal calendar (RFC 5545) says busy. Plain Python: it also runs in its own process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from cordee.kernel.period import Period

BUSY_LIMIT = 2000
"""More stretches than this in a few months are no person's calendar."""


class CalendarUnreadable(Exception):
    """The calendar tells nothing. `trouble` is a plain code, fit to be kept.

    `not_a_calendar`, `too_many_events` or `too_slow`.
    """

    def __init__(self, trouble: str) -> None:
        """Keep the code."""
        super().__init__(trouble)
        self.trouble = trouble


def busy(data: bytes, *, period: Period, zone: ZoneInfo) -> list[Period]:
    """Return when the calendar says busy within `period`: joined, in order, in UTC.

    Cancelled events and those marked as free (TRANSP:TRANSPARENT) do not count. A day, and an hour
    without a zone, are those of `zone`. Raises CalendarUnreadable.
    """
    # The libraries raise errors of many kinds on hostile text; each means the same to the agent.
    try:
        calendar = Calendar.from_ical(data.decode("utf-8-sig"))
        # One event without a start would hide all the others.
        calendar.subcomponents = [
            part for part in calendar.subcomponents if part.name != "VEVENT" or "DTSTART" in part
        ]
        found = recurring_ical_events.of(calendar, skip_bad_series=True, components=["VEVENT"])
        events = found.between(period.start, period.end)
        busy_times = [
            stretch for event in events if _counts(event) for stretch in _stretch(event, zone)
        ]
    except Exception as error:
        raise CalendarUnreadable("not_a_calendar") from error
    within = [
        Period(max(each.start, period.start), min(each.end, period.end))
        for each in busy_times
        if each.overlaps(period)
    ]
    joined = _joined(within)
    if len(joined) > BUSY_LIMIT:
        raise CalendarUnreadable("too_many_events")
    return joined


def _counts(event: Any) -> bool:
    words = {name: str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP")}
    outlook = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    return words["STATUS"] != "CANCELLED" and words["TRANSP"] != "TRANSPARENT" and outlook != "FREE"


def _stretch(event: Any, zone: ZoneInfo) -> Iterable[Period]:
    start, end = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    first = _instant(start, zone)
    if end is not None:
        last = _instant(end, zone)
    elif "DURATION" in event:
        last = first + event["DURATION"].dt
    else:
        is_day = not isinstance(start, datetime)
        last = _instant(start + timedelta(days=1), zone) if is_day else first
    return [Period(first, last)] if last > first else []


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)


def _joined(periods: Iterable[Period]) -> list[Period]:
    joined: list[Period] = []
    for each in sorted(periods):
        if joined and each.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return joined
