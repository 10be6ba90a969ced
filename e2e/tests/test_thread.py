"""A line as thin as a thread: the voice goes on, the picture pauses, and both screens say so."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from e2e.stand.line import Line, Profile
from e2e.stand.over_line import call_over, needs_root, tell
from e2e.stand.processes import wait_until

THREAD = Profile("thread", 90e3, 2e6, 0.1, 0)
"""Room for a voice and little more, from the village."""
HEARD = """
async () => {
  let packets = 0;
  for (const peer of window.peersOpened) (await peer.getStats()).forEach((one) => {
    if (one.type === "inbound-rtp" && one.kind === "audio") packets += one.packetsReceived;
  });
  return packets;
}
"""


@needs_root
def test_on_a_thread_the_picture_pauses_and_the_voice_goes_on(tmp_path: Path) -> None:
    tell(on_a_thread, THREAD, tmp_path)


def on_a_thread(line: Line, folder: Path) -> None:
    with call_over(line, folder) as (_, agent, _):
        said = agent.page.get_by_text("Image en pause", exact=True)
        expect(said).to_be_visible(timeout=120_000)
        before = heard(agent.page)
        wait_until(lambda: heard(agent.page) > before + 50, within_s=30, what="the voice")
        assert agent.data("call") == "live"


def heard(page: Page) -> int:
    """Return how many packets of the other voice have come."""
    packets: int = page.evaluate(HEARD)
    return packets
