"""Several documents of a page speak of the focus: which one gets the strokes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from cordee_kiosk.adapters.chromium.cdp import Cdp, Params
from cordee_kiosk.adapters.chromium.secret_keyboard import WAITING_MOST, SecretKeyboard
from cordee_kiosk.ports import GuestAtSecret

TOP, FRAME = ("page", 3), ("frame", 7)
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
    made.heard(json.dumps(CODE), FRAME)
    made.heard('{"field": 0}', TOP)
    made.type(field=52, text="7", key="")
    made.type(field=41, text="x", key="")
    assert cdp.asked == [("frame", 7, [52, "7", ""])]
    made.heard('{"field": 0}', FRAME)
    made.type(field=52, text="8", key="")
    assert len(cdp.asked) == 1
    assert [each.field for each in told] == [52, 0]


async def test_document_that_goes_takes_its_field_along() -> None:
    made, cdp, told = keyboard()
    made.heard(json.dumps(PASSWORD), TOP)
    made.world_gone(FRAME)
    assert told[-1].field == 41
    made.world_gone(TOP)
    made.type(field=41, text="x", key="")
    assert (told[-1].field, cdp.asked) == (0, [])
    made.heard(json.dumps(PASSWORD), TOP)
    made.world_made(("page", 4))
    assert told[-1].field == 0


async def test_new_document_is_told_what_the_visit_has_held() -> None:
    made, cdp, told = keyboard()
    made.heard('{"kept": "Chamois"}', TOP)
    made.heard('{"kept": "Chamois"}', FRAME)
    made.world_made(("page", 4))
    assert cdp.asked == [("page", 4, [["Chamois"]])]
    assert told == []


async def test_page_that_hangs_gets_no_more_and_nonsense_nothing() -> None:
    made, cdp, told = keyboard()
    made.heard("{", TOP)
    made.heard('{"field": "x"}', TOP)
    assert told == []
    made.heard(json.dumps(PASSWORD), TOP)
    for _ in range(WAITING_MOST + 5):
        made.type(field=41, text="x", key="")
    assert len(cdp.asked) == WAITING_MOST
