"""Reading the agents' own calendars: what is busy there blocks slots here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Max, When

from cordee.directory.ical import CalendarUnreadable
from cordee.directory.ical_reader import IcalReader
from cordee.directory.models import Agent, BusyTime, Reason
from cordee.journal.rules import SYSTEM
from cordee.journal.services import record
from cordee.kernel.fetch import PUBLIC, Limits, Unfetched, Way, fetch
from cordee.kernel.period import Period

LIMITS = Limits(size_bytes=2_000_000, time_s=10.0, redirects=3)
LEAST_HORIZON_DAYS = 60


def calendars_to_read() -> list[Agent]:
    """Return the agents with an open account and a calendar, in the order in which to read them.

    Those that failed last come last, for each may take as long as `LIMITS` lets it: one provider
    that is silent delays nobody else's. Among themselves, whose turn is longest ago comes first.
    """
    found = Agent.objects.filter(user__is_active=True).exclude(calendar_url="")
    has_failed = Case(When(calendar_trouble="", then=False), default=True)
    tried = F("calendar_tried_at").asc(nulls_first=True)
    return list(found.select_related("user").order_by(has_failed, tried, "pk"))


def read_calendar(*, agent: Agent, reader: IcalReader, now: datetime, way: Way = PUBLIC) -> str:
    """Fetch and read an agent's calendar; return its trouble, empty when it was read.

    The busy times of the partner's longest horizon are replaced. After a trouble the old ones
    stay: an agent is rather asked once too little than booked while busy.
    """
    url = agent.calendar_url
    period = Period(now, now + timedelta(days=_horizon_days(agent)))
    try:
        data = fetch(url, LIMITS, way=way, accept="text/calendar")
        found = reader.read(data, period=period, zone=ZoneInfo(settings.TIME_ZONE))
    except (Unfetched, CalendarUnreadable) as error:
        _note_trouble(agent=agent, url=url, trouble=error.trouble, now=now)
        return error.trouble
    _replace(agent=agent, url=url, found=found, now=now)
    return ""


@transaction.atomic
def _replace(*, agent: Agent, url: str, found: Sequence[Period], now: datetime) -> None:
    held = _held(agent, url)
    if held is None:
        return
    BusyTime.objects.filter(agent=held).delete()
    BusyTime.objects.bulk_create(
        BusyTime(agent=held, starts_at=each.start, ends_at=each.end) for each in found
    )
    if held.calendar_trouble:
        _record(held, "calendar_read_again", "", now)
    Agent.objects.filter(pk=held.pk).update(
        calendar_read_at=now, calendar_tried_at=now, calendar_trouble=""
    )


@transaction.atomic
def _note_trouble(*, agent: Agent, url: str, trouble: str, now: datetime) -> None:
    held = _held(agent, url)
    if held is None:
        return
    Agent.objects.filter(pk=held.pk).update(calendar_tried_at=now, calendar_trouble=trouble)
    if held.calendar_trouble != trouble:
        _record(held, "calendar_unread", trouble, now)


def _held(agent: Agent, url: str) -> Agent | None:
    """Return the agent, locked, unless another calendar was named while this one was fetched."""
    found = Agent.objects.select_for_update().filter(pk=agent.pk, calendar_url=url)
    return found.first()


def _record(agent: Agent, verb: str, trouble: str, now: datetime) -> None:
    record(
        at=now,
        actor=SYSTEM,
        verb=verb,
        object_kind="agent",
        object_id=str(agent.pk),
        detail={"trouble": trouble} if trouble else {},
    )


def _horizon_days(agent: Agent) -> int:
    reasons = Reason.objects.filter(partner=agent.partner_id, is_open=True)
    longest: int | None = reasons.aggregate(longest=Max("horizon_days"))["longest"]
    # One day more: what is booked on the last day ends after it began.
    return max(longest or 0, LEAST_HORIZON_DAYS) + 1
