"""A visit under way: both faces are there, and every part can be spoken to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cordee_wire import stage
from e2e.stand.agent import Agent
from e2e.stand.counter import Counter
from e2e.stand.processes import wait_until
from e2e.stand.server import Entry
from e2e.stand.tap import Tap
from e2e.stand.twin import StageTwin
from e2e.stand.world import World

CERTIFIED_WITHIN_S = 30
FACES_WITHIN_S = 120
ENTRY_WITHIN_S = 45
LATER_S = (20, 60)
"""Leads tried when a machine under load books too slowly for the first."""


@dataclass(frozen=True)
class Meeting:
    """One visit in `world`, with the agent at the counter."""

    world: World
    agent: Agent
    counter: Counter
    tap: Tap
    twin: StageTwin
    visit: str

    def journal(self, verb: str) -> list[Entry]:
        """Return what the journal says of this visit with this verb, oldest first."""
        return [each for each in self.world.server.journal(self.visit) if each.verb == verb]

    def wait_for_entry(self, verb: str, **detail: object) -> Entry:
        """Wait until the journal has such an entry; return the latest."""

        def found() -> Entry | None:
            entries = reversed(self.journal(verb))
            return next((each for each in entries if detail.items() <= each.detail.items()), None)

        entry = wait_until(found, within_s=ENTRY_WITHIN_S, what=f"the journal has {verb} {detail}")
        assert entry is not None
        return entry

    def show(self, **view: object) -> stage.Show:
        """Return what the stage is told during this call, with what `view` changes."""
        people = self.world.seeded["people"]
        told: dict[str, object] = {
            "view": "call",
            "now": time.time(),
            "site": self.world.seeded["site"],
            "phone": "04 65 71 00 12",
            "visit": self.visit,
            "agent": people["agent"]["name"],
            "partner": "Allocations familiales 05",
        }
        return stage.Show(**{**told, **view})  # type: ignore[arg-type]


@contextmanager
def seated(world: World) -> Iterator[Agent]:
    """Yield an agent whose keys are certified. One a world: they are in this browser only."""
    with world.agent() as agent:
        wait_until(
            lambda: agent.data("keys") == "certified",
            within_s=CERTIFIED_WITHIN_S,
            what="certified keys",
        )
        Tap.listen(agent.context)
        yield agent


@contextmanager
def meeting(world: World, agent: Agent, *, in_s: float = 6) -> Iterator[Meeting]:
    """Book a visit `in_s` seconds from now, let both meet, and leave the counter after."""
    with StageTwin(agent.browser, world.screen) as twin:
        visit, _ = world.book_soon((in_s, *LATER_S))
        agent.open_counter(visit)
        counter = Counter(agent.page)
        begun = Meeting(world, agent, counter, Tap(agent.page), twin, visit)
        counter.wait_for_face(within_s=FACES_WITHIN_S)
        begun.wait_for_entry("face_decoded")
        try:
            yield begun
        finally:
            # A test that fails must not keep the kiosk and the agent from the next one.
            begun.tap.leave()
