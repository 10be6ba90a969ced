"""A task done at a viewer's display, whatever stands behind it, and how long its picture takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bench.steps import Plan, Step
from bench.viewer import CHANGED, Box, Colours, Place, Viewer
from e2e.stand.processes import NotInTime

KEY_EVERY_S = 0.07
REST_S = (0.4, 0.1)
"""Between two presses: longer than what the first may still cause, and not in step with it."""
TO_THE_KEYS_S = 0.15
"""From the pointer to the keyboard."""
ECHO_MOST_S = 2.0
WITHIN_S = 60
ANSWERED_S = 5
"""How long an answer that the site has given may take to be seen, before it shows nothing new."""
QUIET_S = 1.0
READABLE = 0.02
"""Share of the frame's places that differ from the empty frame once a page is there."""
HALF = 0.5

Value = tuple[float, str]
"""When a field has begun to show a text (ms), and the text."""


class Desk(Protocol):
    """What a person sees and does at a viewer's display."""

    def frame(self) -> Box:
        """Return where the shared page is shown."""

    def place_of(self, css: str) -> Place:
        """Return where an element is, once it is in view and at rest."""

    def box_of(self, css: str) -> Box:
        """Return the box of an element that is in view."""

    def is_ticked(self, css: str) -> bool:
        """Return whether a box or a choice is ticked."""

    def choose(self, css: str, text: str) -> None:
        """Choose the options of these values or words, a line each, or set a date."""

    def scroll(self, css: str, down_px: int) -> None:
        """Turn the wheel above an element."""

    def watch(self, css: str) -> Callable[[], list[Value]]:
        """Begin to note what a field shows; what is returned tells, once it is confirmed."""

    def submissions(self) -> int:
        """Return how often the site has received something."""


@dataclass
class Found:
    """What the task gave, in milliseconds."""

    clicks: list[float] = field(default_factory=list)
    echoes: list[float] = field(default_factory=list)
    wrong_echoes: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)


@dataclass
class Typed:
    """What was typed into one field: so many letters, of which some were seen in time (ms)."""

    told: Callable[[], list[Value]]
    letters: int
    echoes: list[float] = field(default_factory=list)


class Task:
    """The steps of a plan, done with a pointer and a keyboard."""

    def __init__(self, desk: Desk, viewer: Viewer) -> None:
        """Nothing is done before `probe` or `run`."""
        self.desk = desk
        self.viewer = viewer
        self.found = Found()
        self._typed: list[Typed] = []

    def probe(self, css: str, times: int) -> None:
        """Press the probe so often, each time until most of it has another colour."""
        place, box = self.desk.place_of(css), self.desk.box_of(css)
        grid = box.grid(9)
        for number in range(times):
            before = self.viewer.colours(grid)
            at = self.viewer.press(place)
            changed_at = self.viewer.changed_at(grid, before, share=HALF, within_s=WITHIN_S)
            self.found.clicks.append(1000 * (changed_at - at))
            time.sleep(REST_S[0] + REST_S[1] * (number % 7) / 7)

    def run(self, plan: Plan) -> None:
        """Do the steps in order."""
        for step in plan.steps:
            self._do(step)
        self._settle()

    def _do(self, step: Step) -> None:
        match step.do:
            case "click":
                self.viewer.press(self.desk.place_of(step.at))
                time.sleep(TO_THE_KEYS_S)
            case "tick":
                place = self.desk.place_of(step.at)
                if not self.desk.is_ticked(step.at):
                    self.viewer.press(place)
            case "type":
                self._type(step.at, step.text)
            case "choose":
                self.desk.choose(step.at, step.text)
            case "scroll":
                self.desk.place_of(step.at)
                if step.text:
                    self.desk.scroll(step.at, round(float(step.text)))
            case _:
                self._submit(step.at)

    def _type(self, css: str, text: str) -> None:
        self.viewer.press(self.desk.place_of(css))
        box = self.desk.box_of(css)
        told = self.desk.watch(css)
        time.sleep(TO_THE_KEYS_S)
        typed = Typed(told, sum(letter.isalnum() for letter in text))
        for letter in text:
            before = self.viewer.ink(box)
            at = self.viewer.key(letter)
            if letter.isalnum():
                # A letter is waited for before the next: else it would count as that one's echo.
                written_at = self.viewer.written_at(box, before, within_s=ECHO_MOST_S)
                if written_at is not None:
                    typed.echoes.append(1000 * (written_at - at))
            time.sleep(max(0.0, KEY_EVERY_S - (time.monotonic() - at)))
        self._typed.append(typed)

    def _settle(self) -> None:
        """Wait until all that was typed is confirmed, and count what was seen of it."""
        for typed in self._typed:
            values = typed.told()
            # A letter that the page does not take, as beyond a limit, has no echo to be late.
            stands = sum(letter.isalnum() for letter in values[-1][1]) if values else typed.letters
            late = max(0, min(typed.letters, stands) - len(typed.echoes))
            self.found.echoes += typed.echoes + [1000 * ECHO_MOST_S] * late
            self.found.wrong_echoes += wrong_for(values)
        self._typed.clear()

    def _submit(self, css: str) -> None:
        self._settle()
        place = self.desk.place_of(css)
        grid = self.desk.frame().grid()
        sent, seen = self.desk.submissions(), self.viewer.colours(grid)
        at = last_at = self.viewer.press(place)
        received_at = 0.0
        while not self._is_shown(received_at, last_at):
            now, colours = time.monotonic(), self.viewer.colours(grid)
            if _differ(colours, seen):
                seen, last_at = colours, now
            if not received_at and self.desk.submissions() > sent:
                received_at = now
            if not received_at and now > at + WITHIN_S:
                raise NotInTime(f"{css}: the site has received nothing within {WITHIN_S} s")
        self.found.submits.append(1000 * (max(last_at, received_at) - at))

    def _is_shown(self, received_at: float, last_at: float) -> bool:
        """Return whether the answer has been seen and its picture is quiet."""
        if not received_at:
            return False
        now = time.monotonic()
        waited_s = QUIET_S if last_at > received_at else ANSWERED_S
        return now > max(last_at, received_at) + waited_s or now > received_at + WITHIN_S


def wrong_for(values: list[Value]) -> list[float]:
    """Return how long each wrong text of a field stood, in milliseconds.

    A text that is not the beginning of a later one was wrong, from when it was first seen until the
    first one that corrects it. The texts are those of a field that is only written on.
    """
    found = []
    for n, (at, text) in enumerate(values[:-1]):
        next_at, following = values[n + 1]
        if following.startswith(text):
            continue
        since = at
        for earlier_at, earlier in reversed(values[: n + 1]):
            if following.startswith(earlier):
                break
            since = earlier_at
        found.append(next_at - since)
    return found


def _differ(one: Colours, other: Colours) -> bool:
    return bool((np.abs(one - other) > CHANGED).any(axis=1).mean() > READABLE)
