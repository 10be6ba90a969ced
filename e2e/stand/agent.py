"""The agent's browser: Debian's Chromium with a camera of its own colour, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Page, Playwright, ViewportSize, sync_playwright

from e2e.stand.media import ORANGE, write_camera

CHROMIUM = "/usr/bin/chromium"
VIEWPORT_PX: ViewportSize = {"width": 1440, "height": 900}


class SharedBrowser:
    """One browser for the agents of a process that need nothing of their own."""

    def __init__(self, driver: Playwright, film: Path) -> None:
        """Open nothing yet; `film` is what every agent's camera plays."""
        self.driver = driver
        self._film = film
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        """Return the browser; another, once it has crashed."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = _launch(self.driver, self._film)
        return self._browser


_shared: list[SharedBrowser] = []


@contextmanager
def shared_browser(folder: Path) -> Iterator[None]:
    """Let the agents of this process share one browser, each with a context of its own.

    `folder` keeps their camera's film. Who asks for another camera or for a screen still gets a
    browser of their own. The browser ends with its driver.
    """
    with sync_playwright() as driver:
        _shared.append(SharedBrowser(driver, write_camera(folder / "agent.y4m", ORANGE)))
        try:
            yield
        finally:
            _shared.pop()


@contextmanager
def playwright_driver() -> Iterator[Playwright]:
    """Yield what drives browsers: Playwright allows one driver a thread."""
    if _shared:
        yield _shared[-1].driver
        return
    with sync_playwright() as driver:
        yield driver


def _launch(driver: Playwright, film: Path, screen_env: Mapping[str, str] | None = None) -> Browser:
    return driver.chromium.launch(
        executable_path=CHROMIUM,
        headless=screen_env is None,
        chromium_sandbox=os.geteuid() != 0,
        args=[
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
            "--autoplay-policy=no-user-gesture-required",
        ],
        # Chromium draws its own date fields in the language of its environment.
        env={**os.environ, "LANGUAGE": "fr", **(screen_env or {})},
    )


class Agent:
    """One agent at a browser. A context manager; `page` is the open page.

    `screen_env` names a display for a browser with a window, which with `is_full_screen` fills it,
    so that a place on the page is that on the display; without one it is headless. `init_script`
    runs before every page's own scripts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        server_url: str,
        camera: Path | None = None,
        screen_env: dict[str, str] | None = None,
        is_full_screen: bool = False,
        init_script: str = "",
    ) -> None:
        """Open the browser with camera and microphone allowed on the server's pages."""
        folder.mkdir(parents=True, exist_ok=True)
        self.server_url = server_url
        with ExitStack() as opened:
            if _shared and camera is None and screen_env is None:
                self.browser = _shared[-1].browser()
            else:
                driver = opened.enter_context(playwright_driver())
                film = camera or write_camera(folder / "agent.y4m", ORANGE)
                self.browser = _launch(driver, film, screen_env)
                opened.callback(self.browser.close)
            self.context = self.browser.new_context(
                locale="fr-FR",
                timezone_id="Europe/Paris",
                **({"no_viewport": True} if is_full_screen else {"viewport": VIEWPORT_PX}),
            )
            opened.callback(self.context.close)
            self.context.grant_permissions(["camera", "microphone"], origin=server_url)
            if init_script:
                self.context.add_init_script(init_script)
            self.page: Page = self.context.new_page()
            if is_full_screen:
                self._fill_screen()
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _fill_screen(self) -> None:
        session = self.context.new_cdp_session(self.page)
        window = session.send("Browser.getWindowForTarget")["windowId"]
        bounds = {"windowId": window, "bounds": {"windowState": "fullscreen"}}
        session.send("Browser.setWindowBounds", bounds)
        session.detach()

    def log_in(self, email: str, password: str) -> None:
        """Log in through the page, as a person does."""
        self.page.goto(f"{self.server_url}/connexion/")
        self.page.locator("input[name=username], input[name=email]").first.fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/connexion/" not in url)

    def open_counter(self, visit: str) -> None:
        """Open the counter of a visit, and return once its scripts have begun.

        A page counts as loading as long as a video of it waits for a first picture: where the
        other end refuses the call before the rest has loaded, that is for ever.
        """
        self.page.goto(f"{self.server_url}/guichet/{visit}/", wait_until="domcontentloaded")

    def data(self, name: str) -> str:
        """Return what the page says in `<html data-NAME>`, such as `call` or `first-frame-at`."""
        return self.page.locator("html").get_attribute(f"data-{name}") or ""

    def close(self) -> None:
        """Close its pages, and the browser where it is this agent's own."""
        self._opened.close()
