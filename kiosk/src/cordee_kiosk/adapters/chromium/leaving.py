"""Whether a page is on its way somewhere, and what of that was refused to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable

from cordee_kiosk.adapters.chromium.popups import Refusal


class Leaving:
    """`is_going`: the top document was asked for elsewhere and has not arrived.

    `is_busy()` tells of what else may still end in a refusal: windows and dialogs.
    """

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        self._is_busy = is_busy
        self._stirred = asyncio.Event()
        self._refused: Counter[Refusal] = Counter()
        self._why: Refusal = "outside"
        self.is_going = False

    @property
    def refusals(self) -> int:
        """How often the page wanted something and did not get it."""
        return self._refused.total()

    @property
    def outside(self) -> int:
        """How often that was an address outside the allow-list."""
        return self._refused["outside"]

    def refuse(self, why: Refusal) -> None:
        """Count a refusal."""
        self._refused[why] += 1
        self._why = why
        self.stir()

    def arrived(self) -> None:
        """Note that the page is where it wanted to be, or stays where it was."""
        self.is_going = False
        self.stir()

    def stir(self) -> None:
        """Let those who wait look again."""
        self._stirred.set()

    async def refused_within(
        self, refusals: int, *, quiet_s: float, most_s: float
    ) -> Refusal | None:
        """Return why something is refused, counted from `refusals`, or None.

        A page that stays where it is for `quiet_s` seconds was refused nothing. While it is on
        its way somewhere, or a window that it opened has not said where it goes, the answer waits
        for that, `most_s` seconds at most.
        """
        now = asyncio.get_running_loop().time
        quiet_until, ends_at = now() + quiet_s, now() + most_s
        while self.refusals == refusals:
            is_leaving = self.is_going or self._is_busy()
            rest_s = (ends_at if is_leaving else quiet_until) - now()
            if rest_s <= 0:
                return None
            self._stirred.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), rest_s)
        return self._why
