"""What axe-core finds on an open page that bars somebody from using it.

    assert barriers(page) == []

WCAG 2.2 AA and good practice; everything, however grave.
"""

from __future__ import annotations

from functools import cache
from weakref import WeakSet

from playwright.sync_api import Page

from e2e.stand.processes import ROOT

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
RUN = """async () => !("axe" in globalThis) ? null : (await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
})).violations.map(
    ({ id, nodes }) => [id, ...nodes.map(({ html, failureSummary }) => html + failureSummary)])"""
_brings_it: WeakSet[Page] = WeakSet()
"""Pages whose documents to come have axe from their beginning: half the time of bringing it."""


def barriers(page: Page) -> list[list[str]]:
    """Return, for each rule broken on the page as it stands, its name and the places."""
    found: list[list[str]] | None = page.evaluate(RUN)
    if found is None:
        # Evaluated, not added as a script, which the page's policy would refuse.
        for frame in page.frames:
            frame.evaluate(_axe())
        found = page.evaluate(RUN)
    if page not in _brings_it:
        page.add_init_script(_axe())
        _brings_it.add(page)
    assert found is not None
    return found


@cache
def _axe() -> str:
    return AXE.read_text()
