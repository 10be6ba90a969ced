"""A kiosk's browser and an agent's page that see the same guest, compared."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from chromium.corpus.compare import differences
from chromium.corpus.kinds import Step
from chromium.corpus.viewer import MEASURE, Viewer
from chromium.partner_site import Site
from chromium.seen import Seen
from cordee_kiosk import browsing
from cordee_kiosk.adapters.chromium.cdp import CdpRefused
from cordee_wire import control

COMES_WITHIN_S = 30.0
SETTLED_WITHIN_S = 5.0
SETTLED = """Promise.all(document.getAnimations({ subtree: true })
    .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
    .map((each) => each.finished.catch(() => undefined))).then(() => true)"""


@dataclass
class Pair:
    """A kiosk's browser and an agent's page that see the same guest."""

    seen: Seen
    agent: Viewer
    site: Site
    carried: int = 0
    verbs: int = 0

    async def open(self, name: str) -> None:
        """Open a page of the site, and wait until the replay has begun to show it."""
        url = f"{self.site.url}/{name}"
        if self.seen.browser._guest is None:
            await self.seen.browser.open_guest(url=url, allowed_hosts=[self.site.host])
        else:
            self.verbs += 1
            assert (await self.seen.browser.do(control.Open(id=self.verbs, url=url))).ok
        until = time.monotonic() + COMES_WITHIN_S
        while await self.agent.url() != url:
            assert time.monotonic() < until, "the page does not come"
            await asyncio.sleep(0.02)
            await self.carry()

    async def carry(self) -> None:
        """Bring what the mirror has told since to the agent."""
        events = self.seen.events[self.carried :]
        self.carried += len(events)
        pieces = [each.data for each in events if isinstance(each, browsing.MirrorBytes)]
        if pieces:
            await self.agent.push(pieces)

    async def evaluate(self, expression: str) -> Any:
        """Evaluate in the guest's isolated world."""
        guest = self.seen.browser._guest
        assert guest is not None
        params = {
            "expression": expression,
            "contextId": guest.world,
            "returnByValue": True,
            "awaitPromise": True,
        }
        answer = await self.seen.browser._cdp.call("Runtime.evaluate", params, guest.session)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def node(self, path: str) -> int:
        """Wait for a node of the replay."""
        until = time.monotonic() + SETTLED_WITHIN_S
        while not (found := await self.agent.id_of(path)):
            assert time.monotonic() < until, f"{path} is not in the replay"
            await asyncio.sleep(0.02)
            await self.carry()
        return found

    async def do(self, step: Step) -> None:
        """Carry out one step as an agent does: by what stands in the replay."""
        what, path = step[:2]
        given: list[Any] = [*step[2:]]
        node = await self.node(path) if path else 0
        self.verbs += 1
        verb: control.Verb
        match what:
            case "click":
                verb = control.Click(id=self.verbs, node=node, x=0.5, y=0.5)
            case "type":
                verb = control.Type(id=self.verbs, node=node, text=given[0])
            case "press":
                verb = control.Press(id=self.verbs, key=given[0])
            case "choose":
                verb = control.Choose(id=self.verbs, node=node, values=list(given))
            case "tick":
                verb = control.Tick(id=self.verbs, node=node, checked=given[0])
            case "scroll":
                verb = control.Scroll(id=self.verbs, node=node, top=given[0], left=given[1])
            case "hover":
                verb = control.Hover(id=self.verbs, node=node, x=0.5, y=0.5)
            case _:
                raise ValueError(what)
        done = await self.seen.browser.do(verb)
        assert done.ok, (step, done)

    async def until(self, condition: str) -> None:
        """Wait until something is true in the agent's page."""
        until = time.monotonic() + COMES_WITHIN_S
        while not await self.agent.page.evaluate(f"() => {condition}"):
            assert time.monotonic() < until, f"never true: {condition}"
            await asyncio.sleep(0.03)
            await self.carry()

    async def differences(self) -> list[str]:
        """Wait until both are alike, and say what differs when they do not become so."""
        until = time.monotonic() + SETTLED_WITHIN_S
        while True:
            try:
                await self.evaluate(SETTLED)
                there = await self.evaluate(f"({MEASURE})(document, false)")
            except (AssertionError, CdpRefused):
                # It is just leaving, or on its way.
                there = None
            await self.carry()
            here = await self.agent.measured()
            found = ["the page cannot be read"] if there is None else differences(there, here)
            if not found or time.monotonic() > until:
                return found
            await asyncio.sleep(0.03)
