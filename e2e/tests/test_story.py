"""The main job, whole: real server, real kiosk, two real Chromiums, a real scanner's driver."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from e2e.stand.canary import MarkedScanner, files_with_any, text_writings, writings
from e2e.stand.counter import Counter
from e2e.stand.media import GREEN
from e2e.stand.processes import wait_until
from e2e.stand.world import World, soon

MARK = f"gentiane-du-Dévoluy-{secrets.token_hex(16)}".encode()
PIECE_BYTES = 48
SECRET = "Chamois-du-Queyras-7"
STORY = "Voilà : l’été dernier, j’ai déménagé. Ça coûte 412 €, cœur serré."


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    scanner = MarkedScanner(folder / "scanner", mark=MARK, python=Path(sys.executable))
    # What the kiosk lays down for a moment lies where the search looks.
    passing = folder / "kiosk" / "passing"
    passing.mkdir(parents=True)
    settings = {**scanner.env, "TMPDIR": str(passing)}
    with World(folder, width_px=1280, height_px=720, kiosk_settings=settings) as made:
        made.wait_for_kiosk()
        yield made


def test_booked_hour_brings_two_people_together_and_the_form_and_a_page_through(
    world: World,
) -> None:
    with world.agent() as agent:
        wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="certified keys")
        visit, starts_at = world.book_soon((15, 30, 60))
        agent.open_counter(visit)
        counter = Counter(agent.page)

        seen_at, colour = counter.wait_for_face(within_s=60)
        assert seen_at >= starts_at
        assert np.abs(np.array(colour) - np.array(GREEN)).max() < 40
        wait_until(lambda: "face_decoded" in world.kiosk.log(), within_s=10, what="both faces")

        stage_alone = world.kiosk.page_processes()
        counter.obtain("see")
        counter.obtain("control")
        _fill_the_form(counter, world)
        received = world.site.received[-1]
        assert received["nom"] == "Élodie N’Guyen-Lœuvre"
        assert received["explication"] == STORY
        assert received["numero"].replace(" ", "") == "2800205065001"
        assert received["commune"] == "Guillestre"
        assert received["loyer"] == "412.5"
        assert received["situation"] == "locataire"
        assert received["mot_de_passe"] == SECRET

        guest = world.kiosk.page_processes() - stage_alone
        assert guest, "the guest has a process of its own"

        counter.obtain("scan")
        page = counter.scan()
        assert np.array_equal(page, world.kiosk.scan_alone())

        counter.end(outcome="done")
        wait_until(lambda: '"ended"' in world.kiosk.log(), within_s=20, what="the visit ends")
        wait_until(lambda: '"wiped"' in world.kiosk.log(), within_s=60, what="the box is wiped")
        wait_until(
            lambda: not guest & world.kiosk.page_processes(),
            within_s=20,
            what="the guest's processes are gone",
        )
        assert stage_alone & world.kiosk.page_processes(), "the same Chromium shows the stage"

    assert files_with_any([world.server.folder], text_writings(SECRET)) == []
    picture = (world.folder / "scanner/last.png").read_bytes()
    piece = picture[len(picture) // 2 :][:PIECE_BYTES]
    traces = {
        "the password": text_writings(SECRET),
        "what was told": text_writings(STORY),
        "the scanned page": writings(MARK) | writings(piece),
    }
    for what, wanted in traces.items():
        assert files_with_any([world.kiosk.folder], wanted) == [], what
        # The search finds each of them where it is.
        for number, one in enumerate(wanted):
            planted = world.kiosk.state / f"planted-{number}"
            planted.write_bytes(b"before" + one + b"after")
            assert files_with_any([world.kiosk.folder], wanted) == [planted], what
            planted.unlink()


def _fill_the_form(counter: Counter, world: World) -> None:
    counter.write("#nom", "Élodie N’Guyen-Lœuvre")
    counter.choose("#naissance", "1980-02-29")
    counter.write("#numero", "2800205065001", shown="2 80 02 05 065 001")
    counter.write("#courriel", "elodie@exemple.fr")
    counter.write("#telephone", "0465710012", shown="04 65 71 00 12")
    counter.click("form button")
    counter.write("#code_postal", "05600")
    counter.wait_for_value("#commune", "Guillestre")
    counter.choose("#situation", "locataire")
    counter.click("input[name=meuble][value=oui]")
    counter.write("#loyer", "412.5")
    counter.click("form button")
    counter.write("#explication", STORY)
    counter.click("#attestation")
    _citizen_types_the_password(counter, world)
    counter.click("form button")
    wait_until(lambda: bool(world.site.received), within_s=20, what="the site takes the form")


def _citizen_types_the_password(counter: Counter, world: World) -> None:
    """Let the citizen type: the agent sees only that the field is full."""
    counter.click("#mot_de_passe")
    wait_until(
        lambda: counter.mirror().locator("#mot_de_passe").evaluate("one => one.tagName") != "",
        within_s=10,
        what="the field is there",
    )
    world.screen.type(SECRET)
    expected = counter.mirror().locator("#mot_de_passe")
    wait_until(
        lambda: expected.get_attribute("data-cordee-blind") == "filled",
        within_s=20,
        what="the field is said filled",
    )
    assert expected.evaluate("one => one.value") == ""
    # What a field holds stands in no markup: values are asked for one by one.
    for document in (counter.mirror(), counter.page.main_frame):
        held = document.evaluate(
            "() => [...document.querySelectorAll('*')].map((one) => one.value)"
        )
        assert not [value for value in held if isinstance(value, str) and SECRET in value]
        assert SECRET not in document.content()


def test_pages_are_not_given_without_a_log_in(world: World) -> None:
    visit = world.book(starts_at=soon(3600))
    assert httpx.get(f"{world.server.url}/api/visits/{visit}/pages").status_code == 401
