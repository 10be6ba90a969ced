"""Chromium as a child process that lives no longer than the daemon.

Chromium reads commands on descriptor 3 and answers on 4; when the daemon dies, however it dies,
the pipe closes and Chromium ends (measured: 0.3 s).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

NOT_WANTED = (
    # A page that comes back out of the cache would keep its old node ids; prerendered pages and,
    # in Chromium 155, redirects across origins go wrong under the allow-list's interception.
    "BackForwardCache",
    "Prerender2",
    "AvoidCorsURLLoaderRestartOnRedirect",
    # Bubbles would cover the page.
    "Translate",
    "MediaRouter",
    "GlobalMediaControls",
    # Pages of an address bar that a kiosk never shows: half of the time that a start takes.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # What calls Chromium's maker before anybody has asked for a page.
    "AimEnabled",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PreconnectToSearch",
)
FLAGS = (
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-session-crashed-bubble",
    "--hide-crash-restore-bubble",
    "--noerrdialogs",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    f"--disable-features={','.join(NOT_WANTED)}",
    "--disable-field-trial-config",
    # Else input is dropped, without a word, until a page has painted for the first time.
    "--allow-pre-commit-input",
    # A page that asked for the screen would have Chromium's own window of choices over the stage.
    "--disable-blink-features=GetDisplayMedia",
    "--kiosk",
)
# Bubbles of these would lie over the stage, over its stop button too.
PREFERENCES = {
    "translate": {"enabled": False},
    "credentials_enable_service": False,
    "credentials_enable_autosignin": False,
    "autofill": {"profile_enabled": False, "credit_card_enabled": False},
    "spellcheck": {"dictionaries": []},
    "browser": {"enable_spellchecking": False, "check_default_browser": False},
    "profile": {"password_manager_leak_detection": False},
}
_LOWEST_FREE_FD = 10
_END_WITHIN_S = 3.0


@dataclass(frozen=True)
class Pipes:
    """The daemon's two ends."""

    read_fd: int
    write_fd: int


def command_line(
    *, binary: str, profile_dir: Path, extra_flags: list[str], no_sandbox: bool, language: str
) -> list[str]:
    """Return what to run. `no_sandbox` is for root in tests only, never for a kiosk."""
    # Without --test-type Chromium would show a bar about the missing sandbox.
    sandbox = ["--no-sandbox", "--test-type"] if no_sandbox else []
    own = [f"--lang={language}", f"--user-data-dir={profile_dir}"]
    return [binary, *FLAGS, *own, *sandbox, *extra_flags, "about:blank"]


def prepare_profile(profile_dir: Path, *, language: str) -> None:
    """Make an empty profile, asking sites for `language`, in place of whatever is there."""
    shutil.rmtree(profile_dir, ignore_errors=True)
    default = profile_dir / "Default"
    default.mkdir(parents=True)
    profile_dir.chmod(0o700)
    asked = ",".join(dict.fromkeys([language, language.partition("-")[0]]))
    intl = {"accept_languages": asked, "selected_languages": asked}
    preferences = json.dumps({**PREFERENCES, "intl": intl})
    (default / "Preferences").write_text(preferences, encoding="utf-8")
    # A file where the folder would be: a crashed page's memory is kept nowhere.
    dumps = profile_dir / "chromium" / "Crash Reports"
    dumps.parent.mkdir()
    dumps.touch()


class ChromiumProcess:
    """One running Chromium in a process group of its own."""

    def __init__(self, pid: int, pipes: Pipes) -> None:
        self.pid = pid
        self.pipes = pipes
        self._ended = asyncio.get_running_loop().create_future()
        self._pid_fd = os.pidfd_open(pid)
        asyncio.get_running_loop().add_reader(self._pid_fd, self._note_end)

    @classmethod
    def start(
        cls, argv: list[str], *, display: str, language: str, profile_dir: Path
    ) -> ChromiumProcess:
        """Start it. Raises FileNotFoundError when there is no such program.

        It writes to `profile_dir` alone, not to the home folder.
        What Chromium itself draws and says (date fields, menus) is in `language` (BCP 47), if
        Debian's `chromium-l10n` is there.
        """
        program = shutil.which(argv[0])
        if program is None:
            raise FileNotFoundError(argv[0])
        to_chromium = _pipe()
        from_chromium = _pipe()
        try:
            pid = os.posix_spawn(
                program,
                argv,
                {
                    **os.environ,
                    "DISPLAY": display,
                    # On Linux this, and not --lang, decides Chromium's own language.
                    "LANGUAGE": language.replace("-", "_"),
                    "XDG_CONFIG_HOME": str(profile_dir),
                    "XDG_CACHE_HOME": str(profile_dir),
                },
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, to_chromium[0], 3),
                    (os.POSIX_SPAWN_DUP2, from_chromium[1], 4),
                ],
                setpgroup=0,
            )
        finally:
            os.close(to_chromium[0])
            os.close(from_chromium[1])
        return cls(pid, Pipes(read_fd=from_chromium[0], write_fd=to_chromium[1]))

    async def end(self) -> None:
        """Wait for it to end by itself (its pipe is closed), then end its whole group."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._ended), _END_WITHIN_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        await asyncio.shield(self._ended)

    def _note_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pid_fd)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self._pid_fd)
        if not self._ended.done():
            self._ended.set_result(None)


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends stand clear of the descriptors that Chromium expects."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _LOWEST_FREE_FD))
        os.close(end)
    return ends[0], ends[1]
