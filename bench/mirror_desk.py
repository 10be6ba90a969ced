"""What the agent sees and does at the counter, for the benches."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Frame

from bench.task import TO_THE_KEYS_S, Value
from bench.viewer import Box, Place, Viewer
from e2e.stand.counter import Counter, at_rest
from e2e.stand.processes import NotInTime, wait_until

CONFIRMED_WITHIN_S = 20
_WATCH = """(css) => {
    const field = document.querySelector(css);
    const shown = () => 'value' in field ? field.value : field.textContent;
    const seen = [];
    const look = () => {
        const text = shown();
        if (seen.length === 0 || seen[seen.length - 1][1] !== text)
            seen.push([performance.now(), text]);
    };
    look();
    const timer = setInterval(look, 4);
    const end = () => { look(); clearInterval(timer); };
    (window.parent.cordeeBench ??= {})[css] = { seen, field, end };
}"""
_IS_CONFIRMED = (
    """(css) => !window.parent.cordeeBench[css].field.hasAttribute('data-cordee-echo')"""
)
_TOLD = """(css) => { const one = window.parent.cordeeBench[css]; one.end(); return one.seen; }"""
_TICK_PLACE = """(field) => {
    const box = field.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(field).opacity !== '0';
}"""


class MirrorDesk:
    """The counter's shared page. `count` says how often the site has received something."""

    def __init__(self, counter: Counter, viewer: Viewer, count: Callable[[], int]) -> None:
        """Nothing is looked at before it is asked for."""
        self.counter = counter
        self._viewer = viewer
        self._count = count

    def frame(self) -> Box:
        """Return where the shared page is shown."""
        return _box(self.counter.page.locator(".frame").bounding_box())

    def place_of(self, css: str) -> Place:
        """Return where an element, or the label of one without a box, is at rest in view."""
        left, top = self.counter.place_of(self._shown(css))
        return round(left), round(top)

    def place_of_yes(self) -> Place:
        """Return where the agent notes that the citizen has said yes to be seen."""
        yes = self.counter.act("see").locator("[data-do=yes]")
        return _box(at_rest(yes.bounding_box, what="the yes")).middle

    def box_of(self, css: str) -> Box:
        """Return the box of an element that is in view."""
        return _box(self.counter.mirror().locator(css).first.bounding_box())

    def is_ticked(self, css: str) -> bool:
        """Return whether a box or a choice is ticked."""
        return bool(self.counter.mirror().locator(css).first.evaluate("one => one.checked"))

    def choose(self, css: str, text: str) -> None:
        """Choose the options of these values or words, a line each, or set a date."""
        self._viewer.press(self.place_of(css))
        chooser = self.counter.page.locator(".chooser-list")
        chooser.wait_for(timeout=20_000)
        if chooser.evaluate("one => one.tagName") != "SELECT":
            chooser.fill(text)
            chooser.press("Enter")
            return
        wanted = text.split("\n")
        is_one = len(wanted) == 1 and not chooser.evaluate("one => one.multiple")
        options = chooser.locator("option")
        numbers = [
            n
            for n, (value, label) in enumerate(
                options.evaluate_all("all => all.map(one => [one.value, one.label.trim()])")
            )
            if value in wanted or label in wanted
        ]
        if len(numbers) < len(wanted):
            raise ValueError(f"{css} does not offer {text!r}")
        if is_one:
            option = options.nth(numbers[0])
            option.evaluate("one => one.scrollIntoView({ block: 'nearest' })")
            self._viewer.press(_box(at_rest(option.bounding_box, what=f"{text} in {css}")).middle)
        else:
            chooser.select_option(index=numbers)
            chooser.press("Enter")
        chooser.wait_for(state="detached", timeout=20_000)

    def scroll(self, css: str, down_px: int) -> None:
        """Turn the wheel above an element."""
        self.counter.page.mouse.move(*self.box_of(css).middle)
        self.counter.page.mouse.wheel(0, down_px)
        time.sleep(TO_THE_KEYS_S)

    def watch(self, css: str) -> Callable[[], list[Value]]:
        """Begin to note what a field shows; what is returned tells, once it is confirmed."""
        mirror = self.counter.mirror()
        mirror.evaluate(_WATCH, css)
        return lambda: _told(mirror, css)

    def submissions(self) -> int:
        """Return how often the site has received something."""
        return self._count()

    def _shown(self, css: str) -> str:
        """Return the selector of what is pressed for an element: a hidden box has its label."""
        element = self.counter.mirror().locator(css).first
        element.wait_for(state="attached", timeout=20_000)
        name = element.get_attribute("id")
        is_choice = element.evaluate("one => ['checkbox', 'radio'].includes(one.type)")
        if not is_choice or not name or element.evaluate(_TICK_PLACE):
            return css
        return f'label[for="{name}"]'


def _told(mirror: Frame, css: str) -> list[Value]:
    # What is never confirmed is told as it stands: the site's answers say what came of it.
    with suppress(NotInTime, Error):
        wait_until(
            lambda: mirror.evaluate(_IS_CONFIRMED, css),
            within_s=CONFIRMED_WITHIN_S,
            what=f"{css} is confirmed",
        )
    try:
        return [(float(at), str(text)) for at, text in mirror.evaluate(_TOLD, css)]
    except Error:
        return []


def _box(found: Any) -> Box:
    if found is None:
        raise AssertionError("what is looked for is not shown")
    return Box(*(round(found[name]) for name in ("x", "y", "width", "height")))
