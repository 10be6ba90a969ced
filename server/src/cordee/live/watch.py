"""Tells this process's kiosk sockets that their agenda may have changed.

The journal is the truth: every change writes an entry, in whichever process it happens, commands
included, so one small query four times a second sees them all and wakes only the kiosks concerned.
What time alone changes, a visit that enters the agenda's seven days, is looked for more slowly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from cordee.journal.models import Entry
from cordee.journal.queries import entries_after, last_id
from cordee.visits.agenda import (
    kiosks_at_site,
    kiosks_entering,
    kiosks_for_reason,
    kiosks_meeting,
    kiosks_meeting_partner,
)

log = structlog.get_logger()

LOOK_EVERY_S = 0.25
LATE_ENTRIES = 200
"""How many ids back are looked at again: on PostgreSQL a lower id may be committed later."""
SLOW_LOOK = timedelta(seconds=15)
"""How often visits that enter the agenda are looked for, and what failed is tried again."""
WHOLE_LOOK = timedelta(hours=24)
"""How often every agenda is made anew, whatever the journal says."""
RESTART_AFTER_S = 1.0
LISTENER_LIMIT_S = 20.0
"""How long one listener may take: a socket that takes nothing any more is left to its end."""
LISTENERS_AT_ONCE = 50

APPOINTMENT_VERBS = frozenset({"booked", "cancelled", "prevailed", "stood_in"})
AGENT_VERBS = frozenset({"keys_certified", "keys_revoked"})
PARTNER_VERBS = frozenset({"recovery_certified"})
KIOSK_VERBS = frozenset({"kiosk_revoked", "kiosk_enrolled"})
OVER_VERBS = frozenset({"ended", "unanswered", "declined"})
DIRECTORY_VERBS = frozenset({"moved", "described"})
VERBS = APPOINTMENT_VERBS | AGENT_VERBS | PARTNER_VERBS | KIOSK_VERBS | OVER_VERBS | DIRECTORY_VERBS

Listener = Callable[[], Awaitable[None]]


class Watch:
    """Wakes listeners by the kiosk that they serve. One for the process.

    Each listener is called in a task of its own, never twice at a time: one that fails or hangs
    keeps nobody else waiting, and is called again with the next slow look.
    """

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: dict[str, set[Listener]] = {}
        self._calls: dict[Listener, asyncio.Task[None]] = {}
        self._again: set[Listener] = set()
        self._missed: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._places = asyncio.Semaphore(LISTENERS_AT_ONCE)

    def join(self, kiosk: str, listener: Listener) -> None:
        """Call `listener` after each change of this kiosk's agenda, until it leaves."""
        self._listeners.setdefault(kiosk, set()).add(listener)
        if self._task is None or self._task.done():
            self._places = asyncio.Semaphore(LISTENERS_AT_ONCE)
            self._task = asyncio.get_running_loop().create_task(self._keep_looking())

    def leave(self, kiosk: str, listener: Listener) -> None:
        """Stop calling `listener`; the looking ends with the last one."""
        listeners = self._listeners.get(kiosk, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(kiosk, None)
            self._missed.discard(kiosk)
        self._again.discard(listener)
        if (call := self._calls.pop(listener, None)) is not None:
            call.cancel()
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - the outermost loop: kiosks depend on it
                log.warning("watch_failed", reason=type(error).__name__)
            await asyncio.sleep(RESTART_AFTER_S)

    async def _look(self) -> None:
        start = max(0, await database_sync_to_async(last_id)() - LATE_ENTRIES)
        seen = {entry.pk for entry in await _entries(start)}
        slow_at = whole_at = timezone.now()
        # Whoever joined before this first look may have missed what came just before it.
        self._wake(set(self._listeners))
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = timezone.now()
            # A clock that was set back counts as due, or the next look would wait for it.
            is_slow_due = not timedelta(0) <= now - slow_at < SLOW_LOOK
            is_whole_due = not timedelta(0) <= now - whole_at < WHOLE_LOOK
            try:
                entries = await _entries(start)
                fresh = [entry for entry in entries if entry.pk not in seen]
                kiosks = await _concerned(fresh, now) if fresh else set()
                if is_slow_due:
                    kiosks |= await _entering(slow_at, now)
            except DatabaseError as error:
                log.warning("watch_missed", reason=type(error).__name__)
                continue
            seen.update(entry.pk for entry in fresh)
            if seen:
                start = max(start, max(seen) - LATE_ENTRIES)
                seen = {pk for pk in seen if pk > start}
            if is_slow_due:
                kiosks |= self._missed
                self._missed.clear()
                slow_at = now
            if is_whole_due:
                kiosks |= set(self._listeners)
                whole_at = now
            self._wake(kiosks)

    def _wake(self, kiosks: set[str]) -> None:
        for kiosk in kiosks:
            for listener in self._listeners.get(kiosk, ()):
                if listener in self._calls:
                    self._again.add(listener)
                else:
                    self._calls[listener] = asyncio.create_task(self._call(kiosk, listener))

    async def _call(self, kiosk: str, listener: Listener) -> None:
        try:
            is_wanted = True
            while is_wanted:
                self._again.discard(listener)
                # The limit counts once there is a place: waiting for others is no fault.
                async with self._places, asyncio.timeout(LISTENER_LIMIT_S):
                    await listener()
                is_wanted = listener in self._again
        except Exception as error:  # noqa: BLE001 - the outermost of its task
            log.warning("agenda_not_sent", kiosk=kiosk, reason=type(error).__name__)
            self._missed.add(kiosk)
        finally:
            if self._calls.get(listener) is asyncio.current_task():
                del self._calls[listener]


async def _entries(after: int) -> list[Entry]:
    found: list[Entry] = await database_sync_to_async(entries_after)(after, verbs=VERBS)
    return found


async def _concerned(entries: list[Entry], now: datetime) -> set[str]:
    kiosks: set[str] = await database_sync_to_async(concerned)(entries, now=now)
    return kiosks


async def _entering(since: datetime, now: datetime) -> set[str]:
    kiosks: set[str] = await database_sync_to_async(kiosks_entering)(since, now)
    return kiosks


def concerned(entries: list[Entry], *, now: datetime) -> set[str]:
    """Return the public ids of the kiosks whose agenda these entries may have changed."""
    kiosks: set[str] = set()
    for entry in entries:
        if entry.verb in APPOINTMENT_VERBS and "kiosk" in entry.detail:
            kiosks.add(entry.detail["kiosk"])
        elif entry.verb in KIOSK_VERBS:
            kiosks.add(entry.object_id)
        elif entry.verb in AGENT_VERBS:
            kiosks |= kiosks_meeting(int(entry.object_id), now=now)
        elif entry.verb in PARTNER_VERBS:
            kiosks |= kiosks_meeting_partner(entry.object_id, now=now)
        elif entry.verb in OVER_VERBS:
            kiosks.add(entry.actor_id)
        elif entry.verb in DIRECTORY_VERBS:
            kiosks |= _described(entry, now)
    return kiosks


def _described(entry: Entry, now: datetime) -> set[str]:
    match entry.object_kind:
        case "reason":
            return kiosks_for_reason(int(entry.object_id), now=now)
        case "agent":
            return kiosks_meeting(int(entry.object_id), now=now)
        case "partner":
            return kiosks_meeting_partner(entry.object_id, now=now)
        case "site":
            return kiosks_at_site(int(entry.object_id), now=now)
        case _:
            return set()


watch = Watch()
