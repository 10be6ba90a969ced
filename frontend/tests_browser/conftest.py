"""A real Chromium with a fake camera, and the front end as the kiosk gets it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

FRONTEND = Path(__file__).resolve().parents[1]
STAGE = FRONTEND.parent / "kiosk" / "src" / "cordee_kiosk" / "stage"
ORIGIN = "https://stage.cordee.invalid"
# As the kiosk's stage host sends it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; media-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Bundle a module of this directory as a script that sets `globalThis[its name]`."""

    def bundle(name: str) -> Path:
        here, into = Path(__file__).parent, tmp_path_factory.mktemp(name)
        command = ["node", str(here / "bundle.mjs"), str(here / f"{name}.ts"), name, str(into)]
        subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
        return into / f"{name}.js"

    return bundle


@pytest.fixture(scope="session")
def origin() -> str:
    """Return the stage's reserved origin, a secure context."""
    return ORIGIN


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests, with Chromium's own fake camera and microphone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh context whose stage origin is answered from the built files, as the kiosk does."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).lstrip("/") or "index.html"
        file = (STAGE / path).resolve()
        if not file.is_relative_to(STAGE) or not file.is_file():
            route.fulfill(status=404, body="")
            return
        route.fulfill(
            body=file.read_bytes(),
            headers={
                "content-type": KINDS.get(file.suffix, "application/octet-stream"),
                "content-security-policy": POLICY,
            },
        )

    context.route(f"{ORIGIN}/**", answer)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return a page that reports what its scripts throw."""
    return context.new_page()
