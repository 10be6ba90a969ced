"""What is done in `bench cobrowse`, as a file says it: the probe, the steps, what must arrive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOINGS = ("click", "type", "choose", "tick", "scroll", "submit")
_NEED_TEXT = ("type", "choose")


class StepsUnread(ValueError):
    """The file is not what `read_plan` takes; its text says where and why."""


@dataclass(frozen=True)
class Step:
    """One thing done at the element that the CSS selector `at` names.

    `text` is what is typed or chosen; for `scroll` a number of pixels down inside the element.
    """

    do: str
    at: str
    text: str = ""


@dataclass(frozen=True)
class Plan:
    """All that is done on a page. Without a `probe` no click is measured."""

    probe: str
    steps: tuple[Step, ...]
    expect: Mapping[str, str]

    @property
    def letters(self) -> set[str]:
        """Every character that is typed."""
        return {letter for step in self.steps if step.do == "type" for letter in step.text}


def read_plan(file: Path) -> Plan:
    """Read `{"probe": CSS, "steps": [{"do", "at", "text"}], "expect": {name: value}}`.

    `expect` says what the site's server must have received of each field. Raises StepsUnread.
    """
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StepsUnread(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise StepsUnread(f"{file}: no JSON ({error})") from error
    if not isinstance(given, dict):
        raise StepsUnread(f'{file}: an object with "probe", "steps" and "expect" is wanted')
    if unknown := set(given) - {"probe", "steps", "expect"}:
        raise StepsUnread(f"{file}: unknown: {', '.join(sorted(unknown))}")
    steps, expect = given.get("steps", []), given.get("expect", {})
    if not isinstance(steps, list) or not isinstance(expect, dict):
        raise StepsUnread(f'{file}: "steps" is a list, "expect" an object')
    return Plan(
        probe=_text(given.get("probe", ""), f"{file}: probe"),
        steps=tuple(_step(each, f"{file}: step {n}") for n, each in enumerate(steps, start=1)),
        expect={str(name): _text(value, f"{file}: {name}") for name, value in expect.items()},
    )


def _step(given: Any, where: str) -> Step:
    if not isinstance(given, dict) or given.get("do") not in DOINGS:
        raise StepsUnread(f'{where}: "do" is one of {", ".join(DOINGS)}')
    if unknown := set(given) - {"do", "at", "text"}:
        raise StepsUnread(f"{where}: unknown: {', '.join(sorted(unknown))}")
    at = _text(given.get("at", ""), f"{where}: at")
    if not at:
        raise StepsUnread(f'{where}: "at" names an element by a CSS selector')
    if given["do"] in _NEED_TEXT and "text" not in given:
        raise StepsUnread(f'{where}: "text" is missing')
    text = given.get("text", "")
    if given["do"] == "choose" and isinstance(text, list):
        text = "\n".join(_text(each, f"{where}: text") for each in text)
    return Step(given["do"], at, _text(text, f"{where}: text"))


def _text(given: Any, where: str) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise StepsUnread(f"{where}: a text is wanted")
    return str(given)
