"""Several documents of a page speak of the focus: which one gets the strokes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from cordee_kiosk.adapters.chromium.cdp import Cdp, Params
from cordee_kiosk.adapters.chromium.secret_keyboard import WAITING_MOST, SecretKeyboard
from cordee_kiosk.adapters.chromium.worlds import World
from cordee_kiosk.browsing import GuestAtSecret

TOP = World(1, session="page", context=3, frame="top")
FRAME = World(2, session="frame", context=7, frame="inner")
NEXT = World(3, session="page", context=4, frame="top")
PASSWORD = {"field": 41, "kind": "password", "pad": "letters", "typed": 2}
CODE = {"field": 52, "kind": "code", "pad": "digits", "typed": 0}


class Noted(Cdp):
    """Notes what it is asked, and answers nothing."""

    def __init__(self) -> None:
        super().__init__(when_closed=lambda: None)
        self.asked: list[tuple[str, int, list[Any]]] = []

    def post(
        self, method: str, params: Params | None = None, session: str = ""
    ) -> asyncio.Future[Params]:
        _ = method
        given = params or {}
        values = [each["value"] for each in given["arguments"]]
        self.asked.append((session, given["executionContextId"], values))
        return asyncio.get_running_loop().create_future()


def keyboard() -> tuple[SecretKeyboard, Noted, list[GuestAtSecret]]:
    cdp, told = Noted(), list[GuestAtSecret]()
    return SecretKeyboard(cdp, told.append), cdp, told


async def test_strokes_go_to_the_document_that_has_told_of_the_field() -> None:
    made, cdp, told = keyboard()
    made.heard(FRAME, json.dumps(CODE))
    made.heard(TOP, '{"field": 0}')
    made.type(field=52, text="7", key="")
    assert cdp.asked == [("frame", 7, [52, "7", ""])]
    made.heard(FRAME, '{"field": 0}')
    made.type(field=52, text="8", key="")
    assert len(cdp.asked) == 1
    assert [each.field for each in told] == [52, 0]


async def test_new_document_is_told_what_the_visit_has_held() -> None:
    made, cdp, told = keyboard()
    made.heard(TOP, '{"kept": "Chamois"}')
    made.heard(FRAME, '{"kept": "Chamois"}')
    made.world_made(NEXT)
    assert cdp.asked == [("page", 4, [["Chamois"]])]
    assert told == []


async def test_page_that_hangs_gets_no_more_and_nonsense_nothing() -> None:
    made, cdp, told = keyboard()
    made.heard(TOP, "{")
    made.heard(TOP, '{"field": "x"}')
    assert told == []
    made.heard(TOP, json.dumps(PASSWORD))
    for _ in range(WAITING_MOST + 5):
        made.type(field=41, text="x", key="")
    assert len(cdp.asked) == WAITING_MOST
