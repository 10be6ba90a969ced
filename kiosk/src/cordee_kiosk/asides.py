"""Work that runs beside the commands, which are carried out one after the other."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import structlog

_log = structlog.get_logger()


class Asides:
    """The tasks under way. What fails in one is logged, and takes nothing else down with it."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` beside; return its task, which may be cancelled."""
        task = asyncio.get_running_loop().create_task(self._logged(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def _logged(self, work: Coroutine[Any, Any, None]) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await work
            except Exception:  # noqa: BLE001 - the outermost of each work that runs beside
                _log.exception("aside_failed")
