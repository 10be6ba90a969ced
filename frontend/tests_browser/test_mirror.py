"""A page recorded in a real Chromium and replayed in another, as the kiosk's and the agent's."""

from __future__ import annotations

import base64
import hashlib
import json
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
            globalThis.shelf = new replaying.AssetShelf();
            globalThis.replay = new replaying.Replay(doc, hooks, {}, shelf);
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


def drawn(width: int, height: int) -> bytes:
    """A picture without two equal parts, so that a wrong place or size shows."""
    across = np.linspace(0, 255, width, dtype=np.uint8)[None, :].repeat(height, 0)
    down = np.linspace(255, 0, height, dtype=np.uint8)[:, None].repeat(width, 1)
    return bytes(cv2.imencode(".png", np.dstack([across, down, 255 - across]))[1])


FONT = next(
    (FRONTEND / "node_modules/@fontsource-variable/atkinson-hyperlegible-mono/files").glob(
        "*-mono-latin-wght-normal.woff2"
    )
)
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40" viewBox="0 0 6 4">'
    b'<script>parent.hacked = 1</script><image href="https://evil.invalid/x.png"/>'
    b'<rect width="6" height="4" fill="teal"/><circle cx="3" cy="2" r="1.5" fill="orange"/></svg>'
)
SHOWN = f"""<!doctype html><title>Tout</title><link rel="stylesheet" href="/deep/style.css">
<style>@font-face {{ font-family: "Voix"; src: url(/font.woff2) format("woff2"); }}
body {{ margin: 8px; font: 20px Voix, serif; background: #fff url(/back.png) repeat-x 0 0; }}
#set {{ background-image: image-set(url(/twice.png) 2x, url(/once.png) 1x); }}
#own::before {{ content: url("/drawing.svg"); }} div {{ height: 44px; }}</style>
<p id="words">Il iI l1 0O WWW</p><div id="linked"></div><div id="set"></div><div id="own"></div>
<p><img src="/drawn.png" style="width:120px"> <img src="/drawing.svg" width="90">
<img srcset="/twice.png 2x"> <input type="image" src="/once.png" alt="Envoyer">
<img style="width:100px;height:50px;object-fit:cover" src="/wide.png"></p>
<svg width="70" height="50"><image href="/drawn.png" width="70" height="50"/></svg>
<video poster="/once.png" width="80" height="60"></video><div id="host"></div>
<div style='height:30px;background:url("{SITE}/back.png")'></div>
<script>const root = document.getElementById("host").attachShadow({{ mode: "open" }});
root.innerHTML = "<style>b {{ background: url(/once.png); padding: 9px }}</style><b>Ombre</b>";
</script>"""
FILES = {
    "/drawn.png": drawn(240, 160),
    "/back.png": drawn(40, 16),
    "/once.png": drawn(50, 40),
    "/twice.png": drawn(100, 60),
    "/wide.png": drawn(400, 100),
    "/drawing.svg": DRAWING,
    "/font.woff2": FONT.read_bytes(),
    "/deep/in.png": drawn(90, 44),
}
KINDS_BY_ENDING = {"png": "image/png", "svg": "image/svg+xml", "woff2": "font/woff2"}


def bring(site: Page, counter: Page, *, smaller: bool = False) -> list[str]:
    """Do the daemon's part: bring what was asked for, rasters as others with `smaller`."""
    said = site.evaluate("(() => { const said = lines; lines = ''; return said; })()")
    told, asked = [], []
    for line in said.splitlines():
        if not line.startswith("["):
            told.append(line)
            continue
        for wish in json.loads(line):
            path = next((p for url in wish["urls"] if (p := url.removeprefix(SITE)) in FILES), None)
            if path is None:
                continue
            data, kind = FILES[path], KINDS_BY_ENDING[path.rpartition(".")[2]]
            height, width = picture.shape[:2] if (picture := size_of(data)) is not None else (0, 0)
            own = {"nw": width, "nh": height}
            if smaller and width:
                width, height = width // 2, height // 2
                small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
                data = bytes(cv2.imencode(".png", small)[1])
            sha = hashlib.sha256(data).hexdigest()
            asked.append(path)
            counter.evaluate(
                """([hash, type, text]) => shelf.put({ hash, type, to: "",
                    bytes: Uint8Array.from(atob(text), (one) => one.charCodeAt(0)) })""",
                [sha, kind, base64.b64encode(data).decode()],
            )
            asset = {"t": "asset", "key": wish["key"], "hash": sha[:32], "w": width, "h": height}
            told.append(json.dumps(asset | own))
    site.evaluate("(said) => { lines = said + lines; }", "\n".join([*told, ""]))
    carry(site, counter)
    counter.frames[1].evaluate("document.fonts.ready.then(() => undefined)")
    return asked


