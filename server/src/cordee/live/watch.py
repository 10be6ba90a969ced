"""Tells this process's kiosk sockets that their agenda may have changed.

The journal is the truth: every change writes an entry, in whichever process it happens, commands
included, so one small query twice a second sees them all and wakes only the kiosks concerned.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from cordee.journal.models import Entry
from cordee.journal.queries import entries_after, last_id
from cordee.visits.agenda import kiosks_meeting, kiosks_meeting_partner

log = structlog.get_logger()

LOOK_EVERY_S = 0.25
LATE_ENTRIES = 200
"""How many ids back are looked at again: on PostgreSQL a lower id may be committed later."""

APPOINTMENT_VERBS = frozenset({"booked", "cancelled", "prevailed"})
AGENT_VERBS = frozenset({"keys_certified", "keys_revoked"})
PARTNER_VERBS = frozenset({"recovery_certified"})
KIOSK_VERBS = frozenset({"kiosk_revoked", "kiosk_enrolled"})
OVER_VERBS = frozenset({"ended", "unanswered", "declined"})
VERBS = APPOINTMENT_VERBS | AGENT_VERBS | PARTNER_VERBS | KIOSK_VERBS | OVER_VERBS

Listener = Callable[[], Awaitable[None]]


class Watch:
    """Wakes listeners by the kiosk that they serve. One for the process."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: dict[str, set[Listener]] = {}
        self._task: asyncio.Task[None] | None = None

    def join(self, kiosk: str, listener: Listener) -> None:
        """Call `listener` after each change of this kiosk's agenda, until it leaves."""
        self._listeners.setdefault(kiosk, set()).add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())

    def leave(self, kiosk: str, listener: Listener) -> None:
        """Stop calling `listener`; the looking ends with the last one."""
        listeners = self._listeners.get(kiosk, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(kiosk, None)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            start = max(0, await database_sync_to_async(last_id)() - LATE_ENTRIES)
            seen = {entry.pk for entry in await _entries(start)}
            # Whoever joined before this first look may have missed what came just before it.
            await self._wake(set(self._listeners))
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                try:
                    entries = await _entries(start)
                    fresh = [entry for entry in entries if entry.pk not in seen]
                    concerned = await _concerned(fresh, timezone.now()) if fresh else set()
                except DatabaseError as error:
                    log.warning("watch_missed", reason=type(error).__name__)
                    continue
                seen.update(entry.pk for entry in fresh)
                if seen:
                    start = max(start, max(seen) - LATE_ENTRIES)
                    seen = {pk for pk in seen if pk > start}
                await self._wake(concerned)

    async def _wake(self, kiosks: set[str]) -> None:
        for kiosk in kiosks:
            for listener in tuple(self._listeners.get(kiosk, ())):
                try:
                    await listener()
                except DatabaseError as error:
                    log.warning("agenda_not_sent", kiosk=kiosk, reason=type(error).__name__)


async def _entries(after: int) -> list[Entry]:
    found: list[Entry] = await database_sync_to_async(entries_after)(after, verbs=VERBS)
    return found


async def _concerned(entries: list[Entry], now: datetime) -> set[str]:
    kiosks: set[str] = await database_sync_to_async(concerned)(entries, now=now)
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
    return kiosks


watch = Watch()
