"""The stage beside the kiosk: the same page with the same message, to know what stands where.

What the real screen shows is compared with it, and touched where it says.
"""

from __future__ import annotations

import mimetypes
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt
from playwright.sync_api import Browser, Page, Route

from cordee_wire import stage
from cordee_wire.message import encode
from e2e.stand.processes import ROOT, wait_until
from e2e.stand.screen import Screen

STAGE = ROOT / "kiosk/src/cordee_kiosk/stage"
ORIGIN = "https://stage.cordee.invalid"
ALIKE = 6.0
"""Mean difference (0 to 255) of two pictures of the same thing, drawn by two browsers."""

Picture = npt.NDArray[np.uint8]


class StageTwin:
    """The stage as `screen` should show it. A context manager."""

    def __init__(self, browser: Browser, screen: Screen) -> None:
        """Open the stage in a window as large as the screen."""
        self.screen = screen
        self._own: Picture | None = None
        size = {"width": screen.width_px, "height": screen.height_px}
        self._context = browser.new_context(viewport=size, locale="fr-FR")  # type: ignore[arg-type]
        self._context.route(f"{ORIGIN}/**", _serve)
        self.page: Page = self._context.new_page()
        self.page.goto(f"{ORIGIN}/")
        self.page.wait_for_function("globalThis.cordee !== undefined")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._context.close()

    def show(self, message: stage.Show) -> None:
        """Show this, as the kiosk is expected to."""
        self._own = None
        self.page.evaluate("text => cordee.receive(text)", encode(message).decode())
        self.page.evaluate("document.fonts.ready.then(() => true)")

    def place(self, css: str) -> tuple[int, int, int, int]:
        """Return left, top, width and height of the first such element, in the screen's pixels."""
        box = self.page.locator(css).first.bounding_box()
        if box is None:
            raise AssertionError(f"the stage shows no {css}")
        return round(box["x"]), round(box["y"]), round(box["width"]), round(box["height"])

    def difference(self, css: str) -> float:
        """Return how far the real screen is from this one at the element (0: the same)."""
        left, top, width, height = self.place(css)
        real = self.screen.picture()[:, :, ::-1]
        area = np.s_[top : top + height, left : left + width]
        return float(cv2.absdiff(_soft(self._picture()[area]), _soft(real[area])).mean())

    def wait_until_shown(self, css: str, *, within_s: float = 15) -> None:
        """Wait until the real screen shows this element as it stands here."""
        wait_until(
            lambda: self.difference(css) < ALIKE, within_s=within_s, what=f"the stage shows {css}"
        )

    def touch(self, css: str) -> None:
        """Touch the real screen where this element stands."""
        left, top, width, height = self.place(css)
        self.screen.click(left + width // 2, top + height // 2)

    def _picture(self) -> Picture:
        if self._own is None:
            shot = np.frombuffer(self.page.screenshot(animations="disabled"), np.uint8)
            read = cv2.imdecode(shot, cv2.IMREAD_COLOR)
            if read is None:
                raise AssertionError("no picture of the stage")
            self._own = read.astype(np.uint8)
        return self._own


def _soft(picture: Picture) -> Picture:
    """Blur away how two browsers smooth the edges of letters."""
    return cv2.GaussianBlur(np.ascontiguousarray(picture), (0, 0), 2.0).astype(np.uint8)


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(f"{ORIGIN}/") or "index.html"
    file = (STAGE / path).resolve()
    if not file.is_relative_to(STAGE) or not file.is_file():
        route.fulfill(status=404, body="")
        return
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    route.fulfill(body=file.read_bytes(), content_type=kind)
