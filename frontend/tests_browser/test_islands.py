"""Islands in the replay, under its policy; and the check that it shows what the page shows."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, ElementHandle, Page, Route

FRONTEND = Path(__file__).resolve().parents[1]
SITE = "https://allocations.exemple.fr"
COUNTER = "https://guichet.cordee.invalid"
# As the server sends them for the counter and for the replay's own document.
COUNTER_POLICY = "default-src 'self'; img-src 'self' blob:; frame-src 'self'"
REPLAY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src blob:; font-src blob:; "
    "frame-ancestors 'self'"
)
RED, BLUE = (250, 10, 10), (10, 10, 250)
Pixels = npt.NDArray[np.uint8]
PAGE = """<!doctype html><title>Plan</title><body style="margin:8px;font:16px sans-serif">
<style>canvas, video { border: 5px solid black; padding: 3px; background: white }</style>
<p><canvas id="plan" width="200" height="100"></canvas> à côté</p>
<p><video id="film"></video> à côté</p>
<p><object id="papier" data="/a.pdf" width="240" height="120">Sans</object>
<p id="end">Fin</p>"""


@pytest.fixture(scope="module")
def recorder() -> Path:
    """Build the recorder as the package ships it."""
    command = ["node", "build.mjs", "recorder"]
    subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
    return FRONTEND.parent / "kiosk/src/cordee_kiosk/stage/recorder.js"


Opened = Callable[[str], Page]


@pytest.fixture
def opened(chromium: Browser, recorder: Path) -> Opened:
    """Opens a partner's page in the kiosk's guest window, its mirror's lines in `lines`."""

    def open_page(body: str) -> Page:
        page = chromium.new_context(viewport={"width": 900, "height": 900}).new_page()
        page.route(f"{SITE}/**", lambda route: _fulfil(route, body))
        page.add_init_script("globalThis.lines = ''; globalThis.cordeeMirror = (t) => lines += t;")
        page.add_init_script(path=recorder)
        page.goto(f"{SITE}/")
        page.evaluate("cordeeRecorder.start(0)")
        return page

    return open_page


@pytest.fixture
def drawn(opened: Opened) -> Page:
    return opened(PAGE)


@pytest.fixture
def counter(chromium: Browser, bundled: Callable[[str], Path]) -> Page:
    """The agent's page with an empty replay under its policy."""

    def answer(route: Route) -> None:
        is_replay = route.request.url.endswith("/miroir/")
        frame = '<iframe src="/miroir/" sandbox="allow-same-origin" width="900" height="900">'
        body = "<body></body>" if is_replay else f"<body>{frame}</iframe>"
        _fulfil(route, f"<!doctype html>{body}", REPLAY_POLICY if is_replay else COUNTER_POLICY)

    page = chromium.new_context(viewport={"width": 920, "height": 920}).new_page()
    page.route(f"{COUNTER}/**", answer)
    page.goto(f"{COUNTER}/")
    page.evaluate(bundled("replaying").read_text() + "; globalThis.replaying = replaying;")
    page.evaluate(
        """() => {
            const nothing = () => undefined;
            const hooks = { onPage: nothing, onViewport: nothing, onFocus: nothing,
                onLost: nothing, isScrolling: () => false };
            const doc = document.querySelector("iframe").contentDocument;
            globalThis.replay = new replaying.Replay(doc, hooks, { islandCovered: "Caché" });
        }"""
    )
    return page


def _fulfil(route: Route, body: str, policy: str = "") -> None:
    kind = "text/html; charset=utf-8"
    headers = {"content-security-policy": policy, "content-type": kind}
    route.fulfill(body=body, content_type=kind, headers=headers if policy else None)


def carry(drawn: Page, counter: Page, *, sizes: bool = True) -> None:
    """Bring what the page's mirror has said since, and the islands' sizes, to the counter."""
    lines = drawn.evaluate("(() => { const said = lines; lines = ''; return said; })()")
    for each in drawn.evaluate("cordeeRecorder.islands().islands") if sizes else []:
        size = {name: each[name] for name in ("id", "width", "height")}
        lines += json.dumps({"t": "island", "hash": "", **size}) + "\n"
    counter.evaluate(
        """(lines) => {
            for (const line of lines.split("\\n")) {
                const event = replaying.parseReplayLine(line);
                if (event !== null) replay.apply(event);
            }
        }""",
        lines,
    )