def size_of(data: bytes) -> np.ndarray | None:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def look(page: Page | ElementHandle) -> np.ndarray:
    seen = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    return seen.astype(int)


@pytest.fixture
def shown(site: Page) -> Page:
    """The partner's page, full of pictures, a font and drawings."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path == "/":
            route.fulfill(body=SHOWN, content_type="text/html; charset=utf-8")
        elif path == "/deep/style.css":
            route.fulfill(body="#linked{background:url(in.png)}", content_type="text/css")
        elif path in FILES:
            kind = KINDS_BY_ENDING[path.rpartition(".")[2]]
            route.fulfill(body=FILES[path], content_type=kind)
        else:
            route.fulfill(status=404, body="")

    site.unroute(f"{SITE}/**")
    site.route(f"{SITE}/**", answer)
    site.goto(f"{SITE}/")
    site.evaluate("cordeeRecorder.start(1)")
    site.wait_for_function("document.fonts.status === 'loaded' && lines.includes('\"font\"')")
    return site


def test_page_looks_at_the_agents_as_at_the_kiosk_and_nothing_is_fetched(
    shown: Page, counter: Page
) -> None:
    asked: list[str] = []
    errors: list[str] = []
    counter.on("request", lambda request: asked.append(request.url))
    counter.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    assert set(bring(shown, counter)) == {*FILES}
    there, here = look(shown), look(counter.locator("iframe").element_handle())
    here = here[2 : 2 + 880, 2 : 2 + 880]
    there = there[:880, :880]
    differing = (np.abs(there - here).max(axis=2) > 24).mean()
    assert differing < 0.001
    assert {url.partition(":")[0] for url in asked} <= {"blob", "data"}
    assert errors == []
    assert counter.evaluate("globalThis.hacked") is None


def test_smaller_pictures_leave_the_page_laid_out_as_it_is(shown: Page, counter: Page) -> None:
    bring(shown, counter, smaller=True)
    boxes = "() => [...document.images].map((one) => { const b = one.getBoundingClientRect();"
    boxes += " return [b.x, b.y, b.width, b.height]; })"
    assert counter.frames[1].evaluate(boxes) == shown.evaluate(boxes)
    there, here = look(shown)[:880, :880], look(counter.locator("iframe").element_handle())
    assert np.abs(there - here[2:882, 2:882]).mean() < 3


def test_style_cannot_point_anywhere_by_a_key(shown: Page, counter: Page) -> None:
    asked: list[str] = []
    counter.on("request", lambda request: asked.append(request.url))
    bring(shown, counter)
    counter.evaluate(
        """(site) => {
            const apply = (line) => {
                const event = replaying.parseReplayLine(JSON.stringify(line));
                if (event !== null) replay.apply(event);
            };
            const bad = `x);background:url(${site}/out.png`;
            apply({ t: "asset", key: bad, hash: "0".repeat(32), w: 1, h: 1 });
            apply({ t: "asset", key: "c1-1", hash: `${site}/out.png`, w: 1, h: 1 });
            apply({ t: "font", id: 1, key: "f1-1", family: `a;src:url(${site}/f)`, d: {} });
            apply({ t: "picture", id: 5, width: 9, height: 9, key: `${site}/out.png` });
            for (const style of [`--cordee-c1-1: url(${site}/out.png)`,
                `background: var(--none, url(${site}/out.png))`]) {
                const changed = { id: replay.map.id(replay.doc.body), attributes: { style } };
                const d = { texts: [], removes: [], adds: [], attributes: [changed] };
                apply({ t: "mutation", d });
            }
        }""",
        SITE,
    )
    counter.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert [url for url in asked if url.startswith("http")] == []
