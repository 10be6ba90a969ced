from __future__ import annotations

from pathlib import Path

from authority import PARTNER, Authority
from chromium.screen import virtual_screen

from cordee_kiosk import selftest
from cordee_kiosk.adapters import identity
from cordee_kiosk.config import Config
from cordee_wire.signed import Root

DEVICES = {
    "Sécurité",
    "Serveur",
    "Administrations",
    "Scanner",
    "Voix",
    "Touche Stop",
    "Écran et caméra",
}


async def test_devices_that_work_are_said_to_work(tmp_path: Path) -> None:
    (tmp_path / "dll.conf").write_text("test\n")
    identity.pin_roots(tmp_path, [Root(partner=PARTNER, public_key=Authority().roots[PARTNER])])
    with virtual_screen() as display:
        config = Config(
            server="http://127.0.0.1:9",
            scanner="test:0",
            sane_config_dir=str(tmp_path),
            display=display,
            chromium_flags=["--use-fake-device-for-media-stream", "--disable-gpu"],
            no_sandbox=True,
        )
        results = await selftest.run(tmp_path, config)
    assert {result.device for result in results} == DEVICES
    # Tests run as root, so without the sandbox: no real kiosk passes that.
    assert {result.device for result in results if not result.is_ok} == {"Sécurité", "Serveur"}


async def test_devices_that_fail_are_each_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "dll.conf").write_text("test\n")
    config = Config(
        server="http://127.0.0.1:9",
        scanner="test:9",
        sane_config_dir=str(tmp_path),
        display=":4999",
        no_sandbox=True,
    )
    results = await selftest.run(tmp_path, config)
    assert {result.device for result in results if result.is_ok} == {"Voix"}
    assert all(result.words.endswith((".", "?")) for result in results)
