"""A browser in the village that shows a page on a display, and says where things are on it.

Run by `bench peers`: questions come as JSON lines on the standard input, answers go out on the
standard output. Neither goes over the line: a peer's bench must know where to press, its viewer
shows pixels only.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, sync_playwright

from e2e.stand.agent import CHROMIUM

_OPTIONS = """(field, wanted) => {
    const found = Array.from(field.options)
        .findIndex((each) => wanted === each.value || wanted === each.label.trim());
    return found < 0 ? null : found - Math.max(0, field.selectedIndex);
}"""
_BOX = """(one) => {
    const { left, top, width, height } = one.getBoundingClientRect();
    return { left, top, width, height };
}"""


def answer(page: Page, question: dict[str, Any]) -> Any:
    """Answer one question: `box`, `ticked` or `option` of the element that `css` names."""
    element = page.locator(question["css"]).first
    element.wait_for(state="attached", timeout=20_000)
    match question["ask"]:
        case "box":
            return element.evaluate(_BOX)
        case "ticked":
            return element.evaluate("one => one.checked")
        case _:
            return element.evaluate(_OPTIONS, question["text"])


def main() -> None:
    """Show the page until the standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--size", required=True, help="WIDTHxHEIGHT in pixels")
    options = parser.parse_args()
    width, _, height = options.size.partition("x")
    with sync_playwright() as driver, TemporaryDirectory(prefix="cordee-bench-") as profile:
        # Only the first window of a profile fills the screen.
        browser = driver.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=False,
            no_viewport=True,
            chromium_sandbox=os.geteuid() != 0,
            args=["--kiosk", f"--window-size={width},{height}", "--window-position=0,0"],
        )
        page = browser.pages[0]
        page.goto(options.url)
        print(json.dumps("shown"), flush=True)
        for line in sys.stdin:
            print(json.dumps(answer(page, json.loads(line))), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
