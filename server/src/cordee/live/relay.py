"""What the sockets of a visit share: the limit on nonsense, the relays, the journal's pulse."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError

from cordee.journal.models import Entry
from cordee.visits.relays import Relays

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger()

BAD_MESSAGES_LIMIT = 20
CLOSE_BAD = 4400
CLOSE_UNKNOWN = 4403
PULSE_S = 0.5
_OF_AGENDAS = ("visit", "appointment", "agent", "partner", "kiosk", "site")


def relays() -> Relays:
    """Return the relays that the settings name."""
    return Relays(
        stun_urls=tuple(settings.STUN_URLS),
        turn_urls=tuple(settings.TURN_URLS),
        turn_secret=settings.TURN_SECRET,
    )


class Pulse:
    """Tells this process's kiosk sockets that an agenda may have changed.

    The journal is the truth: every change writes an entry, in whichever process it happens, so
    one small query twice a second sees them all, commands included.
    """

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: set[Callable[[], Awaitable[None]]] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call `listener` after every change, until it leaves."""
        self._listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._beat())

    def leave(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Stop calling `listener`; the query ends with the last one."""
        self._listeners.discard(listener)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _beat(self) -> None:
        last = await database_sync_to_async(_last_entry)()
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(PULSE_S)
                try:
                    newest = await database_sync_to_async(_last_entry)()
                except DatabaseError:
                    log.warning("pulse_missed")
                    continue
                if newest == last:
                    continue
                last = newest
                for listener in tuple(self._listeners):
                    await listener()


def _last_entry() -> int:
    newest = Entry.objects.filter(object_kind__in=_OF_AGENDAS).order_by("-pk").values_list("pk")
    found = newest.first()
    return found[0] if found else 0


pulse = Pulse()
