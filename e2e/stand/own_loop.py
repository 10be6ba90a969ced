"""Something that runs on an event loop of its own while the test's thread goes on."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from typing import Self

READY_WITHIN_S = 10


class OnOwnLoop(ABC):
    """A context manager: `_run` has begun to serve when the block begins, and ends with it.

    `_run` sets `_is_ready` once it serves, and returns soon after `_may_end` is set.
    """

    def __init__(self) -> None:
        """Make the loop and its thread; nothing runs before entering."""
        self._loop = asyncio.new_event_loop()
        self._is_ready = threading.Event()
        self._may_end = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._run()])

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._is_ready.wait(READY_WITHIN_S):
            raise RuntimeError(f"{type(self).__name__} does not serve")
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._may_end.set)
        self._thread.join(timeout=READY_WITHIN_S)
        self._loop.close()

    @abstractmethod
    async def _run(self) -> None:
        """Serve until told to end."""
