"""How a test waits: for a condition that is looked at again, never for a fixed time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

WITHIN_S = 60.0
LOOK_EVERY_S = 0.02

T = TypeVar("T")


class NotInTime(AssertionError):
    """The condition named in the text did not become true."""


async def until(is_true: Callable[[], T], *, what: str, within_s: float = WITHIN_S) -> T:
    """Return the first true value of `is_true`; the loop's other tasks run meanwhile."""
    return await until_asked(lambda: _at_once(is_true()), what=what, within_s=within_s)


async def until_asked(
    ask: Callable[[], Awaitable[T]], *, what: str, within_s: float = WITHIN_S
) -> T:
    """Return the first true value that awaiting `ask()` gives."""
    deadline = time.monotonic() + within_s
    while not (found := await ask()):
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {within_s:g} s: {what}")
        await asyncio.sleep(LOOK_EVERY_S)
    return found


def wait_until(is_true: Callable[[], T], *, what: str, within_s: float = WITHIN_S) -> T:
    """Return the first true value of `is_true`, without a loop."""
    deadline = time.monotonic() + within_s
    while not (found := is_true()):
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {within_s:g} s: {what}")
        time.sleep(LOOK_EVERY_S)
    return found


async def _at_once(value: T) -> T:
    return value
