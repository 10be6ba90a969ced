"""The daemon's end of the picture worker: one process, started when first wanted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

import structlog

from cordee_kiosk.adapters.chromium.picture_worker import HEAD

WITHIN_S = 15.0
_WORKER = "cordee_kiosk.adapters.chromium.picture_worker"

_log = structlog.get_logger(__name__)


class PicturePress:
    """Makes heavy pictures light, one after the other."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()

    async def press(self, data: bytes, width: int, height: int) -> tuple[int, int, bytes] | None:
        """Return (width, height, WebP) of a picture in that size; None when none can be made.

        Width and height 0: its own size.
        """
        async with self._one:
            try:
                async with asyncio.timeout(WITHIN_S):
                    return await self._ask(data, width, height)
            except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
                _log.warning("picture_not_made", reason=type(error).__name__)
                await self.close()
                return None
            except BaseException:
                # Half a question or half an answer would stand before the next one.
                await self.close()
                raise

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def _ask(self, data: bytes, width: int, height: int) -> tuple[int, int, bytes] | None:
        process = self._process = self._process or await _start()
        questions, answers = process.stdin, process.stdout
        if questions is None or answers is None:
            return None
        questions.write(HEAD.pack(width, height, len(data)) + data)
        await questions.drain()
        made_width, made_height, length = HEAD.unpack(await answers.readexactly(HEAD.size))
        made = await answers.readexactly(length)
        return (made_width, made_height, made) if made else None


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _WORKER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # Each thread of these libraries would reserve memory of its own.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
