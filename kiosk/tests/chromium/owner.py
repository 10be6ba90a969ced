"""A small daemon for a test to kill: owns a browser, prints Chromium's process id, waits."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from cordee_kiosk.adapters.chromium.browser import ChromiumBrowser


async def main() -> None:
    display, profile, stage_dir = sys.argv[1:]
    browser = ChromiumBrowser(
        binary="chromium",
        display=display,
        profile_dir=Path(profile),
        extra_flags=["--disable-gpu"],
        no_sandbox=True,
        stage_dir=Path(stage_dir),
    )
    await browser.start()
    print(browser.pid, flush=True)  # noqa: T201 - the test reads it
    await asyncio.Event().wait()


asyncio.run(main())
