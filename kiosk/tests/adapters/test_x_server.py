from __future__ import annotations

import pytest
from chromium.screen import virtual_screen

from cordee_kiosk.adapters.x_server import is_there


def test_screen_that_is_there() -> None:
    with virtual_screen() as display:
        assert is_there(display)
        assert is_there(f"{display}.0")


@pytest.mark.parametrize("display", [":4999", "unix:4999", "", "nonsense"])
def test_screen_that_is_missing(display: str) -> None:
    assert not is_there(display)


def test_screen_of_another_machine_is_left_to_x_itself() -> None:
    assert is_there("guichet.invalid:0")
