"""The real kiosk daemon with its Chromium, on a screen of its own, with SANE's `test` scanner."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from e2e.stand.media import GREEN, write_camera
from e2e.stand.process_tree import command_line, descendants
from e2e.stand.processes import BIN, Running, run
from e2e.stand.screen import Screen

SCANNER = "test:0"
SCANNER_OPTIONS = "--mode Color --test-picture 'Color pattern' --resolution 75"


def camera_flags(film: Path) -> str:
    """Return what makes Chromium's camera play this film."""
    return f"--use-fake-device-for-media-stream --use-file-for-fake-video-capture={film}"


class Kiosk:
    """`cordee-kiosk run` with its state in `folder/state`. A context manager.

    The daemon's settings stand in `env` (`CORDEE_KIOSK_*`); `settings` adds to them or changes
    them. `camera` is the film that its fake camera plays. `program` is the daemon's command, for
    `start`: a test may put another in its place. `within` stands before it (`Line.within`).
    """

    def __init__(
        self,
        folder: Path,
        *,
        screen: Screen,
        camera: Path | None = None,
        settings: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> None:
        """Lay out its folder; nothing runs before `start`."""
        self.folder = folder
        self.state = folder / "state"
        self.screen = screen
        folder.mkdir(parents=True, exist_ok=True)
        film = camera or write_camera(folder / "kiosk.y4m", GREEN)
        sane = folder / "sane"
        sane.mkdir(exist_ok=True)
        (sane / "dll.conf").write_text("test\n")
        self.env = {
            **screen.env,
            "HOME": str(folder),
            "CORDEE_KIOSK_DISPLAY": screen.display,
            "CORDEE_KIOSK_CHROMIUM_FLAGS": camera_flags(film),
            "CORDEE_KIOSK_NO_SANDBOX": "1" if os.geteuid() == 0 else "0",
            "CORDEE_KIOSK_SCANNER": SCANNER,
            "CORDEE_KIOSK_SCANNER_OPTIONS": SCANNER_OPTIONS,
            "CORDEE_KIOSK_SANE_CONFIG_DIR": str(sane),
            **(settings or {}),
        }
        self.program: list[str | Path] = [*within, BIN / "cordee-kiosk"]
        self.process: Running | None = None

    def __enter__(self) -> Self:
        if self.process is None:
            self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def enrol(self, server_url: str, code: str) -> None:
        """Make this box the kiosk that the one-use code was given out for."""
        words = ["--server", server_url, "--code", code, "--state", str(self.state)]
        run([*self.program, "enrol", *words], env=self.env)

    def start(self) -> None:
        """Start the daemon; it comes up by itself (wait for what you need of it)."""
        self.process = Running(
            [*self.program, "run", "--state", self.state],
            name="kiosk",
            folder=self.folder,
            env=self.env,
        )

    def stop(self) -> None:
        """End it in good order."""
        if self.process:
            self.process.stop()

    def kill(self) -> None:
        """End the daemon alone at once; Chromium ends because its pipe closes."""
        if self.process:
            self.process.process.kill()
            self.process.process.wait(timeout=5)

    def scan_alone(self, options: str = SCANNER_OPTIONS) -> npt.NDArray[np.uint8]:
        """Scan the same sheet without Cordée: pixels (height, width, 3; BGR)."""
        png = subprocess.run(
            ["scanimage", "-d", SCANNER, "--format=png", *shlex.split(options)],
            env={**os.environ, "SANE_CONFIG_DIR": self.env["CORDEE_KIOSK_SANE_CONFIG_DIR"]},
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout
        pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
        if pixels is None:
            raise ValueError("the scanner gave no picture")
        return np.asarray(pixels, np.uint8)

    def press_stop(self) -> None:
        """Press the Stop key."""
        self.screen.press("Pause")

    def processes(self) -> set[int]:
        """Return the ids of the processes that the daemon has started, and of theirs."""
        return self._descendants() - ({self.process.process.pid} if self.process else set())

    def page_processes(self) -> set[int]:
        """Return the ids of the processes in which its Chromium draws pages (renderers)."""
        return {pid for pid in self._descendants() if b"--type=renderer" in command_line(pid)}

    def _descendants(self) -> set[int]:
        return descendants({self.process.process.pid} if self.process else set())

    def log(self) -> str:
        """Return everything that the daemon has logged."""
        return self.process.output() if self.process else ""
