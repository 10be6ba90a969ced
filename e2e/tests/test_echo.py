"""What the agent types is shown before the kiosk has it, and ends as the partner's page says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cordee_wire import control
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.world import World

PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Saisie</title><h1>Saisie</h1>
<p><label>Jour <input id="jour"></label>
<p><label>Code postal <input id="code" maxlength="5"></label>
<p><label>Nom <input id="nom"></label>
<p><label>Courriel <input id="courriel" type="email"></label>
<p><label>Motif <textarea id="motif"></textarea></label>
<p><label>Compté <input id="compte" maxlength="10"></label>
<p><label>JJ <input id="jj" maxlength="2"></label> <label>MM <input id="mm" maxlength="2"></label>
<script>
const day = document.getElementById("jour");
day.addEventListener("input", () => {
  const digits = day.value.replace(/\\D/g, "").slice(0, 8);
  day.value = digits.replace(/^(..)(?=.)/, "$1/").replace(/^(..\\/..)(?=.)/, "$1/");
});
document.getElementById("compte").addEventListener("input", ({ target }) => {
  if (target.value.length === 2 || target.value.length === 5) target.value += "/";
});
document.getElementById("jj").addEventListener("input", ({ target }) => {
  if (target.value.length === 2) document.getElementById("mm").focus();
});
</script>"""

NOTE_VALUES = """css => {
  const field = document.querySelector("iframe.replay").contentDocument.querySelector(css);
  const values = [];
  globalThis.noted = values;
  const look = () => {
    if (field.value !== values.at(-1)) values.push(field.value);
    if (globalThis.noted === values) requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720) as world:
        world.site.pages["/essai/saisie"] = PAGE
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            begun.counter.obtain("see")
            begun.counter.obtain("control")
            yield begun


@pytest.fixture(autouse=True)
def _fields_are_empty(met: Meeting) -> None:
    url = f"{met.world.site.base}essai/saisie"
    before = met.counter.mirror().locator("h1").element_handle()
    done = met.tap.answer(control.Open(id=met.tap.next_id(), url=url))
    assert done.ok, done.message
    # What stands there may be the page of the test before.
    wait_until(
        lambda: not before.evaluate("heading => heading.isConnected"),
        within_s=20,
        what="the page is shown anew",
    )
    met.counter.wait_for_text("h1", "Saisie")
    met.counter.wait_for_value("#nom", "")


def test_mask_has_the_last_word_and_no_digit_is_seen_twice(met: Meeting) -> None:
    _type_noting(met, "#jour", "09051985")
    met.counter.wait_for_value("#jour", "09/05/1985")
    for value in _noted(met):
        assert "09051985".startswith(value.replace("/", "")), value


def test_text_that_travels_as_one_is_typed_as_many(met: Meeting) -> None:
    _type_as_one(met, "#compte", "09051985")
    met.counter.wait_for_value("#compte", "09/05/1985")


def test_page_that_moves_on_takes_the_text_along(met: Meeting) -> None:
    _type_as_one(met, "#jj", "0905")
    met.counter.wait_for_value("#jj", "09")
    met.counter.wait_for_value("#mm", "05")


def test_no_more_is_shown_than_the_field_takes(met: Meeting) -> None:
    _type_noting(met, "#code", "056001")
    met.counter.wait_for_value("#code", "05600")
    for value in _noted(met):
        assert "05600".startswith(value), value


def test_every_key_counts_once_however_fast_they_come(met: Meeting) -> None:
    met.counter.click("#nom")
    keyboard = met.counter.page.keyboard
    for _ in range(3):
        keyboard.type("Élodie")
        for key in ("Backspace", "Backspace", "ArrowLeft", "Delete", "End"):
            keyboard.press(key)
        keyboard.type(" x ")
    met.counter.wait_for_value("#nom", "Élo x " * 3)
    keyboard.press("Tab")
    keyboard.type("e@exemple.fr")
    keyboard.press("Tab")
    keyboard.type("deux")
    keyboard.press("Enter")
    keyboard.type("lignes")
    met.counter.wait_for_value("#motif", "deux\nlignes")
    met.counter.wait_for_value("#courriel", "e@exemple.fr")


def test_letter_is_shown_at_once_and_marked_until_it_is_confirmed(met: Meeting) -> None:
    met.counter.click("#nom")
    met.counter.mirror().locator("#nom[data-cordee-focus]").wait_for()
    shown = met.counter.page.evaluate(
        """() => {
          const { contentDocument: shared } = document.querySelector("iframe.replay");
          const field = shared.querySelector("#nom");
          const area = document.querySelector(".replay-keys");
          area.value = "É";
          area.dispatchEvent(new Event("input"));
          const { textDecorationLine, textDecorationStyle } = getComputedStyle(field);
          return [field.value, textDecorationLine, textDecorationStyle];
        }"""
    )
    assert shown == ["É", "underline", "dashed"]
    met.counter.wait_for_value("#nom", "É")


def _type_as_one(met: Meeting, css: str, text: str) -> None:
    """Let a text travel in one verb, as on a thin line."""
    met.counter.click(css)
    met.counter.page.locator(".replay-keys").evaluate(
        """(area, text) => { area.value = text; area.dispatchEvent(new Event("input")); }""", text
    )


def _type_noting(met: Meeting, css: str, text: str) -> None:
    """Type, and note each value that a frame of the agent's display could show."""
    met.counter.click(css)
    met.counter.page.evaluate(NOTE_VALUES, css)
    for letter in text:
        met.counter.page.keyboard.type(letter, delay=30)


def _noted(met: Meeting) -> list[Any]:
    noted: list[Any] = met.counter.page.evaluate("noted")
    assert len(noted) > 1
    return noted
