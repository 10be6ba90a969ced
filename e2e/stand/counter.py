"""The agent at the counter: what they click, press and read, as a person would."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from playwright.sync_api import Frame, Locator, Page, expect

from e2e.stand.processes import wait_until

WITHIN_MS = 20_000
T = TypeVar("T")


@dataclass(frozen=True)
class Counter:
    """The open counter of one visit."""

    page: Page

    def mark(self, name: str) -> str:
        """Return what the page says in `<html data-NAME>`, such as `call` or `first-frame-at`."""
        return self.page.locator("html").get_attribute(f"data-{name}") or ""

    def wait_for_face(self, *, within_s: float) -> tuple[float, tuple[int, ...]]:
        """Wait for the first live frame; return its instant (server's clock) and mean colour."""
        wait_until(lambda: bool(self.mark("first-frame-at")), within_s=within_s, what="a face")
        colour = tuple(int(part) for part in self.mark("first-frame-colour").split(","))
        return float(self.mark("first-frame-at")), colour

    def act(self, name: str) -> Locator:
        """Return the row of an act: see, control or scan."""
        return self.page.locator(f"li[data-act={name}]")

    def ask(self, act: str) -> None:
        """Ask the citizen's leave, and wait until the kiosk has said it aloud."""
        self.act(act).locator("[data-do=ask]").click()
        expect(self.act(act)).to_have_attribute("data-state", "waiting", timeout=WITHIN_MS)

    def obtain(self, act: str) -> None:
        """Ask, and declare the citizen's spoken yes."""
        self.ask(act)
        self.act(act).locator("[data-do=yes]").click()
        self.wait_for_state(act, "given")

    def wait_for_state(self, act: str, state: str) -> None:
        """Wait until the act is in this state: given, refused, revoked."""
        expect(self.act(act)).to_have_attribute("data-state", state, timeout=WITHIN_MS)

    def mirror(self) -> Frame:
        """Return the replay's document. It is read only: input goes through the overlay."""
        self.page.wait_for_selector(".replay-frame[data-shown]", timeout=WITHIN_MS)
        frame = self.page.query_selector("iframe.replay")
        document = frame.content_frame() if frame else None
        if document is None:
            raise AssertionError("the counter has no replay")
        return document

    def click(self, css: str) -> None:
        """Click an element of the kiosk's page where the agent sees it, scrolling to it first."""
        self.page.mouse.click(*self.place_of(css))

    def place_of(self, css: str) -> tuple[float, float]:
        """Return where an element of the kiosk's page is seen, scrolled into view and at rest."""
        element = self.mirror().locator(css)
        element.wait_for(state="attached", timeout=WITHIN_MS)
        return at_rest(lambda: self._middle_in_view(css), what=css)

    def write(self, css: str, text: str, *, shown: str = "") -> None:
        """Click a field and type; wait until the kiosk's page shows `shown` (or the text)."""
        self.click(css)
        self.page.keyboard.type(text)
        self.wait_for_value(css, shown or text)

    def choose(self, css: str, value: str) -> None:
        """Open a list or a calendar and choose a value in it."""
        self.click(css)
        chooser = self.page.locator(".chooser-list")
        chooser.wait_for(timeout=WITHIN_MS)
        if chooser.evaluate("one => one.tagName") == "SELECT":
            chooser.select_option(value)
        else:
            chooser.fill(value)
        chooser.press("Enter")
        self.wait_for_value(css, value)

    def wait_for_value(self, css: str, value: str) -> None:
        """Wait until the mirrored field holds the value, confirmed by the kiosk."""
        confirmed = self.mirror().locator(f"{css}:not([data-cordee-echo])")
        expect(confirmed).to_have_value(value, timeout=WITHIN_MS)

    def wait_for_text(self, css: str, text: str) -> None:
        """Wait until the mirrored element says the text."""
        expect(self.mirror().locator(css).first).to_contain_text(text, timeout=WITHIN_MS)

    def scan(self) -> npt.NDArray[np.uint8]:
        """Scan with the key F8 and return the opened page as pixels (height, width, 3; BGR)."""
        before = self.page.locator(".thumbs img").count()
        self.page.keyboard.press("F8")
        images = self.page.locator(".thumbs img")
        expect(images).to_have_count(before + 1, timeout=60_000)
        return picture_of(images.nth(before))

    def end(self, *, outcome: str) -> None:
        """End the visit and note what came of it: done, to_continue, not_done, nobody_came."""
        self.page.get_by_role("button", name="Terminer").first.click()
        self.page.locator("#outcome").select_option(outcome)
        self.page.locator("#end-confirm [data-do=end]").click()
        expect(self.page.locator("#over")).to_be_visible(timeout=WITHIN_MS)

    def _middle_in_view(self, css: str) -> tuple[float, float] | None:
        """Return where the element's middle is, in pixels; scroll and return None when out of view.

        One look: the picture may be drawn anew before the next.
        """
        frame = self.page.locator("iframe.replay").bounding_box()
        area = self.page.locator(".frame").bounding_box()
        box = self.mirror().locator(css).bounding_box()
        if frame is None or area is None or box is None:
            return None
        top, bottom = (
            max(frame["y"], area["y"]),
            min(frame["y"] + frame["height"], area["y"] + area["height"]),
        )
        middle = box["y"] + box["height"] / 2
        if top + 4 < middle < bottom - 4:
            return box["x"] + box["width"] / 2, middle
        self.page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
        self.page.mouse.wheel(0, middle - (top + bottom) / 2)
        return None


def at_rest(look: Callable[[], T | None], *, what: str) -> T:
    """Return what two looks in a row agree on: what is looked at is there, and moves no more."""
    looks: list[T | None] = [None]

    def agreed() -> T | None:
        looks.append(look())
        return looks[-1] if looks[-1] == looks[-2] else None

    found = wait_until(agreed, within_s=20, what=f"{what} is in view and at rest")
    assert found is not None
    return found


def picture_of(image: Locator) -> npt.NDArray[np.uint8]:
    """Return the pixels behind an `<img>` (height, width, 3; BGR)."""
    encoded = image.evaluate(
        """async (image) => {
            await image.decode();
            const canvas = document.createElement('canvas');
            canvas.width = image.naturalWidth;
            canvas.height = image.naturalHeight;
            canvas.getContext('2d').drawImage(image, 0, 0);
            return canvas.toDataURL('image/png').split(',')[1];
        }"""
    )
    pixels = cv2.imdecode(np.frombuffer(base64.b64decode(encoded), np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise AssertionError("the page is no picture")
    return pixels.astype(np.uint8)
