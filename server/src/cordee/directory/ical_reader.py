"""Reading calendars in a process that can be ended: a rule that repeats for ever never stops us."""

from __future__ import annotations

import multiprocessing
import resource
from multiprocessing.pool import Pool
from typing import Self
from zoneinfo import ZoneInfo

from cordee.directory.ical import CalendarUnreadable, busy
from cordee.kernel.period import Period

READ_WITHIN_S = 5.0
START_WITHIN_S = 30.0
MEMORY_BYTES = 1 << 30


class IcalReader:
    """Reads one calendar after another; a context manager. The process starts with the first."""

    def __init__(self, *, within_s: float = READ_WITHIN_S) -> None:
        """Take how long one calendar may take."""
        self._within_s = within_s
        self._process: Pool | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """End the process."""
        self._end()

    def read(self, data: bytes, *, period: Period, zone: ZoneInfo) -> list[Period]:
        """Return what `ical.busy` returns. Raises CalendarUnreadable, `too_slow` among others."""
        if self._process is None:
            self._process = multiprocessing.get_context("spawn").Pool(1, _limit)
            # What the start takes is not the calendar's fault.
            self._process.apply_async(_started).get(START_WITHIN_S)
        asked = self._process.apply_async(busy, (data,), {"period": period, "zone": zone})
        try:
            found: list[Period] = asked.get(self._within_s)
        except multiprocessing.TimeoutError as error:
            self._end()
            raise CalendarUnreadable("too_slow") from error
        return found

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.join()
            self._process = None


def _started() -> bool:
    return True


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
