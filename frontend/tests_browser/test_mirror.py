"""A page recorded in a real Chromium and replayed in another, as the kiosk's and the agent's."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, ElementHandle, Page, Route

FRONTEND = Path(__file__).resolve().parents[1]
RECORDER = FRONTEND.parent / "kiosk/src/cordee_kiosk/stage/recorder.js"
SITE = "https://allocations.exemple.fr"
COUNTER = "https://guichet.cordee.invalid"
# As the server sends them for the counter and for the replay's own document.
COUNTER_POLICY = "default-src 'self'; img-src 'self' blob:; frame-src 'self'"
REPLAY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src blob:; font-src blob:; "
    "frame-ancestors 'self'"
)
PAGE = f"""<!doctype html><title>Aide</title><body style="margin:8px;font:16px sans-serif">
<p><img id="logo" src="/logo.png" alt="Allocations <familiales> & Cie"></p>
<p><img id="wide" src="{SITE}/wide.png" alt="Carte" style="width:50%"></p>
<p><img id="given" src="/logo.png" width="90" height="30" alt=""></p>
<picture><source srcset="/wide.png 1x"><img id="chosen" src="/logo.png" alt="Choix"></picture>
<p>Avant <img id="missing" src="/nowhere.png" alt="Plan d’accès"> après</p>
<p>Avant <img id="bare"> après</p>
<p id="end">Fin</p>"""
PICTURES = {"/logo.png": (160, 48), "/wide.png": (600, 200), "/late.png": (220, 140)}
SURE = {"logo", "wide", "given", "chosen"}
BOX = """(one) => { const { x, y, width, height } = one.getBoundingClientRect();
    return [x, y, width, height]; }"""


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """Build the recorder as the package ships it."""
    command = ["node", "build.mjs", "recorder"]
    subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)


def png(width_px: int, height_px: int) -> bytes:
    return bytes(cv2.imencode(".png", np.full((height_px, width_px, 3), 90, np.uint8))[1])


@pytest.fixture
def site(chromium: Browser) -> Page:
    """The partner's page in the kiosk's guest window, its mirror's lines in `lines`."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path == "/":
            route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")
        elif path in PICTURES:
            route.fulfill(body=png(*PICTURES[path]), content_type="image/png")
        else:
            route.fulfill(status=404, body="")

    page = chromium.new_context(viewport={"width": 900, "height": 900}).new_page()
    page.route(f"{SITE}/**", answer)
    page.add_init_script("globalThis.lines = ''; globalThis.cordeeMirror = (t) => lines += t;")
    page.add_init_script(path=RECORDER)
    page.goto(f"{SITE}/")
    page.evaluate("cordeeRecorder.start(0)")
    return page


@pytest.fixture
def counter(chromium: Browser, bundled: Callable[[str], Path]) -> Page:
    """The agent's page with an empty replay; what it asks of anyone else is in `requests`."""

    def answer(route: Route) -> None:
        is_replay = route.request.url.endswith("/miroir/")
        replay = "<!doctype html><title>R</title><body></body>"
        frame = '<iframe src="/miroir/" sandbox="allow-same-origin" width="900" height="900">'
        route.fulfill(
            body=replay if is_replay else f"<!doctype html><body>{frame}</iframe>",
            content_type="text/html; charset=utf-8",
            headers={
                "content-security-policy": REPLAY_POLICY if is_replay else COUNTER_POLICY,
                "content-type": "text/html; charset=utf-8",
            },
        )

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
            globalThis.replay = new replaying.Replay(doc, hooks, {});
        }"""
    )
    return page


def carry(site: Page, counter: Page) -> None:
    """Bring what the site's mirror has said since to the counter, and let its pictures load."""
    lines = site.evaluate("(() => { const said = lines; lines = ''; return said; })()")
    counter.evaluate(
        """async (lines) => {
            for (const line of lines.split("\\n")) {
                const event = replaying.parseReplayLine(line);
                if (event !== null) replay.apply(event);
            }
            const isLoaded = (one) => one.complete;
            while (![...replay.doc.images].every(isLoaded)) {
                await new Promise((done) => requestAnimationFrame(done));
            }
        }""",
        lines,
    )


def replayed(counter: Page, css: str) -> ElementHandle:
    frame = counter.frames[1]
    found = frame.query_selector(css)
    assert found is not None
    return found


