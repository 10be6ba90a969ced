from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import until_asked

from chromium.conftest import HERE
from chromium.partner_site import Site
from cordee_kiosk.adapters.chromium.browser import ChromiumBrowser

FRENCH, ENGLISH = ["jj", "mm", "aaaa"], ["dd", "mm", "yyyy"]
TEXT_NODE = 3


@pytest.mark.parametrize(
    ("settings", "drawn", "asked"),
    [({}, FRENCH, "fr-FR,fr"), ({"language": "en-GB"}, ENGLISH, "en-GB,en")],
)
async def test_date_fields_and_sites_speak_the_language_of_the_place(
    chromium: dict[str, Any], site: Site, settings: dict[str, Any], drawn: list[str], asked: str
) -> None:
    site.pages["/date"] = "<!doctype html><title>Date</title><input type=date>"
    browser = ChromiumBrowser(**chromium, **settings)
    await browser.start()
    try:
        await browser.open_guest(url=f"{site.url}/date", allowed_hosts=[site.host])
        assert await until_asked(lambda: date_field(browser), what="a date field") == drawn
        assert site.languages[0].startswith(asked)
    finally:
        await browser.close()


@pytest.fixture
def chromium(display: str, recorder: Path, tmp_path: Path) -> dict[str, Any]:
    return {
        "binary": "chromium",
        "display": display,
        "profile_dir": tmp_path / "profile",
        "extra_flags": ["--disable-gpu"],
        "no_sandbox": True,
        "stage_dir": HERE / "stage",
    }


async def date_field(browser: ChromiumBrowser) -> list[str]:
    """Return the words that Chromium draws in an empty date field, none before it is there."""
    assert browser._guest is not None
    whole = {"depth": -1, "pierce": True}
    page = await browser._cdp.call("DOM.getDocument", whole, browser._guest.session)
    return [text for text in texts_of(page["root"]) if text.isalpha() and text != "Date"]


def texts_of(node: dict[str, Any]) -> Iterator[str]:
    """Yield every text of a document as CDP gives it, that of Chromium's own fields too."""
    if node["nodeType"] == TEXT_NODE:
        yield node["nodeValue"]
    for child in [*node.get("shadowRoots", []), *node.get("children", [])]:
        yield from texts_of(child)
