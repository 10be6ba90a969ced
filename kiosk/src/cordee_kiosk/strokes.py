"""Hands on what is typed on the kiosk's keyboards."""

from __future__ import annotations

from cordee_kiosk import browsing, ports
from cordee_kiosk.core import commands as c


def hand_on(
    command: c.HoldKeyboard | c.TypeSecret | c.PressOnStage,
    *,
    keyboard: ports.StopKey,
    browser: browsing.Browser | None,
) -> None:
    """Hold the keyboard, or bring a stroke to its blind field or the stage; without one: nowhere.

    Nothing here is logged.
    """
    match command:
        case c.HoldKeyboard(is_held=is_held):
            keyboard.hold(is_held=is_held)
        case c.TypeSecret(field=number, text=text, key=key) if browser is not None:
            browser.type_secret(field=number, text=text, key=key)
        case c.PressOnStage(text=text, name=name, shift=shift) if browser is not None:
            browser.press_stage(ports.Key(text, name, shift))
        case _:
            pass