def test_pictures_keep_their_place_and_nobody_asks_the_partners_site(
    site: Page, counter: Page
) -> None:
    asked: list[str] = []
    errors: list[str] = []
    counter.on("request", lambda request: asked.append(request.url))
    counter.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    carry(site, counter)
    for name in ("logo", "wide", "given", "chosen", "missing", "bare", "end"):
        there = site.eval_on_selector(f"#{name}", BOX)
        here = replayed(counter, f"#{name}").evaluate(BOX)
        # Words in a line stand on it, a drawing as high as they are a few px above.
        assert here == pytest.approx(there, abs=1 if name in SURE else 5), name
    site.evaluate(
        """() => {
            const late = new Image();
            late.id = "late";
            late.src = "/late.png";
            document.body.prepend(late);
        }"""
    )
    site.wait_for_function("lines.includes('picture')")
    carry(site, counter)
    there = site.eval_on_selector("#late", BOX)
    assert there[2:] == [220, 140]
    assert replayed(counter, "#late").evaluate(BOX) == pytest.approx(there, abs=1)
    assert [url for url in asked if not url.startswith("blob:")] == []
    assert errors == []


def test_picture_that_is_not_here_is_a_quiet_box_with_its_words(site: Page, counter: Page) -> None:
    carry(site, counter)
    seen = cv2.imdecode(
        np.frombuffer(replayed(counter, "#wide").screenshot(), np.uint8), cv2.IMREAD_COLOR
    )
    assert seen is not None
    assert seen[-5, -5].tolist() == pytest.approx([0xE8, 0xEB, 0xE6], abs=3)
    assert seen.std() > 1, "its words are drawn"
    assert replayed(counter, "#wide").get_attribute("alt") == "Carte"
    # A picture that is broken there has its words here, and no picture of a broken one.
    assert replayed(counter, "#missing").evaluate("one => one.naturalWidth") > 0
    assert replayed(counter, "#bare").get_attribute("src") is not None


FRAMES = """<!doctype html><body><iframe id="own" srcdoc="<p>Ici</p>"></iframe>
<iframe id="closed" sandbox="allow-scripts" srcdoc="<p>Là</p>"></iframe></body>"""


def test_what_a_frame_is_filled_with_neither_runs_nor_fetches(site: Page, counter: Page) -> None:
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=png(2, 2), content_type="image/png")

    counter.context.route("https://ailleurs.exemple.fr/**", note)
    site.evaluate("(html) => { document.body.innerHTML = html; }", FRAMES)
    site.wait_for_function("document.querySelector('#own').contentDocument?.body.textContent")
    site.evaluate("cordeeRecorder.start(1)")
    carry(site, counter)
    evil = "https://ailleurs.exemple.fr/vu"
    owner = counter.evaluate(
        "replay.map.id(replay.doc.querySelector('#closed'))",
    )
    counter.evaluate(FILL, [owner, evil])
    inner = counter.frame_locator("iframe").frame_locator("#closed")
    assert inner.locator("#texte").inner_text() == "Carte"
    state = counter.evaluate(
        """() => {
            const { contentDocument: inner } = replay.doc.querySelector("#closed");
            // As if the cleaning had let something through.
            const script = inner.createElement("script");
            script.textContent = "parent.parent.ran = true; document.title = 'ran'";
            inner.body.append(script);
            const link = inner.createElement("a");
            link.href = "javascript:document.title = 'ran'";
            inner.body.append(link);
            link.click();
            const image = inner.createElement("img");
            image.src = "https://ailleurs.exemple.fr/vu.png";
            inner.body.append(image);
            return new Promise((done) => {
                image.onerror = () => done([inner.compatMode, inner.title, globalThis.ran ?? null]);
                image.onload = () => done("loaded");
            });
        }"""
    )
    assert state == ["CSS1Compat", "", None]
    assert asked == []
    # The page is told anew, and the frame after it: the first picture left nothing behind.
    counter.evaluate(
        "() => replay.apply({ kind: 'page', url: '', title: '', width: 1, height: 1 })"
    )
    site.evaluate("cordeeRecorder.start(1)")
    carry(site, counter)
    counter.evaluate(FILL, [owner, evil])
    assert inner.locator("#texte").count() == 1


FILL = """([owner, evil]) => {
    const element = (id, tagName, attributes, ...childNodes) =>
        ({ type: 2, id, tagName, attributes, childNodes });
    const text = { type: 3, id: 9000006, textContent: "Carte" };
    const body = element(9000003, "body", { onload: "ran()" },
        element(9000004, "style", { _cssText: `p { background: url("${evil}") }` }),
        element(9000005, "p", { id: "texte", style: `background: url(${evil})` }, text),
        element(9000007, "img", { src: evil }),
        element(9000008, "iframe", { src: evil, srcdoc: "<script>ran()</script>" }));
    const html = element(9000002, "html", {}, body);
    const node = { type: 0, id: 9000001, childNodes: [{ type: 1, id: 9000009 }, html] };
    const line = JSON.stringify({ t: "full", owner, node, top: 0, left: 0 });
    replay.apply(replaying.parseReplayLine(line));
}"""
