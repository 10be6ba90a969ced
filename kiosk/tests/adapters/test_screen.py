from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium.screen import virtual_screen
from Xlib.display import Display

from cordee_kiosk.adapters.screen import DARK_AFTER_S, XScreen


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Put in xset's place what notes its display and words: Xvfb knows no DPMS."""
    notes = tmp_path / "notes"
    program = tmp_path / "xset"
    program.write_text(f'#!/bin/sh\necho "$DISPLAY $*" >> {notes}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def taken() -> list[str]:
        lines = notes.read_text().splitlines()
        notes.unlink()
        return lines

    return taken


def blanks_after_s(display: str) -> int:
    """Return when X itself blanks the screen, 0 for never."""
    x = Display(display)
    after_s = int(x.get_screen_saver().timeout)
    x.close()
    return after_s


async def test_screen_stays_on_once_awake() -> None:
    with virtual_screen() as display:
        assert blanks_after_s(display) > 0
        screen = XScreen(display)
        await screen.wake()
        assert blanks_after_s(display) == 0
        # A screen without DPMS stays on: nothing but DPMS makes it dark.
        await screen.rest()
        assert blanks_after_s(display) == 0


async def test_power_saving_ends_with_waking_and_begins_with_rest(
    told: Callable[[], list[str]],
) -> None:
    screen = XScreen(":7")
    await screen.wake()
    assert told() == [":7 s off s reset", ":7 dpms force on", ":7 -dpms"]
    await screen.rest()
    assert told() == [f":7 +dpms dpms {DARK_AFTER_S} {DARK_AFTER_S} {DARK_AFTER_S}"]


async def test_missing_screen_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    await XScreen(":4999").wake()
    monkeypatch.setenv("PATH", "/nowhere")
    await XScreen(":4999").rest()
