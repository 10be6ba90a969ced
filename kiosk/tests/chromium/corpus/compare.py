"""How two sights of a page differ, in words."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

NEAR_PX = 2.0
SAMPLED_MOST = 1500
WORDS_MOST = 6


def differences(there: dict[str, Any], here: dict[str, Any]) -> list[str]:
    """Say where the replay (`here`) is not as the kiosk's page (`there`); nothing when it is."""
    found = [*_texts(there["texts"], here["texts"]), *_boxes(there["boxes"], here["boxes"])]
    for what in ("fields", "scrolls", "focus"):
        if what == "scrolls" and _are_near(there[what], here[what]):
            continue
        if there[what] != here[what]:
            found.append(f"{what}: {_apart(there[what], here[what])}")
    return found


def _texts(there: list[Any], here: list[Any]) -> list[str]:
    words = [each[0] for each in there], [each[0] for each in here]
    if words[0] != words[1]:
        return [f"text: {_apart(*words)}"]
    return _boxes(there, here)


def _boxes(there: list[Any], here: list[Any]) -> list[str]:
    if len(there) != len(here):
        names = [each[0] for each in there], [each[0] for each in here]
        return [f"{len(there)} boxes there, {len(here)} here: {_apart(*names)}"]
    step = len(there) // SAMPLED_MOST + 1
    pairs = zip(there[::step], here[::step], strict=True)
    off = [
        f"{a[0][:40]!r} {a[1:]} is {b[1:]}"
        for a, b in pairs
        if any(abs(x - y) > NEAR_PX for x, y in zip(a[1:], b[1:], strict=True))
    ]
    return [f"{len(off)} boxes off", *off[:WORDS_MOST]] if off else []


def _are_near(there: list[Any], here: list[Any]) -> bool:
    if [each[0] for each in there] != [each[0] for each in here]:
        return False
    return all(
        abs(a[1] - b[1]) <= NEAR_PX and abs(a[2] - b[2]) <= NEAR_PX
        for a, b in zip(there, here, strict=True)
    )


def _apart(there: Any, here: Any) -> str:
    """Show two lists from their first difference on."""
    if not isinstance(there, list):
        return f"{there!r} is {here!r}"
    for at, (a, b) in enumerate(zip_longest(there, here)):
        if a != b:
            return f"from {at} on {there[at : at + WORDS_MOST]} is {here[at : at + WORDS_MOST]}"
    return ""
