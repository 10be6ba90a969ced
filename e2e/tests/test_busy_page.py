"""A page that changes sixty times a second, over the thinnest line: what is seen stays recent."""

from __future__ import annotations

import time
from pathlib import Path

from e2e.stand.line import LINES, Line
from e2e.stand.over_line import call_over, needs_root, tell
from e2e.stand.processes import ROOT, wait_until

PAGE = ROOT / "bench" / "pages" / "busy.html"
PROFILE = LINES["satellite"]
LATE_MOST_S = PROFILE.rtt_s + 1.0
IN_A_ROW = 15
"""So many states, one after the other, are seen while they are recent."""


@needs_root
def test_mirror_of_a_page_that_never_rests_stays_recent(tmp_path: Path) -> None:
    tell(never_rests, PROFILE, tmp_path)


def never_rests(line: Line, folder: Path) -> None:
    with call_over(line, folder, first_page=PAGE) as (_, agent, counter):
        counter.obtain("see")
        counter.obtain("control")
        clock = counter.mirror().locator("#clock")
        wait_until(lambda: late_s(clock.inner_text()) < LATE_MOST_S, within_s=60, what="recent")
        recent: list[str] = []

        def is_recent_in_a_row() -> bool:
            told = clock.inner_text()
            if late_s(told) >= LATE_MOST_S:
                recent.clear()
            elif told not in recent:
                recent.append(told)
            return len(recent) >= IN_A_ROW

        wait_until(is_recent_in_a_row, within_s=120, what="one state after the other is recent")
        # What is done by the agent is no later than what the page does by itself.
        counter.write("#nom", "Élodie")
        agent.page.keyboard.type(" Martin")
        counter.wait_for_value("#nom", "Élodie Martin")


def late_s(told: str) -> float:
    """Return how old what the page's clock shows is."""
    return time.time() - float(told) / 1000
