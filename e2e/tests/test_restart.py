"""Daemon or server killed at the worst moments: the visit goes on and nothing is lost."""

from __future__ import annotations

import json
import time
from collections import Counter as Tally
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cordee_wire import control
from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.voice import NotedVoice
from e2e.stand.world import World

NAME = "Aurèle Bonnabel-Ünsal"
GONE_S = 5
"""A second is promised, and measured by the bench; the rest is for a busy machine."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    voice = NotedVoice(tmp_path_factory.mktemp("voice"))
    folder = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720, kiosk_settings=voice.settings) as made:
        made.wait_for_kiosk()
        yield made


@pytest.fixture(scope="module")
def agent(world: World) -> Iterator[Agent]:
    with seated(world) as made:
        yield made


def test_daemon_killed_in_a_visit_leaves_nothing_and_rejoins(world: World, agent: Agent) -> None:
    with meeting(world, agent) as met:
        for act in ("see", "control"):
            met.counter.obtain(act)
        met.counter.write("#nom", NAME)
        assert world.kiosk.process
        chromium = {pid: _started(pid) for pid in world.kiosk.processes()}
        assert len(chromium) > 3

        killed_at = time.time()
        world.kiosk.kill()
        wait_until(
            lambda: (
                not any(_is_there(pid, since) for pid, since in chromium.items())
                and not world.kiosk.processes()
            ),
            within_s=GONE_S,
            what="its Chromium is gone",
        )
        print(f"Chromium was gone {time.time() - killed_at:.2f} s after its daemon")
        assert _files_with(world.kiosk.folder, NAME) == []
        for act in ("see", "control"):
            met.counter.wait_for_state(act, "revoked")

        world.kiosk.start()
        met.wait_for_entry("resumed")
        wait_until(
            lambda: float(met.counter.mark("first-frame-at") or 0) > killed_at,
            within_s=30,
            what="a face again",
        )
        met.tap.wait_for_pictures(within_s=30)
        assert len(met.journal("live")) == 1

        # Leave is not kept: each act is asked for again, and until then refused.
        assert met.tap.answer(control.Go(id=met.tap.next_id(), where="reload")).code == "no_grant"
        assert met.tap.answer(control.Scan(id=met.tap.next_id())).code == "no_grant"
        for act in ("see", "control"):
            met.counter.obtain(act)
        # Another guest: nothing of the one before is left in it.
        met.counter.wait_for_value("#nom", "")
        met.counter.write("#nom", NAME)

        _end(met)
        wait_until(lambda: met.journal("wiped"), within_s=40, what="the box is wiped")
        assert _files_with(world.kiosk.folder, NAME) == []
    _every_fact_once(world, met.visit)


def test_server_killed_in_a_visit_does_not_touch_the_call(world: World, agent: Agent) -> None:
    with meeting(world, agent) as met:
        for act in ("see", "control", "scan"):
            met.counter.obtain(act)
        met.counter.write("#nom", "Avant")
        calls = _calls(met)

        world.server.kill()
        said = met.agent.page.locator(".counter")
        expect(said).to_contain_text("Cette page se reconnecte toute seule", timeout=20_000)
        met.tap.wait_for_pictures()
        met.counter.write("#courriel", "pendant@exemple.fr")
        met.tap.say(control.GiveBack(act="scan"))
        met.counter.wait_for_state("scan", "revoked")
        met.counter.obtain("scan")
        scan = control.Scan(id=met.tap.next_id())
        assert met.tap.answer(scan).ok
        assert world.server.journal(met.visit)[-1].verb != "scanned"

        world.server.start()
        # What happened meanwhile is told, in order, and the page arrives.
        met.wait_for_entry("scanned")
        met.wait_for_entry("uploaded")
        told = [each.verb for each in world.server.journal(met.visit)]
        assert told.index("revoked") < told.index("scanned") < told.index("uploaded")
        expect(met.agent.page.locator(".thumbs img")).to_have_count(1, timeout=20_000)
        # It is the same call: nobody had to be called again, no leave was lost.
        assert _calls(met) == calls
        met.counter.write("#telephone", "0465710012", shown="04 65 71 00 12")
        assert not met.journal("cut")

        _end(met)
    _every_fact_once(world, met.visit)


def test_visit_ended_while_the_server_is_away_is_told_after(world: World, agent: Agent) -> None:
    with meeting(world, agent) as met:
        world.server.kill()
        met.tap.say(control.End())
        wait_until(lambda: _has_ended(world, met.visit), within_s=10, what="it ends at the kiosk")
        world.server.start()
        met.wait_for_entry("ended", by="agent")
        state = "select state from visits_visit where public_id = ?"
        wait_until(
            lambda: world.server.rows(state, met.visit) == [("ended",)],
            within_s=10,
            what="the server knows",
        )
    _every_fact_once(world, met.visit)


def test_hour_comes_from_the_disk_while_the_server_is_away(world: World, agent: Agent) -> None:
    visit, starts_at = world.book_soon((8, 20, 60))
    wait_until(
        lambda: visit in (world.kiosk.state / "agenda.json").read_text(),
        within_s=10,
        what="the agenda is on the kiosk's disk",
    )
    agent.open_counter(visit)
    world.kiosk.kill()
    world.server.kill()
    wait_until(lambda: time.time() > starts_at + 1, within_s=20, what="the hour has gone by")
    before = world.kiosk.log().count('"view": "late"')
    world.kiosk.start()
    # The kiosk knows whose hour it is, and keeps the person company.
    wait_until(
        lambda: world.kiosk.log().count('"view": "late"') > before,
        within_s=20,
        what="it begins by itself",
    )
    world.server.start()
    # Nobody touches anything: both find each other.
    counter = Counter(agent.page)
    seen_at, _ = counter.wait_for_face(within_s=60)
    assert seen_at >= starts_at
    counter.end(outcome="done")
    wait_until(lambda: _has_ended(world, visit), within_s=10, what="it ends")
    _every_fact_once(world, visit)


def _end(met: Meeting) -> None:
    """End at the counter, with what came of it."""
    met.counter.end(outcome="done")
    met.wait_for_entry("ended", by="agent")
    outcome = "select state, outcome from visits_visit where public_id = ?"
    wait_until(
        lambda: met.world.server.rows(outcome, met.visit) == [("ended", "done")],
        within_s=15,
        what="the server knows",
    )


def _has_ended(world: World, visit: str) -> bool:
    return "ended" in _noted(world, visit)


def _every_fact_once(world: World, visit: str) -> None:
    """What the kiosk noted is what the server has, each once, and nothing waits any more."""
    facts = world.kiosk.state / "facts.ndjson"

    def is_told() -> bool:
        journal = world.server.journal(visit)
        told = Tally(each.verb for each in journal if each.actor_kind == "kiosk")
        return not facts.read_bytes() and told == _noted(world, visit)

    wait_until(is_told, within_s=15, what="the journal has every fact once")


def _noted(world: World, visit: str) -> Tally[str]:
    """Return how often the kiosk has noted each kind of fact about this visit."""
    lines = [line for line in world.kiosk.log().splitlines() if visit in line and "{" in line]
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    return Tally(each["kind"] for each in entries if each.get("event") == "fact")


def _calls(met: Meeting) -> int:
    """Return how many calls the counter has opened."""
    return int(met.agent.page.evaluate("tap.opened"))


def _started(pid: int) -> str:
    """Return when a process started, empty when it is gone or only waits to be buried."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _is_there(pid: int, since: str) -> bool:
    return since != "" and _started(pid) == since


def _files_with(folder: Path, text: str) -> list[Path]:
    canary = text.encode()
    return [path for path in folder.rglob("*") if path.is_file() and canary in path.read_bytes()]