def replayed(counter: Page, css: str) -> ElementHandle:
    found = counter.frames[1].query_selector(css)
    assert found is not None
    return found


def island_of(drawn: Page, name: str) -> dict[str, float]:
    """Return what the recorder says of the island with this id."""
    width = drawn.eval_on_selector(f"#{name}", "one => one.getBoundingClientRect().width")
    islands = drawn.evaluate("cordeeRecorder.islands().islands")
    order = ["plan", "film", "papier"]
    assert width > 0
    found: dict[str, float] = islands[order.index(name)]
    return found


def show(
    counter: Page, island: dict[str, float], *, top: tuple[int, ...], low: tuple[int, ...]
) -> None:
    """Bring a picture of two colours, and the line that shows it."""
    height, width = int(island["h"]), int(island["w"])
    pixels = np.full((height, width, 3), low[::-1], np.uint8)
    pixels[: height // 2] = top[::-1]
    data = bytes(cv2.imencode(".png", pixels)[1])
    digest = hashlib.sha256(data).hexdigest()
    part = {name: island[name] for name in ("id", "left", "top", "w", "h", "width", "height")}
    line = json.dumps({"t": "island", "hash": digest, **part})
    counter.evaluate(
        """([line, hash, to, data]) => {
            replay.apply(replaying.parseReplayLine(line));
            const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
            replay.take({ hash, to, type: "image/png", bytes });
        }""",
        [line, digest, f"island/{int(island['id'])}", base64.b64encode(data).decode()],
    )


def pixels_of(counter: Page, css: str) -> Pixels:
    seen = cv2.imdecode(
        np.frombuffer(replayed(counter, css).screenshot(), np.uint8), cv2.IMREAD_COLOR
    )
    assert seen is not None
    return seen[:, :, ::-1].astype(np.uint8)


def is_colour(pixel: Pixels, colour: tuple[int, ...]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= 12)


@pytest.mark.parametrize("name", ["plan", "film", "papier"])
def test_an_islands_picture_lies_inside_its_box_which_is_as_large_as_there(
    drawn: Page, counter: Page, name: str
) -> None:
    errors: list[str] = []
    counter.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    carry(drawn, counter)
    island = island_of(drawn, name)
    show(counter, island, top=RED, low=BLUE)
    size = "one => [one.getBoundingClientRect().width, one.getBoundingClientRect().height]"
    there = drawn.eval_on_selector(f"#{name}", size)
    assert replayed(counter, f"#{name}").evaluate(size) == pytest.approx(there, abs=1)
    seen = pixels_of(counter, f"#{name}")
    edge = 8 if name != "papier" else 0
    height, width = seen.shape[:2]
    assert is_colour(seen[edge + 4, width // 2], RED)
    assert is_colour(seen[height - edge - 4, width // 2], BLUE)
    if edge:
        assert not is_colour(seen[edge - 2, width // 2], RED), "the border stays the page's"
    assert errors == []


def test_a_part_in_view_stands_in_its_place(drawn: Page, counter: Page) -> None:
    carry(drawn, counter)
    island = {**island_of(drawn, "plan"), "top": 50, "h": 50}
    show(counter, island, top=RED, low=RED)
    seen = pixels_of(counter, "#plan")
    assert is_colour(seen[8 + 75, 100], RED)
    assert not is_colour(seen[8 + 25, 100], RED)


def test_a_covered_island_shows_words_and_nothing_of_before(drawn: Page, counter: Page) -> None:
    carry(drawn, counter)
    island = island_of(drawn, "plan")
    show(counter, island, top=RED, low=BLUE)
    covered = {
        "t": "island",
        "hash": "",
        "covered": True,
        **{name: island[name] for name in ("id", "width", "height")},
    }
    counter.evaluate("(line) => replay.apply(replaying.parseReplayLine(line))", json.dumps(covered))
    seen = pixels_of(counter, "#plan")
    for colour in (RED, BLUE):
        assert not (np.abs(seen.astype(int) - colour).max(axis=2) <= 40).any()
    assert is_colour(seen[100, 190], (0xE6, 0xEB, 0xE8))


def test_a_change_of_its_style_leaves_an_island_as_it_is(drawn: Page, counter: Page) -> None:
    carry(drawn, counter)
    show(counter, island_of(drawn, "plan"), top=RED, low=BLUE)
    drawn.evaluate("document.getElementById('plan').style = 'background: lime; outline: 1px solid'")
    drawn.wait_for_function("lines.includes('lime')")
    carry(drawn, counter, sizes=False)
    seen = pixels_of(counter, "#plan")
    assert is_colour(seen[12, 100], RED)
    drawn.evaluate("document.body.append(document.getElementById('plan'))")
    drawn.wait_for_function("lines.includes('removes')")
    carry(drawn, counter, sizes=False)
    assert is_colour(pixels_of(counter, "#plan")[12, 100], RED)


LONG = """<!doctype html><title>Liste</title><style>
body { margin: 8px; font: 16px sans-serif } nav { position: fixed; top: 0; right: 0 }
@keyframes away { to { transform: translateX(300px) } } #moving { animation: away 4s infinite }
.box { height: 120px; overflow: auto }</style><nav>Aide</nav><p id="moving">En route</p>
<div class="box"><p style="height:600px">Défile</p></div><form><input value="Nom"><select><option>A
</select><textarea>Texte</textarea></form><table>ROWS</table>""".replace(
    "ROWS",
    "".join(f"<tr><td>{n}</td><td><b>Dossier</b> {n * 7}</td></tr>" for n in range(4000)),
)
SHADOWS = """<!doctype html><title>Ombres</title><style>li {
height: 90px }</style><div id="host"></div><iframe srcdoc="<p>Dedans</p>
<button>Bouton</button>" width="400" height="300"></iframe><ul><li>Un<li>Deux<li>Trois</ul><script>
host.attachShadow({ mode: "open" }).innerHTML = "<h2>Ombre</h2><h3>Texte à l’ombre</h3><hr>";
</script>"""
WATCH = """() => {
    globalThis.said = [];
    globalThis.watch = replaying.watchFidelity(() => replay, {
        onAgain: () => said.push("again"), onUnfaithful: () => said.push("picture") });
    globalThis.compared = (sample) => {
        const before = said.length;
        for (let look = 0; look < 6; look++) watch.take(sample);
        return said.slice(before);
    };
}"""


def sample_of(site: Page, counter: Page) -> list[str]:
    """Return what the counter says of the newest sample when that stays what it is."""
    site.evaluate("lines = ''; cordeeRecorder.sample()")
    site.wait_for_function("lines.includes('sample')")
    lines = site.evaluate("lines")
    said: list[str] = counter.evaluate(
        """(lines) => {
            const events = lines.split("\\n").map((each) => replaying.parseReplayLine(each));
            const sample = events.findLast((each) => each?.kind === "sample");
            if (sample.nodes.length < 4) return ["too little to compare"];
            return compared(sample.nodes);
        }""",
        lines,
    )
    return said


@pytest.mark.parametrize("body", [PAGE, LONG, SHADOWS], ids=["islands", "long", "shadows"])
def test_a_replay_that_follows_is_not_doubted(opened: Opened, counter: Page, body: str) -> None:
    site = opened(body)
    carry(site, counter)
    counter.evaluate(WATCH)
    assert sample_of(site, counter) == []
    # The agent looks elsewhere in the page than the kiosk does.
    counter.frames[1].evaluate("scrollTo(0, 500)")
    site.evaluate("scrollTo(0, 120)")
    assert sample_of(site, counter) == []


def test_a_replay_that_does_not_follow_is_begun_anew_then_given_up(
    opened: Opened, counter: Page
) -> None:
    site = opened(LONG)
    carry(site, counter)
    counter.evaluate(WATCH)
    counter.frames[1].evaluate(
        "for (const row of document.querySelectorAll('tr')) row.textContent = 'Autre chose'"
    )
    assert sample_of(site, counter) == ["again", "picture"]


def test_a_replay_with_another_font_is_not_doubted(opened: Opened, counter: Page) -> None:
    site = opened(LONG)
    carry(site, counter)
    counter.evaluate(WATCH)
    counter.frames[1].evaluate("document.body.style.fontFamily = 'DejaVu Serif'")
    assert sample_of(site, counter) == []


def test_a_sample_of_a_large_page_costs_its_script_little_time(opened: Opened) -> None:
    site = opened(LONG)
    assert site.evaluate("document.querySelectorAll('*').length") > 15_000
    took_ms: float = site.evaluate(
        """() => {
            const times = [];
            for (let look = 0; look < 9; look++) {
                const begun = performance.now();
                cordeeRecorder.sample();
                times.push(performance.now() - begun);
            }
            return times.sort((a, b) => a - b)[4];
        }"""
    )
    assert took_ms < 5
