from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from waiting import until

from chromium.conftest import HERE
from chromium.seen import WITHIN_S, Seen
from cordee_kiosk.adapters.chromium.browser import ChromiumBrowser
from cordee_kiosk.browsing import BrowserGone
from cordee_kiosk.ports import Unavailable


def processes_of(profile: Path) -> list[int]:
    found = []
    for directory in Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            command = (directory / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in command and b"chromium" in command:
            found.append(int(directory.name))
    return found


async def until_none(profile: Path, *, within_s: float = WITHIN_S) -> None:
    await until(
        lambda: not processes_of(profile), what="Chromium's processes end", within_s=within_s
    )


async def test_the_daemon_killed_takes_chromium_with_it(
    display: str, recorder: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    owner = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "owner.py"),
        display,
        str(profile),
        str(HERE / "stage"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert owner.stdout is not None
    async with asyncio.timeout(2 * WITHIN_S):
        pid = int(await owner.stdout.readline())
    assert pid in processes_of(profile)
    owner.send_signal(signal.SIGKILL)
    await owner.wait()
    # The promise is one second; the rest is for a busy machine.
    await until_none(profile, within_s=3)


async def test_chromium_killed_is_told_as_gone(seen: Seen, tmp_path: Path) -> None:
    assert seen.browser._process is not None
    signal.pidfd_send_signal(seen.browser._process._pid_fd, signal.SIGKILL)
    await seen.until(lambda: [each for each in seen.events if isinstance(each, BrowserGone)])
    await seen.browser.close()
    await until_none(tmp_path / "profile")


async def test_a_profile_left_behind_is_removed_by_the_next_start(
    display: str, recorder: Path, tmp_path: Path
) -> None:
    left = tmp_path / "profile" / "Default" / "Cookies"
    left.parent.mkdir(parents=True)
    left.write_text("canari-de-la-veille")
    browser = ChromiumBrowser(
        binary="chromium",
        display=display,
        profile_dir=tmp_path / "profile",
        extra_flags=["--disable-gpu"],
        no_sandbox=True,
        stage_dir=HERE / "stage",
    )
    await browser.start()
    assert not left.exists() or "canari" not in left.read_text(errors="replace")
    await browser.close()
    assert processes_of(tmp_path / "profile") == []


async def refused_start(tmp_path: Path, *, display: str, binary: str = "chromium") -> Unavailable:
    browser = ChromiumBrowser(
        binary=binary,
        display=display,
        profile_dir=tmp_path / "profile",
        extra_flags=[],
        no_sandbox=True,
    )
    with pytest.raises(Unavailable) as refused:
        await browser.start()
    assert not (tmp_path / "profile").exists()
    return refused.value


async def test_missing_screen_is_said_in_words(tmp_path: Path) -> None:
    refused = await refused_start(tmp_path, display=":4999")
    assert refused.code == "device_missing"
    assert "« :4999 »" in str(refused)
    assert processes_of(tmp_path / "profile") == []


async def test_missing_chromium_is_said_in_words(display: str, tmp_path: Path) -> None:
    refused = await refused_start(tmp_path, display=display, binary="chromium-absent")
    assert refused.code == "device_missing"
    assert "chromium-absent" in str(refused)


async def test_chromium_that_ends_at_once_is_said_in_words(
    display: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refused = await refused_start(tmp_path, display=display, binary="true")
    assert refused.code == "failed"
    assert "Chromium" in str(refused)
    assert caplog.records == []
