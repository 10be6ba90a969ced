"""Pages that mean harm: nothing of them runs in the agent's page, and nothing calls out from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chromium import partner_site
from chromium.corpus.pair import Pair
from chromium.partner_site import Site
from cordee_wire import control

HOSTILE = Path(__file__).parents[1] / "corpus" / "hostile"
SECRET = "canari-mot-de-passe"
DOCUMENTS = """() => {
    const documents = [viewer.replay.doc];
    for (const each of documents) {
        for (const frame of each.querySelectorAll("iframe, frame")) {
            if (frame.contentDocument) documents.push(frame.contentDocument);
        }
    }
    return documents;
}"""
HARM = (
    "() => ["
    "...new Set([globalThis.ran, ...(" + DOCUMENTS + ")().map((doc) => doc.defaultView?.ran)]),"
    "...(" + DOCUMENTS + ")().flatMap((doc) => Array.from(doc.querySelectorAll('*')))"
    ".flatMap((one) => one.localName === 'script' ? [one.outerHTML] : one.getAttributeNames()"
    ".filter((name) => /^on/i.test(name)"
    " || /^\\s*(javascript|data):/i.test(one.getAttribute(name))))"
    "].filter((each) => each !== undefined)"
)
CALLS_OUT = """() => {
    for (const doc of (DOCUMENTS)()) {
        const picture = doc.createElement("img");
        picture.src = "CANARY/direct.png";
        const script = doc.createElement("script");
        script.textContent = "top.ran = 'direct'";
        const sheet = doc.createElement("style");
        sheet.textContent = "body { background: url(CANARY/direct.css.png) }";
        doc.body?.append(picture, script, sheet);
    }
}""".replace("DOCUMENTS", DOCUMENTS)


@pytest.fixture(scope="module")
def canary() -> Iterator[Site]:
    """A place that nobody should call."""
    with partner_site.serve({}) as served:
        yield served


@pytest.fixture(scope="module")
def corpus_site(canary: Site) -> Iterator[Site]:
    pages = {
        f"/{file.name}": file.read_text(encoding="utf-8").replace("CANARY", canary.url)
        for file in HOSTILE.iterdir()
    }
    # The same in the standard mode: the replay begins its document anew for the other.
    pages["/runs-standard.html"] = "<!doctype html>" + pages["/runs.html"]
    pages["/calm.html"] = "<!doctype html><title>Calme</title><p id='calme'>Calme</p>"
    with partner_site.serve(pages) as served:
        yield served


@pytest.mark.parametrize("name", ["runs.html", "runs-standard.html"])
async def test_nothing_runs_and_nothing_calls_out(pair: Pair, canary: Site, name: str) -> None:
    await pair.open(name)
    await pair.do(("click", "#agir"))
    await pair.until("viewer.replay.doc.getElementById('text')?.textContent === 'Fini'")
    await pair.until("viewer.replay.doc.getElementById('late')?.shadowRoot !== null")
    page = pair.agent.page
    assert await page.evaluate(HARM) == []
    assert [each for each in pair.agent.asked if not each.startswith("blob:")] == []
    # The replay's own policy stands behind the cleaning, also where a document began anew.
    await page.evaluate(CALLS_OUT.replace("CANARY", canary.url))
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
    assert await page.evaluate("globalThis.ran") is None
    assert canary.asked == []
    # What the test itself wanted, and did not get.
    pair.agent.asked.clear()


async def test_a_page_that_spoils_its_own_world_spoils_nothing_else(pair: Pair) -> None:
    await pair.open("pollutes.html")
    assert await pair.differences() == []
    await pair.do(("type", "#f", "écrit"))
    await pair.do(("click", "#b"))
    await pair.until("viewer.replay.doc.getElementById('dit').textContent === 'cliqué'")
    assert await pair.differences() == []
    assert SECRET not in pair.seen.all_mirror_text()
    assert not [move for move in pair.seen.moves() if "faux" in move.url + move.title]


async def test_a_storm_of_changes_leaves_verbs_their_answers(pair: Pair) -> None:
    await pair.open("storms.html")
    for letter in "abc":
        await pair.do(("type", "#f", letter))
    await pair.until("viewer.replay.doc.getElementById('f').value === 'abc'")


async def test_a_page_too_large_to_tell_leaves_the_kiosk_as_it_is(pair: Pair) -> None:
    await pair.open("giant.html")
    await pair.seen.until(lambda: pair.seen.place().title == "Faite")
    await pair.open("calm.html")
    await pair.until("viewer.replay.doc.getElementById('calme') !== null")


async def test_camera_microphone_and_screen_are_refused_to_the_guest(pair: Pair) -> None:
    await pair.open("listens.html")
    await pair.do(("click", "#go"))
    for place in ("a", "b"):
        await pair.until(
            f"viewer.replay.doc.getElementById('{place}')?.textContent === 'NotAllowedError'"
        )


async def test_a_secret_in_a_closed_root_is_blind(pair: Pair) -> None:
    await pair.open("closed-secret.html")
    await pair.until("viewer.idOf('#hote >>> [data-cordee-blind=filled]') !== 0")
    node = await pair.node("#hote >>> [data-cordee-blind]")
    done = await pair.seen.browser.do(control.Type(id=900, node=node, text="x"))
    assert (done.ok, done.code) == (False, "blind")
    # Wherever the focus is, as only the kiosk knows it.
    await pair.do(("click", "#hote >>> #pres"))
    await pair.do(("press", "", "Tab"))
    done = await pair.seen.browser.do(control.Type(id=901, node=0, text="x"))
    assert (done.ok, done.code) == (False, "blind")
    assert SECRET not in pair.seen.all_mirror_text()
