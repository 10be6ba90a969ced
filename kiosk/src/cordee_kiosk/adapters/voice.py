"""Prompts spoken by espeak-ng; a sentence said before is not made again."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict

from cordee_kiosk.ports import Unavailable

_KEPT_MOST = 64
_MADE_WITHIN_S = 10.0
_WORDS_PER_MINUTE = 145
_MESSAGE = "La voix ne fonctionne pas : la question est écrite sur l’écran."


class EspeakVoice:
    """French, a little slower than espeak-ng's own pace."""

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program
        self._made: OrderedDict[str, bytes] = OrderedDict()

    async def say(self, text: str) -> bytes:
        """Return the sentence as a WAV file (16-bit mono). Raises Unavailable `failed`."""
        if text in self._made:
            self._made.move_to_end(text)
            return self._made[text]
        wav = read_wav(*await self._run(text))
        self._made[text] = wav
        if len(self._made) > _KEPT_MOST:
            self._made.popitem(last=False)
        return wav

    async def _run(self, text: str) -> tuple[int, bytes]:
        # The text goes in by stdin: a name must not show in the list of processes.
        words = [self._program, "-v", "fr", "-s", str(_WORDS_PER_MINUTE), "--stdin", "--stdout"]
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except (FileNotFoundError, PermissionError) as error:
            raise Unavailable("failed", _MESSAGE) from error
        try:
            async with asyncio.timeout(_MADE_WITHIN_S):
                output, _ = await process.communicate(text.encode())
        except TimeoutError as error:
            raise Unavailable("failed", _MESSAGE) from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return process.returncode or 0, output


def read_wav(code: int, output: bytes) -> bytes:
    """Return a WAV file whose header tells its length.

    espeak-ng writing to a pipe cannot go back, so both lengths in its header (RIFF, data) are
    wrong; players then end the prompt late or never.
    """
    header = 44
    if code != 0 or len(output) <= header or output[:4] != b"RIFF" or output[36:40] != b"data":
        raise Unavailable("failed", _MESSAGE)
    size_bytes = len(output)
    return (
        output[:4]
        + (size_bytes - 8).to_bytes(4, "little")
        + output[8:40]
        + (size_bytes - header).to_bytes(4, "little")
        + output[header:]
    )
