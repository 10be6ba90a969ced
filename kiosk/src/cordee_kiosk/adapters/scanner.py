"""A SANE device through scanimage(1), in a child process: a driver that crashes crashes alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence

from cordee_kiosk.ports import Unavailable

SCAN_WITHIN_S = 60.0
END_WITHIN_S = 3.0
"""After its picture, or the name of its fault. (SANE's `test` device hangs after 1 jam in 100.)"""
_CHUNK_BYTES = 65_536
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"

# scanimage ends with the SANE_Status (sane.h); 1 is its own failure to open a device.
_FAULTS = {
    1: (
        "device_missing",
        "Le scanner ne répond pas. Faites vérifier qu’il est allumé, puis recommencez.",
    ),
    3: ("device_busy", "Le scanner est occupé. Attendez un instant, puis recommencez."),
    6: ("jammed", "Une feuille est coincée dans le scanner. Faites-la retirer, puis recommencez."),
    7: (
        "no_paper",
        "Il n’y a pas de feuille dans le scanner. Faites-en poser une, puis recommencez.",
    ),
    8: ("cover_open", "Le capot du scanner est ouvert. Faites-le fermer, puis recommencez."),
}
_OTHER = (
    "device_error",
    "Le scanner a rencontré une erreur. Recommencez ; si cela revient, prévenez le technicien.",
)
# scanimage(1) on a fault of sane_read may be ended by its own SIGPIPE while it stops the scanner;
# it then exits with 0 and little or nothing written: only sane_strstatus's words say what happened.
_STATUS_WORDS = {
    "Device busy": 3,
    "Document feeder jammed": 6,
    "Document feeder out of documents": 7,
    "Scanner cover is open": 8,
    "Error during device I/O": 9,
    "Out of memory": 10,
}
_MISSING_WORDS = ("no SANE devices found", "open of device")


class SaneScanner:
    """`device` empty: the first that SANE names. `options` as scanimage wants them."""

    def __init__(
        self,
        *,
        device: str = "",
        options: Sequence[str] = (),
        config_dir: str = "",
        within_s: float = SCAN_WITHIN_S,
    ) -> None:
        self._device = device
        self._options = list(options)
        self._config_dir = config_dir
        self._within_s = within_s

    async def scan(self) -> bytes:
        """Scan one page and return it as PNG. Raises Unavailable with a scanner's code."""
        code, output, errors = await self._run(scan_command(self._device, self._options))
        return read_scan(code, output, errors)

    async def devices(self) -> list[str]:
        """Return what SANE can see now."""
        code, output, errors = await self._run(["scanimage", "--formatted-device-list=%d%n"])
        if code != 0:
            raise _fault(code, errors)
        return output.decode("utf-8", "replace").split()

    async def _run(self, command: list[str]) -> tuple[int, bytes, str]:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        if self._config_dir:
            environment["SANE_CONFIG_DIR"] = self._config_dir
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
            )
        except FileNotFoundError as error:
            message = "Le scanner n’est pas installé (sane-utils). Prévenez le technicien."
            raise Unavailable("device_missing", message) from error
        run = _Run(process)
        try:
            async with asyncio.timeout(self._within_s):
                await run.finish()
        except TimeoutError as error:
            message = "Le scanner n’a pas fini à temps. Attendez un instant, puis recommencez."
            raise Unavailable("device_error", message) from error
        finally:
            await run.end()
        return run.code, bytes(run.output), run.errors.decode("utf-8", "replace")


class _Run:
    """One scanimage, listened to: it may hang in its driver after all has been said.

    `code` is its own; of one that had to be ended it is 0, and what it said counts.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.output, self.errors = bytearray(), bytearray()
        self.code = 0
        self._process = process
        self._is_told = asyncio.Event()
        self._ended = asyncio.ensure_future(self._listen())

    async def finish(self) -> None:
        """Wait for its end; once it has told everything, only for a moment."""
        told = asyncio.ensure_future(self._is_told.wait())
        try:
            await asyncio.wait({self._ended, told}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({self._ended}, timeout=END_WITHIN_S)
            if self._ended.done():
                self.code = self._ended.result()
        finally:
            told.cancel()

    async def end(self) -> None:
        """End it if it has not ended."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        self._ended.cancel()

    async def _listen(self) -> int:
        streams = ((self._process.stdout, self.output), (self._process.stderr, self.errors))
        await asyncio.gather(*(self._read(stream, into) for stream, into in streams if stream))
        return await self._process.wait()

    async def _read(self, stream: asyncio.StreamReader, into: bytearray) -> None:
        while some := await stream.read(_CHUNK_BYTES):
            into += some
            if self.output.endswith(_PNG_END) or _status_said(
                self.errors.decode("utf-8", "replace")
            ):
                self._is_told.set()


def scan_command(device: str, options: Sequence[str]) -> list[str]:
    """Return what to run for one page."""
    chosen = ["--device-name", device] if device else []
    return ["scanimage", *chosen, "--format=png", *options]


def read_scan(code: int, output: bytes, errors: str) -> bytes:
    """Return the picture that scanimage wrote. Raises Unavailable when there is none, whole."""
    is_whole = output.startswith(_PNG) and output.endswith(_PNG_END)
    if code == 0 and is_whole:
        return output
    said = _status_said(errors)
    if code != 0 or said:
        raise _fault(said or code, errors)
    if not output:
        # A feeder at its end aborts without a word and without a byte.
        raise Unavailable(
            "no_paper", "Le scanner n’a rien envoyé. Faites poser la feuille, puis recommencez."
        )
    raise Unavailable("device_error", "L’image du scanner est incomplète. Recommencez.")


def _fault(code: int, errors: str) -> Unavailable:
    if any(word in errors for word in _MISSING_WORDS):
        return Unavailable(*_FAULTS[1])
    return Unavailable(*_FAULTS.get(code, _OTHER))


def _status_said(errors: str) -> int:
    """Return the SANE_Status that scanimage's words name, 0 for none."""
    said = (status for words, status in _STATUS_WORDS.items() if f": {words}" in errors)
    return next(said, 0)
