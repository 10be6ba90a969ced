"""Signing in to a partner's site: the citizen types a password and a code, and nobody reads them.

One on the physical keyboard, the other by touches on the stage; the agent opens the pages.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from cordee_wire import control
from e2e.site.sign_in import PASSWORD_PATH, WELCOME_PATH
from e2e.stand.canary import files_with_any, text_writings
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.world import World

NAME = "elodie.05"
PASSWORD = f"Chamois-{secrets.token_hex(6)}"
WITHIN_MS = 20_000
SHOWN = {"guest": True, "grants": ["see", "control"]}


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    # What the kiosk lays down for a moment lies where the search looks.
    passing = folder / "kiosk" / "passing"
    passing.mkdir(parents=True)
    settings = {"TMPDIR": str(passing)}
    with World(folder, width_px=1280, height_px=720, kiosk_settings=settings) as world:
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            begun.counter.obtain("see")
            begun.counter.obtain("control")
            yield begun


def test_password_by_keys_and_code_by_touch_reach_the_site_and_nobody_else(met: Meeting) -> None:
    counter, site = met.counter, met.world.site
    counter.wait_for_text("#compte", "déjà un compte")
    counter.click("#compte")
    counter.write("#identifiant", NAME)

    # Outside a blind field neither keyboard reaches the page.
    met.world.screen.type("zz")
    ask(met, "#mot_de_passe", "password")
    met.world.screen.type(PASSWORD)
    wait_until_filled(met, "#mot_de_passe")
    met.world.screen.press("Return")
    wait_until_closed(met)
    counter.wait_for_value("#identifiant", NAME)
    counter.click("#entrer")

    ask(met, "#code", "code")
    [code] = site.sign_in.sms
    met.twin.show(met.show(**SHOWN, secret=1, secret_kind="code", secret_pad="digits"))
    touch(met, "0" if code[0] != "0" else "1")
    wait_until_filled(met, "#code")
    touch(met, "Effacer")
    counter.mirror().locator("#code[data-cordee-blind=empty]").wait_for(timeout=WITHIN_MS)
    for digit in code:
        touch(met, digit)
    wait_until_filled(met, "#code")
    touch(met, "C’est fait")
    wait_until_closed(met)
    assert_the_agent_knows_neither(met, code)
    counter.click("#entrer")
    counter.wait_for_text("#bienvenue", f"Bonjour {NAME}.")

    entered = {"identifiant": NAME, "mot_de_passe": PASSWORD, "code": code}
    assert site.sign_in.entered == [entered]
    assert_the_agent_knows_neither(met, code)
    assert_on_no_disk(met, code)
    assert met.tap.heard(control.Location)[-1].url.endswith(WELCOME_PATH)


def test_agent_can_neither_type_there_nor_keep_the_keyboard(met: Meeting) -> None:
    met.tap.answer(
        control.Open(id=met.tap.next_id(), url=f"{met.world.site.base[:-1]}{PASSWORD_PATH}")
    )
    ask(met, "#mot_de_passe", "password")
    refused = met.tap.answer(control.Type(id=met.tap.next_id(), node=0, text="x"))
    assert (refused.ok, refused.code) == (False, "blind")
    met.counter.click("#identifiant")
    wait_until_closed(met)
    met.world.screen.type("zz")
    ask(met, "#mot_de_passe", "password")
    met.world.screen.type("ab")
    wait_until_filled(met, "#mot_de_passe")
    met.world.kiosk.press_stop()
    met.counter.wait_for_state("control", "revoked")
    wait_until_closed(met)
    met.world.screen.type("cd")
    met.counter.obtain("see")
    assert met.counter.mirror().locator("#identifiant").input_value() == ""


def ask(met: Meeting, css: str, kind: str) -> None:
    """Click into the blind field; wait until the keyboard is open and the counter says so."""
    met.counter.click(css)
    wait_until(lambda: asked(met) == kind, within_s=20, what=f"the keyboard is open for a {kind}")
    words = {"password": "tape son mot de passe", "code": "tape son code"}[kind]
    met.counter.page.get_by_text(words).wait_for(timeout=WITHIN_MS)


def asked(met: Meeting) -> str:
    said = met.tap.heard(control.SecretAsked)
    return said[-1].kind if said else ""


def wait_until_closed(met: Meeting) -> None:
    wait_until(lambda: asked(met) == "", within_s=20, what="the keyboard is closed")


def wait_until_filled(met: Meeting, css: str) -> None:
    filled = met.counter.mirror().locator(f"{css}[data-cordee-blind=filled]")
    filled.wait_for(timeout=WITHIN_MS)


def touch(met: Meeting, label: str) -> None:
    met.twin.touch(f'.key[data-key="{label}"]')


def assert_the_agent_knows_neither(met: Meeting, code: str) -> None:
    texts = [met.tap.everything()]
    for document in (met.counter.mirror(), met.counter.page.main_frame):
        texts.append(document.content())
        texts += document.evaluate(
            "() => [...document.querySelectorAll('*')].map((one) => String(one.value ?? ''))"
        )
    whole = "\n".join(texts)
    assert "Continuer" in whole, "the search looks where pages are"
    assert PASSWORD not in whole
    assert pieces_of(PASSWORD, whole) == []
    assert re.search(rf"(?<!\d){code}(?!\d)", whole) is None


def pieces_of(secret: str, text: str) -> list[str]:
    """Return the beginnings of a secret, each step of its typing, that stand in a text."""
    return [secret[:end] for end in range(9, len(secret) + 1) if secret[:end] in text]


def assert_on_no_disk(met: Meeting, code: str) -> None:
    places = [met.world.kiosk.folder, met.world.server.folder]
    assert files_with_any(places, text_writings(PASSWORD)) == []
    alone = re.compile(rf"(?<!\d){code}(?!\d)".encode())
    assert [path for path in files(places) if alone.search(read(path))] == []
    planted = places[0] / "planted"
    planted.write_text(f"mot {PASSWORD}, code {code}.")
    assert files_with_any(places, text_writings(PASSWORD)) == [planted]
    assert [path for path in files(places) if alone.search(read(path))] == [planted]
    planted.unlink()
    assert PASSWORD not in met.world.kiosk.log()


def files(places: list[Path]) -> list[Path]:
    return [path for place in places for path in sorted(place.rglob("*")) if path.is_file()]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
