"""The benches' task: what its file may say, and how it counts what a display shows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.steps import Plan, Step, StepsUnread, read_plan
from bench.task import Task, Value, wrong_for
from bench.viewer import Box, Colours, Grid, Mask, Place, keysym_of

PROJECTS_OWN = Path(__file__).parents[2] / "bench/pages/form.json"


def _read(tmp_path: Path, given: object) -> Plan:
    file = tmp_path / "steps.json"
    file.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    return read_plan(file)


def test_projects_own_steps_fill_twelve_fields() -> None:
    plan = read_plan(PROJECTS_OWN)
    assert plan.probe == "#lamp"
    assert len(plan.expect) == 12
    assert plan.steps[-1] == Step("submit", "#envoyer")
    assert {"é", "’", "€"} <= plan.letters


def test_several_options_are_a_line_each_and_numbers_are_texts(tmp_path: Path) -> None:
    plan = _read(
        tmp_path,
        {
            "steps": [
                {"do": "choose", "at": "#aides", "text": ["a", "b"]},
                {"do": "type", "at": "#age", "text": 78},
            ],
            "expect": {"age": 78},
        },
    )
    assert [step.text for step in plan.steps] == ["a\nb", "78"]
    assert plan.expect == {"age": "78"}
    assert plan.probe == ""


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("nonsense", "no JSON"),
        ([], "an object"),
        ({"steps": {}}, '"steps" is a list'),
        ({"step": []}, "unknown: step"),
        ({"steps": [{"do": "dance", "at": "p"}]}, 'step 1: "do" is one of click, type'),
        ({"steps": [{"do": "click"}]}, 'step 1: "at" names an element'),
        ({"steps": [{"do": "click", "at": "p"}, {"do": "type", "at": "p"}]}, "step 2"),
        ({"steps": [{"do": "click", "at": "p", "wait": 1}]}, "unknown: wait"),
        ({"expect": {"nom": None}}, "nom: a text is wanted"),
    ],
)
def test_steps_that_are_none_are_refused_with_their_place(
    tmp_path: Path, given: object, why: str
) -> None:
    with pytest.raises(StepsUnread, match=why):
        _read(tmp_path, given)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepsUnread, match=r"absent\.json: No such file"):
        read_plan(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ([(0, ""), (70, "1"), (140, "12")], []),
        ([(0, ""), (70, "1"), (140, "12"), (150, "1 2")], [10.0]),
        # Two letters stood wrong until the word about the first of them.
        ([(0, ""), (10, "12"), (20, "123"), (30, "1234"), (60, "12 34")], [40.0]),
        ([(0, ""), (10, "ab"), (20, "abc"), (90, "ab")], [70.0]),
    ],
)
def test_a_wrong_text_stands_from_when_it_is_seen_until_it_is_corrected(
    values: list[Value], wrong: list[float]
) -> None:
    assert wrong_for(values) == wrong


@pytest.mark.parametrize(
    ("letter", "keysym"), [("a", 0x61), ("é", 0xE9), ("€", 0x010020AC), ("\n", 0xFF0D)]
)
def test_each_letter_has_the_keysym_that_writes_it(letter: str, keysym: int) -> None:
    assert keysym_of(letter) == keysym


class LateDisplay:
    """A viewer whose picture follows after `late_s`, and takes `most` letters."""

    def __init__(self, late_s: float, most: int) -> None:
        self.late_s, self.most = late_s, most
        self.letters: list[float] = []

    def press(self, place: Place) -> float:
        del place
        return time.monotonic()

    def key(self, letter: str) -> float:
        at = time.monotonic()
        if len(self.letters) < self.most:
            self.letters.append(at)
        del letter
        return at

    def ink(self, box: Box) -> Mask:
        del box
        now = time.monotonic()
        shown = sum(at + self.late_s < now for at in self.letters)
        return np.array([[column < 3 * shown for column in range(90)]])

    def written_at(self, box: Box, before: Mask, *, within_s: float) -> float | None:
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            if (self.ink(box) & ~before).sum() >= 3:
                return time.monotonic()
        return None

    def colours(self, places: Grid) -> Colours:
        return np.zeros((len(places), 3), np.int16)


class OneField:
    """A page of one field that shows `values`."""

    def __init__(self, values: list[Value]) -> None:
        self.values = values

    def place_of(self, css: str) -> Place:
        del css
        return (1, 1)

    def box_of(self, css: str) -> Box:
        del css
        return Box(0, 0, 90, 20)

    def watch(self, css: str) -> Callable[[], list[Value]]:
        del css
        return lambda: self.values


def _typed(late_s: float, most: int, values: list[Value], monkeypatch: pytest.MonkeyPatch) -> Task:
    monkeypatch.setattr("bench.task.ECHO_MOST_S", 0.3)
    task = Task(OneField(values), LateDisplay(late_s, most))  # type: ignore[arg-type]
    task.run(Plan("", (Step("type", "#nom", "abcd"),), {}))
    return task


def test_each_letter_is_timed_on_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _typed(0.1, 9, [(0, ""), (1, "abcd")], monkeypatch).found
    assert len(found.echoes) == 4
    assert all(100 <= each < 250 for each in found.echoes)


def test_a_letter_that_the_field_does_not_take_has_no_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(_typed(0, 2, [(0, ""), (1, "ab")], monkeypatch).found.echoes) == 2


def test_a_letter_that_the_field_holds_and_nobody_saw_is_as_late_as_can_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    echoes = _typed(0, 2, [(0, ""), (1, "abcd")], monkeypatch).found.echoes
    assert echoes[2:] == [300.0, 300.0]
