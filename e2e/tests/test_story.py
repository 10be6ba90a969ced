"""The main job, whole: real server, real kiosk, two real Chromiums, a real scanner's driver."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import numpy.typing as npt
import pytest

from e2e.stand.canary import MarkedScanner, files_with_any, text_writings, writings
from e2e.stand.counter import Counter
from e2e.stand.facts import face_of
from e2e.stand.held import listening, open_for_writing, shared_memory_with_any
from e2e.stand.media import GREEN, ORANGE, is_near
from e2e.stand.processes import wait_until
from e2e.stand.world import World, soon

MARK = f"gentiane-du-Dévoluy-{secrets.token_hex(16)}".encode()
PIECE_BYTES = 48
BY_ITSELF_S = 15
"""Time enough for the slowest machine; the figures of a start are the bench's."""
PIECE_PX = 32
NAME = "Élodie N’Guyen-Lœuvre"
NUMBER, NUMBER_SHOWN = "2800205065001", "2 80 02 05 065 001"
ADDRESS = "elodie@exemple.fr"
PHONE, PHONE_SHOWN = "0465710012", "04 65 71 00 12"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
SECRET = "Chamois-du-Queyras-7"
STORY = "Voilà : l’été dernier, j’ai déménagé. Ça coûte 412 €, cœur serré."
ACCEPTED = {
    "nom": NAME,
    "naissance": "1980-02-29",
    "numero": NUMBER_SHOWN,
    "courriel": ADDRESS,
    "telephone": PHONE_SHOWN,
    "code_postal": "05600",
    "commune": "Guillestre",
    "situation": "locataire",
    "meuble": "oui",
    "loyer": "412.5",
    "explication": STORY,
    "mot_de_passe": SECRET,
    "avis": "oui",
    "attestation": "oui",
}
"""What the site's server takes: all fourteen fields, as its own script writes two of them."""


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
        visit, starts_at = world.book_soon((8, 15, 30, 60))
        agent.open_counter(visit)
        counter = Counter(agent.page)

        seen_at, colour = counter.wait_for_face(within_s=60)
        assert 0 <= seen_at - starts_at < BY_ITSELF_S
        assert np.abs(np.array(colour) - np.array(GREEN)).max() < 40
        face = wait_until(lambda: face_of(world.kiosk.log(), visit), within_s=10, what="both faces")
        assert 0 <= face["at"] - starts_at < BY_ITSELF_S
        assert is_near(tuple(round(part) for part in face["colour"]), ORANGE, within=45)

        stage_alone = world.kiosk.page_processes()
        counter.obtain("see")
        counter.obtain("control")
        _fill_the_form(counter, world)
        received = dict(world.site.received[-1])
        assert received.pop("n°"), "the site gives the application a number"
        assert received == ACCEPTED

        assert world.kiosk.process
        box = world.kiosk.processes() | {world.kiosk.process.process.pid}
        assert listening(box) == set(), "nothing on the kiosk waits to be connected to"
        guest = world.kiosk.page_processes() - stage_alone
        assert guest, "the guest has a process of its own"
        _assert_writes_where_the_search_looks(world)

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
    _assert_writes_where_the_search_looks(world)
    typed = (NAME, NUMBER, NUMBER_SHOWN, ADDRESS, PHONE, STORY, SECRET)
    picture = (world.folder / "scanner/last.png").read_bytes()
    pieces = {MARK, picture[len(picture) // 2 :][:PIECE_BYTES], *_pixels(page)}
    _assert_on_no_disk(world, {form for text in typed for form in text_writings(text)})
    _assert_on_no_disk(world, {form for piece in pieces for form in writings(piece)})
    spoken = {text.encode(encoding) for text in typed for encoding in ENCODINGS}
    _assert_in_no_shared_memory(world, spoken | pieces)


def _assert_writes_where_the_search_looks(world: World) -> None:
    held = open_for_writing(world.kiosk.processes())
    assert held, "Chromium keeps files"
    assert {path for path in held if world.kiosk.folder not in path.parents} == set()


def _pixels(page: npt.NDArray[np.uint8]) -> set[bytes]:
    """Return the most varied piece of one row, in the orders in which programs here keep it."""
    rows = (row[at : at + PIECE_PX] for row in page for at in range(0, len(row), PIECE_PX))
    bgr = max(rows, key=lambda piece: len(np.unique(piece, axis=0)))
    opaque = np.full((len(bgr), 1), 255, np.uint8)
    rgb = bgr[:, ::-1]
    kept = (bgr, rgb, np.hstack([bgr, opaque]), np.hstack([rgb, opaque]))
    return {piece.tobytes() for piece in kept}


def _assert_on_no_disk(world: World, forms: Collection[bytes]) -> None:
    """Search all that the kiosk has; then plant each form in each place, and find it there."""
    assert files_with_any([world.kiosk.folder], forms) == []
    state = world.kiosk.state
    for place in (state, state / "chromium", world.kiosk.folder / "passing"):
        assert place.is_dir()
        planted = [place / f"planted-{number}" for number in range(len(forms))]
        for path, form in zip(planted, forms, strict=True):
            path.write_bytes(b"before" + form + b"after")
        assert files_with_any([world.kiosk.folder], forms) == sorted(planted)
        for path in planted:
            path.unlink()


def _assert_in_no_shared_memory(world: World, forms: Collection[bytes]) -> None:
    """Search what the kiosk's processes share; the same search finds each form that is there."""
    assert shared_memory_with_any(world.kiosk.processes(), [b""]), "Chromium's processes share some"
    assert shared_memory_with_any(world.kiosk.processes(), forms) == []
    with ExitStack() as stack:
        for form in forms:
            planted = os.memfd_create("planted")
            stack.callback(os.close, planted)
            os.write(planted, b"before" + form + b"after")
        assert len(shared_memory_with_any([os.getpid()], forms)) == len(forms)


def _fill_the_form(counter: Counter, world: World) -> None:
    counter.write("#nom", NAME)
    counter.choose("#naissance", "1980-02-29")
    counter.write("#numero", NUMBER, shown=NUMBER_SHOWN)
    counter.write("#courriel", ADDRESS)
    counter.write("#telephone", PHONE, shown=PHONE_SHOWN)
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
    # The keyboard opens once the focus is there; the agent reads that the person types now.
    counter.page.get_by_text("tape son mot de passe. Vous ne le voyez pas.").wait_for(
        timeout=20_000
    )
    world.screen.type(SECRET)
    world.screen.press("Tab")
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
