"""The agent's half: a headless Chromium with the replay document that the counter has."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route, async_playwright

HERE = Path(__file__).parent
TESTS_BROWSER = HERE.parents[3] / "frontend" / "tests_browser"
COUNTER = "https://guichet.cordee.invalid"
# As the server sends them for the counter and for the replay's own document.
COUNTER_POLICY = "default-src 'self'; img-src 'self' blob:; frame-src 'self'"
REPLAY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src blob:; font-src blob:; "
    "frame-ancestors 'self'"
)
REPLAY = '<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><title>R</title></head>'
FRAME = (
    "<!doctype html><body style='margin:0'><iframe src='/miroir/' sandbox='allow-same-origin' "
    "style='border:0;width:1024px;height:700px'></iframe>"
)
MEASURE = (HERE / "measure.js").read_text(encoding="utf-8")
Measured = dict[str, Any]


@dataclass
class Viewer:
    """The agent's page. `asked` is what it asked of anyone, `said` what its console said."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def push(self, pieces: list[bytes]) -> None:
        """Take pieces of the mirror's stream."""
        texts = [base64.b64encode(each).decode() for each in pieces]
        await self.page.evaluate("pieces => viewer.push(pieces)", texts)

    async def measured(self) -> Measured:
        found: Measured = await self.page.evaluate(f"() => ({MEASURE})(viewer.replay.doc, true)")
        return found

    async def id_of(self, path: str) -> int:
        """Return the mirrored node of a selector, 0 while there is none."""
        return int(await self.page.evaluate("path => viewer.idOf(path)", path))

    async def url(self) -> str:
        return str(await self.page.evaluate("viewer.url"))

    async def lost(self) -> int:
        """Return how often the replay has lost its thread."""
        return int(await self.page.evaluate("viewer.lost"))


def _bundled(folder: Path) -> str:
    """Bundle the front end's half of the corpus."""
    command = ["node", "bundle.mjs", "corpus.ts", "corpus", str(folder)]
    subprocess.run(command, cwd=TESTS_BROWSER, check=True, capture_output=True)
    return (folder / "corpus.js").read_text(encoding="utf-8")


@contextlib.asynccontextmanager
async def viewer(folder: Path) -> AsyncIterator[Viewer]:
    """Yield an agent's page with an empty replay."""
    script = await asyncio.to_thread(_bundled, folder)

    async def answer(route: Route) -> None:
        is_replay = route.request.url.endswith("/miroir/")
        await route.fulfill(
            body=REPLAY if is_replay else FRAME,
            headers={
                "content-security-policy": REPLAY_POLICY if is_replay else COUNTER_POLICY,
                "content-type": "text/html; charset=utf-8",
            },
        )

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            # The widths of dates and times are those of the language.
            args=["--lang=fr-FR", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            env={**os.environ, "LANGUAGE": "fr_FR"},
            # Bars take the room that they take in the kiosk's window.
            ignore_default_args=["--hide-scrollbars"],
        )
        page = await chromium.new_page(viewport={"width": 1280, "height": 800}, locale="fr-FR")
        shown = Viewer(page)
        await page.route(f"{COUNTER}/**", answer)
        await page.goto(f"{COUNTER}/")
        page.on("request", lambda request: shown.asked.append(request.url))
        page.on("console", lambda line: shown.said.append(line.text))
        page.on("dialog", lambda dialog: shown.said.append(f"dialog {dialog.message}"))
        await page.evaluate(script + "; globalThis.corpus = corpus;")
        await page.evaluate(
            "() => { globalThis.viewer = new corpus.Viewer(document.querySelector('iframe')); }"
        )
        yield shown
        await chromium.close()
