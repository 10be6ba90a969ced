"""What every scanner, voice and screen keeps to: those in memory and the real ones alike."""

from __future__ import annotations

import asyncio
import io
import wave
from pathlib import Path

import pytest

from cordee_kiosk import browsing, ports
from cordee_kiosk.adapters.memory import (
    MemoryBrowser,
    MemoryScanner,
    MemoryScreen,
    MemoryStopKey,
    MemoryVoice,
)
from cordee_kiosk.adapters.scanner import SaneScanner
from cordee_kiosk.adapters.screen import XScreen
from cordee_kiosk.adapters.voice import EspeakVoice
from cordee_wire import control, stage

WITHIN_S = 60
SITE = "https://partenaire.invalid/"


@pytest.fixture(params=["memory", "sane"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> ports.Scanner:
    if request.param == "memory":
        return MemoryScanner()
    (tmp_path / "dll.conf").write_text("test\n")
    return SaneScanner(device="test:0", config_dir=str(tmp_path))


@pytest.fixture(params=["memory", "sane"])
def jammed(request: pytest.FixtureRequest, tmp_path: Path) -> ports.Scanner:
    if request.param == "memory":
        return MemoryScanner(fault=ports.Unavailable("jammed", "Une feuille est coincée."))
    (tmp_path / "dll.conf").write_text("test\n")
    options = ["--read-return-value", "SANE_STATUS_JAMMED"]
    return SaneScanner(device="test:0", options=options, config_dir=str(tmp_path))


async def test_scanner_gives_a_whole_png(scanner: ports.Scanner) -> None:
    page = await scanner.scan()
    assert page.startswith(b"\x89PNG")
    assert page.endswith(b"IEND\xaeB`\x82")


async def test_scanner_says_its_fault(jammed: ports.Scanner) -> None:
    with pytest.raises(ports.Unavailable) as fault:
        await jammed.scan()
    assert fault.value.code == "jammed"


@pytest.mark.parametrize("voice", [MemoryVoice(), EspeakVoice()], ids=["memory", "espeak"])
async def test_voice_gives_sixteen_bit_mono(voice: ports.Voice) -> None:
    with wave.open(io.BytesIO(await voice.say("Bonjour."))) as read:
        assert (read.getnchannels(), read.getsampwidth()) == (1, 2)
        assert read.getnframes() > 0


@pytest.mark.parametrize("screen", [MemoryScreen(), XScreen(":4999")], ids=["memory", "x"])
async def test_screen_wakes_and_rests_without_failing(screen: ports.Screen) -> None:
    await screen.wake()
    await screen.rest()


async def test_stop_key_yields_each_press_and_ends_when_closed() -> None:
    key = MemoryStopKey()
    key.press()
    key.press()
    await key.close()
    assert len([at async for at in key.presses()]) == 2


async def test_keyboard_is_heard_while_it_is_held_only() -> None:
    device = MemoryStopKey()
    device.type(ports.Key(text="a"))
    device.hold(is_held=True)
    device.type(ports.Key(text="b"))
    device.hold(is_held=False)
    device.type(ports.Key(text="c"))
    strokes = device.keys()
    await device.close()
    assert [each.text async for each in strokes] == ["b"]


async def said_until(browser: MemoryBrowser, kind: type[stage.FromStage]) -> list[str]:
    heard = []
    async with asyncio.timeout(WITHIN_S):
        async for event in browser.events():
            if isinstance(event, browsing.StageSaid):
                heard.append(type(event.message).__name__)
                if isinstance(event.message, kind):
                    break
    return heard


async def test_memory_browser_plays_a_call_in_the_order_of_a_real_one() -> None:
    browser = MemoryBrowser(meets_itself=True, connects_after_s=0)
    await browser.start()
    await browser.tell(
        stage.Negotiate(visit="v", instance="i", to="t", ice_servers=[], relay_only=False)
    )
    heard = await said_until(browser, stage.CallState)
    heard += await said_until(browser, stage.SignalOut)
    await browser.tell(stage.GoLive())
    heard += await said_until(browser, stage.FaceDecoded)
    assert heard.index("StageReady") < heard.index("SignalOut") < heard.index("WentLive")
    await browser.close()


async def test_memory_browser_keeps_to_the_allow_list() -> None:
    browser = MemoryBrowser()
    with pytest.raises(ports.Unavailable) as outside:
        await browser.open_guest(url="https://ailleurs.invalid/", allowed_hosts=["x.invalid"])
    assert outside.value.code == "outside"
    await browser.open_guest(url=SITE, allowed_hosts=["partenaire.invalid"])
    refused = await browser.do(control.Open(id=1, url="https://ailleurs.invalid/"))
    assert (refused.ok, refused.code) == (False, "outside")
    assert (await browser.do(control.Click(id=2, node=3, x=0, y=0))).ok
    await browser.close_guest()
    assert not (await browser.do(control.Click(id=3, node=3, x=0, y=0))).ok


async def test_memory_browser_takes_the_camera_back_with_its_guest() -> None:
    browser = MemoryBrowser()
    hosts = ["partenaire.invalid"]
    await browser.open_guest(url=SITE, allowed_hosts=hosts, camera_for="https://partenaire.invalid")
    assert browser.guest_camera_for == "https://partenaire.invalid"
    await browser.open_guest(url=SITE, allowed_hosts=hosts)
    assert browser.guest_camera_for == ""


async def test_memory_browser_that_vanishes_says_so() -> None:
    browser = MemoryBrowser()
    browser.vanish("killed")
    async for event in browser.events():
        assert event == browsing.BrowserGone("killed")
        break
