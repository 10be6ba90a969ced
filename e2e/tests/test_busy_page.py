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
LOOKED_FOR_S = 15.0
FRESH_SHARE = 0.9


@needs_root
def test_mirror_of_a_page_that_never_rests_stays_recent(tmp_path: Path) -> None:
    tell(never_rests, PROFILE, tmp_path)


def never_rests(line: Line, folder: Path) -> None:
    with call_over(line, folder, first_page=PAGE) as (_, agent, counter):
        counter.obtain("see")
        counter.obtain("control")
        clock = counter.mirror().locator("#clock")
        wait_until(lambda: late_s(clock.inner_text()) < LATE_MOST_S, within_s=60, what="recent")
        seen: dict[str, float] = {}
        ends = time.monotonic() + LOOKED_FOR_S

        def looked() -> bool:
            told = clock.inner_text()
            seen.setdefault(told, late_s(told))
            return time.monotonic() > ends

        wait_until(looked, within_s=2 * LOOKED_FOR_S, what="looked at long enough")
        late = sorted(seen.values())
        print(f"{len(late)} states seen, late by {late[0]:.2f} to {late[-1]:.2f} s", flush=True)
        assert len(late) > LOOKED_FOR_S, "it stands still"
        assert late[int(FRESH_SHARE * (len(late) - 1))] < LATE_MOST_S, late
        # What is done by the agent is no later than what the page does by itself.
        counter.write("#nom", "Élodie")
        agent.page.keyboard.type(" Martin")
        counter.wait_for_value("#nom", "Élodie Martin")


def late_s(told: str) -> float:
    """Return how old what the page's clock shows is."""
    return time.time() - float(told) / 1000
