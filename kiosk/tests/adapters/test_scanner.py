"""Against SANE's own `test` backend, with the faults that it can play."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from cordee_kiosk.adapters.scanner import SaneScanner, read_scan, scan_command
from cordee_kiosk.ports import Unavailable

COLOUR = ["--mode", "Color", "--test-picture", "Color pattern", "--resolution", "75"]


@pytest.fixture
def sane(tmp_path: Path) -> str:
    (tmp_path / "dll.conf").write_text("test\n")
    return str(tmp_path)


async def test_page_comes_as_png_with_its_colours(sane: str) -> None:
    scanner = SaneScanner(device="test:0", options=COLOUR, config_dir=sane)
    page = await scanner.scan()
    picture = cv2.imdecode(np.frombuffer(page, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.std() > 10


async def test_same_page_is_the_same_picture(sane: str) -> None:
    scanner = SaneScanner(device="test:0", options=COLOUR, config_dir=sane)
    first, second = [
        cv2.imdecode(np.frombuffer(await scanner.scan(), np.uint8), cv2.IMREAD_COLOR)
        for _ in range(2)
    ]
    assert first is not None
    assert second is not None
    assert np.array_equal(first, second)


async def test_device_is_listed(sane: str) -> None:
    assert "test:0" in await SaneScanner(config_dir=sane).devices()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("SANE_STATUS_JAMMED", "jammed"),
        ("SANE_STATUS_NO_DOCS", "no_paper"),
        ("SANE_STATUS_COVER_OPEN", "cover_open"),
        ("SANE_STATUS_DEVICE_BUSY", "device_busy"),
        ("SANE_STATUS_IO_ERROR", "device_error"),
        ("SANE_STATUS_NO_MEM", "device_error"),
        ("SANE_STATUS_EOF", "device_error"),
    ],
)
async def test_fault_of_the_device_is_said_in_words(sane: str, status: str, code: str) -> None:
    options = ["--read-return-value", status]
    scanner = SaneScanner(device="test:0", options=options, config_dir=sane)
    with pytest.raises(Unavailable) as fault:
        await scanner.scan()
    assert fault.value.code == code
    assert str(fault.value).endswith(".")


@pytest.mark.parametrize("device", ["test:7", "epson2:libusb:001:004", ""])
async def test_missing_device_is_said_in_words(tmp_path: Path, sane: str, device: str) -> None:
    empty = tmp_path / "none"
    empty.mkdir()
    (empty / "dll.conf").write_text("")
    config_dir = sane if device == "test:7" else str(empty)
    with pytest.raises(Unavailable) as fault:
        await SaneScanner(device=device, config_dir=config_dir).scan()
    assert fault.value.code == "device_missing"


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put in scanimage's place what says something and then never ends, as a driver may."""

    def say(words: str) -> None:
        program = tmp_path / "scanimage"
        program.write_text(f"#!/bin/sh\n{words}\nexec sleep 600\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return say


async def test_fault_is_told_though_the_driver_never_ends(hanging: Callable[[str], None]) -> None:
    hanging("echo 'scanimage: sane_read: Document feeder jammed' >&2")
    with pytest.raises(Unavailable) as fault:
        await SaneScanner().scan()
    assert fault.value.code == "jammed"


async def test_page_is_kept_though_the_driver_never_ends(
    sane: str, tmp_path: Path, hanging: Callable[[str], None]
) -> None:
    page = await SaneScanner(device="test:0", options=COLOUR, config_dir=sane).scan()
    kept = tmp_path / "page.png"
    kept.write_bytes(page)
    hanging(f"cat {kept}")
    assert await SaneScanner().scan() == page


async def test_scan_that_hangs_is_given_up(sane: str) -> None:
    options = ["--read-delay=yes", "--read-delay-duration=200000", "--resolution", "300"]
    scanner = SaneScanner(device="test:0", options=options, config_dir=sane, within_s=0.3)
    with pytest.raises(Unavailable) as fault:
        await scanner.scan()
    assert fault.value.code == "device_error"


async def test_missing_program_is_said_in_words(
    sane: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable) as fault:
        await SaneScanner(config_dir=sane).scan()
    assert "sane-utils" in str(fault.value)


def test_device_and_options_go_to_scanimage() -> None:
    command = scan_command("test:0", ["--resolution", "300"])
    expected = ["--device-name", "test:0", "--format=png", "--resolution", "300"]
    assert command == ["scanimage", *expected]


@pytest.mark.parametrize(
    ("code", "output", "expected"),
    [
        (0, b"", "no_paper"),
        (0, b"\x89PNG\r\n\x1a\nhalf", "device_error"),
        (0, b"P6 not a png", "device_error"),
        (134, b"", "device_error"),
        (11, b"", "device_error"),
    ],
)
def test_recorded_end_without_a_page(code: int, output: bytes, expected: str) -> None:
    with pytest.raises(Unavailable) as fault:
        read_scan(code, output, "")
    assert fault.value.code == expected


@pytest.mark.parametrize("output", [b"", b"\x89PNG\r\n\x1a\nhalf"])
def test_fault_is_known_by_its_words_when_scanimage_ends_with_zero(output: bytes) -> None:
    errors = """scanimage: sane_read: Document feeder jammed
scanimage: received signal 13
scanimage: trying to stop scanner
scanimage: received signal 13
scanimage: aborting
"""
    with pytest.raises(Unavailable) as refused:
        read_scan(0, output, errors)
    assert refused.value.code == "jammed"
