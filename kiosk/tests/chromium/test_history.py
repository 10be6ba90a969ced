from __future__ import annotations

from typing import Any

from cordee_kiosk.adapters.chromium.history import cleaned, where
from cordee_kiosk.browsing import GuestMoved

EMPTY = {"url": "about:blank", "title": ""}
FIRST = {"url": "https://caf.example/demande?a=1#haut", "title": "Demande"}
SECOND = {"url": "https://caf.example/suite"}


def history(*entries: dict[str, str], at: int) -> dict[str, Any]:
    return {"entries": list(entries), "currentIndex": at}


def test_the_empty_page_that_the_window_began_with_does_not_count() -> None:
    assert where(history(at=0)) is None
    assert where(history(EMPTY, at=0)) is None
    first = where(history(EMPTY, FIRST, at=1))
    assert first == GuestMoved(FIRST["url"], "Demande", may_back=False, may_forward=False)


def test_back_and_forward_are_possible_where_there_are_pages() -> None:
    assert where(history(EMPTY, FIRST, SECOND, at=2)) == GuestMoved(
        SECOND["url"], "", may_back=True, may_forward=False
    )
    back = where(history(EMPTY, FIRST, SECOND, at=1))
    assert back is not None
    assert (back.may_back, back.may_forward) == (False, True)


def test_what_the_page_does_not_say_is_secret_is_left_out_whole() -> None:
    place = GuestMoved(FIRST["url"], "Demande", may_back=True, may_forward=False)
    assert cleaned(place, None) == GuestMoved(
        "https://caf.example/demande", "", may_back=True, may_forward=False
    )
    hidden = ("https://caf.example/demande?a=•••", "Demande")
    assert cleaned(place, hidden) == GuestMoved(*hidden, may_back=True, may_forward=False)
