"""The line breaks in the middle of an act, for a moment and for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from e2e.stand.counter import Counter
from e2e.stand.facts import entries
from e2e.stand.line import LINES, Line
from e2e.stand.over_line import call_over, needs_root, tell
from e2e.stand.processes import ROOT, wait_until
from e2e.stand.world import World

PAGE = ROOT / "bench" / "pages" / "form.html"
SHORT_S, LONG_S = 5.0, 60.0
TEXT = "Hélène Çelik, 12 rue de l’Église, Saint-Véran"
"""Typed before, during and after the cut, a third each."""


@needs_root
def test_cut_of_five_seconds_loses_no_letter_and_no_leave(tmp_path: Path) -> None:
    tell(short_cut, LINES["poor"], tmp_path)


@needs_root
def test_cut_that_both_screens_have_said_loses_no_letter_and_no_leave(tmp_path: Path) -> None:
    tell(said_cut, LINES["poor"], tmp_path)


@needs_root
def test_cut_of_a_minute_heals_by_itself_and_takes_the_hand_away(tmp_path: Path) -> None:
    tell(long_cut, LINES["poor"], tmp_path)


def short_cut(line: Line, folder: Path) -> None:
    typed_through(line, folder, SHORT_S, until_said=False)


def said_cut(line: Line, folder: Path) -> None:
    typed_through(line, folder, SHORT_S, until_said=True)


def typed_through(line: Line, folder: Path, length_s: float, *, until_said: bool) -> None:
    """Type before, during and after a cut of so long, or until both screens have said it."""
    with call_over(line, folder, first_page=PAGE) as (world, agent, counter):
        counter.obtain("see")
        counter.obtain("control")
        counter.click("#nom")
        third = len(TEXT) // 3
        agent.page.keyboard.type(TEXT[:third], delay=70)

        def meanwhile() -> None:
            agent.page.keyboard.type(TEXT[third : 2 * third], delay=70)
            if until_said:
                wait_until(lambda: is_said(world, counter), within_s=20, what="the cut is said")

        cut(line, length_s, meanwhile)
        agent.page.keyboard.type(TEXT[2 * third :], delay=70)
        counter.wait_for_value("#nom", TEXT)
        expect(agent.page.locator("html")).to_have_attribute("data-call", "live")
        counter.wait_for_state("control", "given")
        counter.click("#envoyer")
        wait_until(lambda: bool(world.far_site.received), within_s=30, what="the answers")
        assert world.far_site.received[-1]["nom"] == TEXT
        kinds = [entry.get("kind") for entry in entries(world.kiosk.log())]
        assert not {"cut", "revoked"} & set(kinds)


def long_cut(line: Line, folder: Path) -> None:
    with call_over(line, folder, first_page=PAGE) as (world, _, counter):
        counter.obtain("see")
        counter.obtain("control")
        counter.write("#nom", TEXT)
        cut(line, LONG_S, lambda: wait_until_cut(world, counter))
        wait_until(lambda: counter.mark("call") == "live", within_s=45, what="the call is back")
        counter.wait_for_state("control", "revoked")
        counter.wait_for_state("see", "revoked")
        counter.obtain("see")
        counter.wait_for_value("#nom", TEXT)
        counter.obtain("control")
        counter.write("#prenom", "Élodie")


def is_said(world: World, counter: Counter) -> bool:
    """Return whether both ends have noticed that nothing comes any more."""
    log = entries(world.kiosk.log())
    told = [entry["line"] for entry in log if entry.get("event") == "line_said"]
    return counter.mark("call") == "cut" and told[-1:] == ["cut"]


def wait_until_cut(world: World, counter: Counter) -> None:
    wait_until(
        lambda: any(entry.get("kind") == "cut" for entry in entries(world.kiosk.log())),
        within_s=30,
        what="the kiosk calls it a cut",
    )
    wait_until(lambda: counter.mark("call") == "cut", within_s=30, what="the counter says so")


def cut(line: Line, length_s: float, meanwhile: Callable[[], None]) -> None:
    """Cut the line for so long, and do something meanwhile."""
    begun = time.monotonic()
    line.counters.is_cut = True
    try:
        meanwhile()
        # The cut lasts as long as it is said to: that is what is tried.
        time.sleep(max(0.0, begun + length_s - time.monotonic()))
    finally:
        line.counters.is_cut = False
