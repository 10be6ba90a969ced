"""The kiosk's screen through xset(1) and DPMS; a screen that cannot be switched stays on."""

from __future__ import annotations

import asyncio
import contextlib
import os

import structlog

_WITHIN_S = 5.0
DARK_AFTER_S = 600
_log = structlog.get_logger()


class XScreen:
    """`display` as X names it, `:0`."""

    def __init__(self, display: str) -> None:
        self._display = display

    async def wake(self) -> None:
        """Turn the screen on and keep it on."""
        await self._xset("s", "off", "s", "reset")
        await self._xset("dpms", "force", "on")
        await self._xset("-dpms")

    async def rest(self) -> None:
        """Let the screen go dark after its usual time."""
        after = str(DARK_AFTER_S)
        await self._xset("+dpms", "dpms", after, after, after)

    async def _xset(self, *words: str) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                "xset",
                *words,
                env={**os.environ, "DISPLAY": self._display},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except FileNotFoundError:
            _log.warning("screen_not_switched", reason="xset is missing")
            return
        try:
            async with asyncio.timeout(_WITHIN_S):
                code = await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            code = await process.wait()
        if code != 0:
            # Xvfb and some screens know no DPMS.
            _log.info("screen_not_switched", words=" ".join(words), code=code)
