"""What has to happen from time to time, whoever starts it: in `cordee serve` or `cordee work`.

Each round reads from the database what is left to do, so that it may run late, twice or in several
processes at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connections
from django.utils import timezone

from cordee.appointments import cascade, holding, waiting
from cordee.directory.calendars import calendars_to_read, read_calendar
from cordee.directory.ical_reader import IcalReader
from cordee.documents.services import purge as purge_pages
from cordee.jobs.ways_out import ways_out
from cordee.notices.sending import send_due
from cordee.notices.services import purge as purge_notices
from cordee.visits.services import close_overdue

_log = structlog.get_logger(__name__)


IsEnding = Callable[[], bool]


@dataclass(frozen=True)
class Round:
    """One thing to do again `every_s` seconds after it was done.

    `do` is given the present, and asks its second argument between two long steps whether the
    process is about to end.
    """

    name: str
    every_s: float
    do: Callable[[datetime, IsEnding], object]


async def keep(rounds: Sequence[Round], *, clock: Callable[[], datetime]) -> None:
    """Make the rounds until cancelled, each in a thread of its own: a slow one holds up no other.

    A round that fails is logged, without content, and made again at its next time. When cancelled,
    a step under way is finished by its thread, and nothing further is begun.
    """
    ending = threading.Event()
    try:
        await asyncio.gather(*(_keep_one(each, clock, ending) for each in rounds))
    finally:
        ending.set()


def send_notices(now: datetime, is_ending: IsEnding) -> int:  # noqa: ARG001 - each at its own instant
    """Send what is due and return how many."""
    return send_due(ways_out(), clock=timezone.now, is_ending=is_ending)


def read_calendars(now: datetime, is_ending: IsEnding) -> int:
    """Read the agents' own calendars and return how many could be read."""
    count = 0
    with IcalReader() as reader:
        for agent in calendars_to_read():
            if is_ending():
                break
            count += not read_calendar(agent=agent, reader=reader, now=now)
    return count


async def _keep_one(each: Round, clock: Callable[[], datetime], ending: threading.Event) -> None:
    while True:
        await asyncio.to_thread(_make, each, clock, ending)
        await asyncio.sleep(each.every_s)


def _make(each: Round, clock: Callable[[], datetime], ending: threading.Event) -> None:
    try:
        each.do(clock(), ending.is_set)
    except Exception as error:  # noqa: BLE001 - the outermost loop; the next round tries again
        _log.warning("round_failed", round=each.name, reason=type(error).__name__)
    finally:
        connections.close_all()


ROUNDS = (
    Round("purge_pages", 60, lambda now, _: purge_pages(now=now)),
    Round("close_overdue", 60, lambda now, _: close_overdue(now=now)),
    Round("break_expired", 60, lambda now, _: holding.break_expired(now=now)),
    Round("replace_touched", 60, lambda now, _: cascade.sweep(now=now)),
    Round("offer_freed", 60, lambda now, _: waiting.offer_freed(now=now)),
    Round("send_notices", 5, send_notices),
    Round("read_calendars", 900, read_calendars),
    Round("purge_notices", 3600, lambda now, _: purge_notices(now=now)),
)
