"""The agent's browser: Debian's Chromium with a camera of its own colour, driven by Playwright."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from playwright.sync_api import Page, sync_playwright

from e2e.stand.media import ORANGE, write_camera

CHROMIUM = "/usr/bin/chromium"


class Agent:
    """One agent at a browser. A context manager; `page` is the open page.

    `screen_env` names a display for a browser with a window; without one it is headless.
    `init_script` runs before every page's own scripts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        server_url: str,
        camera: Path | None = None,
        screen_env: dict[str, str] | None = None,
        init_script: str = "",
    ) -> None:
        """Open the browser with camera and microphone allowed on the server's pages."""
        folder.mkdir(parents=True, exist_ok=True)
        film = camera or write_camera(folder / "agent.y4m", ORANGE)
        flags = [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
            "--autoplay-policy=no-user-gesture-required",
        ]
        self.server_url = server_url
        self._driver = sync_playwright().start()
        try:
            self.browser = self._driver.chromium.launch(
                executable_path=CHROMIUM,
                headless=screen_env is None,
                chromium_sandbox=os.geteuid() != 0,
                args=flags,
                # Chromium draws its own date fields in the language of its environment.
                env={**os.environ, "LANGUAGE": "fr", **(screen_env or {})},
            )
            self.context = self.browser.new_context(
                locale="fr-FR", timezone_id="Europe/Paris", viewport={"width": 1440, "height": 900}
            )
            self.context.grant_permissions(["camera", "microphone"], origin=server_url)
            if init_script:
                self.context.add_init_script(init_script)
            self.page: Page = self.context.new_page()
        except BaseException:
            self._driver.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def log_in(self, email: str, password: str) -> None:
        """Log in through the page, as a person does."""
        self.page.goto(f"{self.server_url}/connexion/")
        self.page.locator("input[name=username], input[name=email]").first.fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/connexion/" not in url)

    def open_counter(self, visit: str) -> None:
        """Open the counter of a visit."""
        self.page.goto(f"{self.server_url}/guichet/{visit}/")

    def data(self, name: str) -> str:
        """Return what the page says in `<html data-NAME>`, such as `call` or `first-frame-at`."""
        return self.page.locator("html").get_attribute(f"data-{name}") or ""

    def close(self) -> None:
        """Close the browser."""
        self.browser.close()
        self._driver.stop()
