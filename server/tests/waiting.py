"""How a test waits: for a condition that is looked at again, never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

LOOK_EVERY_S = 0.05

T = TypeVar("T")


def wait_until(is_true: Callable[[], T], *, what: str, within_s: float) -> T:
    """Return the first true value of `is_true`.

    Raises AssertionError with `what` after `within_s` seconds.
    """
    deadline = time.monotonic() + within_s
    while not (found := is_true()):
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(LOOK_EVERY_S)
    return found
