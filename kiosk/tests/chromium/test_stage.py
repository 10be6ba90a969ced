from __future__ import annotations

from chromium.conftest import show
from chromium.seen import Seen
from cordee_wire import stage


async def test_messages_go_to_the_stage_and_back_in_order(seen: Seen) -> None:
    texts = [f"message {number} é œ €" for number in range(500)]
    for text in texts:
        await seen.browser.tell(stage.SendControl(text=text))
    await seen.until(lambda: len(seen.said(stage.ControlArrived)) == len(texts))
    assert [said.text for said in seen.said(stage.ControlArrived)] == texts


async def test_nonsense_from_the_stage_is_dropped_and_the_next_message_heard(seen: Seen) -> None:
    await seen.browser.tell(stage.HangUp())
    await seen.browser.tell(show(guest=False, note="encore là"))
    await seen.until(lambda: seen.said(stage.HoleMoved))
