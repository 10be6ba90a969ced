"""Pictures and fonts of the page: those that Chromium has loaded, each content once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest_asyncio
from waiting import until

from chromium.partner_site import Site
from chromium.seen import Line, Seen
from cordee_kiosk import browsing
from cordee_kiosk.adapters.chromium.bulk import Parcel
from cordee_wire import control, stage

FONT = next(
    (Path(__file__).parents[4] / "frontend/node_modules/@fontsource-variable").glob(
        "atkinson-hyperlegible-next/files/*-latin-wght-normal.woff2"
    )
)
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>'
PAGE = """<!doctype html><title>Images</title><link rel="stylesheet" href="/style.css">
<style>@font-face { font-family: Voix; src: url(/voix.woff2); font-weight: 200 800; }
p { font-family: Voix; } #fond { background: url("/fond.png"); height: 30px; }</style>
<p id="mots">Mots</p><div id="fond"></div><div id="lie"></div><img id="logo" src="/logo.png">
<img src="/logo.png?encore"><img src="/dessin.svg"><img id="ecrit" src="%s">
<img id="ailleurs" src="%s/loin.png"><img id="absent" src="/absent.png">
<svg width="40" height="40"><image id="dans" href="/dans.png" width="40" height="40"/></svg>
<a id="suite" href="/suite">Suite</a>"""


def png(shade: int, width: int = 20, height: int = 10, *, is_noisy: bool = False) -> bytes:
    picture = np.full((height, width, 3), shade, np.uint8)
    if not is_noisy:
        return bytes(cv2.imencode(".png", picture)[1])
    noise = np.random.default_rng(shade).integers(0, 255, picture.shape, np.uint8)
    return bytes(cv2.imencode(".png", cv2.GaussianBlur(noise, (0, 0), 3))[1])


def opened(data: bytes) -> npt.NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


class Agent:
    """The other end: answers every piece, and keeps what came whole."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.parcels: list[Parcel] = []
        self._task = asyncio.get_running_loop().create_task(self._take())

    async def _take(self) -> None:
        self._read = 0
        while True:
            await self.seen.until(lambda: len(self.seen.events) > self._read)
            event = self.seen.events[self._read]
            self._read += 1
            if isinstance(event, browsing.BulkBytes):
                self._put(event.data)
                data = base64.b64encode(event.data).decode()
                await self.seen.browser.tell(stage.SendBulk(data=data))

    def _put(self, piece: bytes) -> None:
        data = piece[1:]
        if piece[0] == 1:
            begin = 2 + int.from_bytes(piece[1:3], "big")
            self._head, self._data = json.loads(data[2:begin]), b""
            data = data[begin:]
        self._data += data
        if len(self._data) == self._head["size"]:
            assert hashlib.sha256(self._data).hexdigest() == self._head["hash"]
            self.parcels.append(Parcel.of(self._data, self._head["type"], to=self._head["to"]))

    def shown(self) -> dict[str, Parcel]:
        """Return what came whole by the key that shows it."""
        by_hash = {each.hash[:32]: each for each in self.parcels}
        return {
            line["key"]: by_hash[line["hash"]]
            for line in self.seen.mirror()
            if line["t"] == "asset" and line["hash"] in by_hash
        }

    async def until_shown(self, count: int) -> dict[str, Parcel]:
        await until(lambda: len(self.shown()) >= count, what="what is shown")
        return self.shown()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


@pytest_asyncio.fixture(loop_scope="module")
async def agent(seen: Seen, site: Site, other_site: Site) -> AsyncIterator[Agent]:
    """The other end of a page full of pictures."""
    written = base64.b64encode(png(50)).decode()
    site.pages["/images"] = PAGE % (f"data:image/png;base64,{written}", other_site.url)
    site.files |= {
        "/style.css": b"#lie { background: url(lie.png); height: 20px }",
        "/logo.png": png(10),
        "/fond.png": png(20),
        "/lie.png": png(30),
        "/dans.png": png(40),
        "/dessin.svg": DRAWING,
        "/voix.woff2": FONT.read_bytes(),
    }
    site.kinds |= {"/style.css": "text/css", "/dessin.svg": "image/svg+xml"}
    other_site.files["/loin.png"] = png(60)
    await seen.browser.tell(
        stage.Negotiate(visit="v", instance="i", to="a", ice_servers=[], relay_only=False)
    )
    other = Agent(seen)
    yield other
    await other.close()


async def open_page(agent: Agent, site: Site, path: str, *others: Site) -> None:
    await agent.seen.browser.mirror(is_on=True)
    hosts = [site.host, *(each.host for each in others)]
    await agent.seen.browser.open_guest(url=site.url + path, allowed_hosts=hosts)


def lines(seen: Seen, kind: str) -> list[Line]:
    return [line for line in seen.mirror() if line["t"] == kind]


async def test_whatever_the_page_shows_comes_once_and_nothing_is_asked_twice(
    agent: Agent, site: Site, other_site: Site
) -> None:
    await open_page(agent, site, "/images", other_site)
    shown = await agent.until_shown(9)
    whole = {each.data for each in agent.parcels}
    assert whole == {
        *(png(shade) for shade in (10, 20, 30, 40, 50, 60)),
        DRAWING,
        FONT.read_bytes(),
    }
    assert len(agent.parcels) == len(whole)
    assert sorted(each.type for each in agent.parcels) == [
        "font/woff2",
        *["image/png"] * 6,
        "image/svg+xml",
    ]
    logo = await agent.seen.node_id(id="logo")
    told = {line["id"]: line for line in lines(agent.seen, "picture")}
    assert shown[told[logo]["key"]].data == png(10)
    # It may be told again once it has come: who has it is not changed by that.
    font, *again = lines(agent.seen, "font")
    assert again in ([], [font])
    assert (font["family"], font["d"]["weight"]) == ("Voix", "200 800")
    assert shown[font["key"]].data == FONT.read_bytes()
    asked = [*site.asked, *other_site.asked]
    assert sorted(set(asked)) == sorted(asked)
    text = agent.seen.all_mirror_text()
    assert "base64" not in text
    assert ".png" not in text


async def test_page_seen_again_costs_no_bytes(agent: Agent, site: Site) -> None:
    await open_page(agent, site, "/images")
    await agent.until_shown(8)
    count = len(agent.parcels)
    await agent.seen.browser.mirror(is_on=True)
    await agent.until_shown(8)
    await agent.seen.browser.do(control.Open(id=1, url=f"{site.url}/images"))
    await agent.seen.until(
        lambda: len({x["key"] for x in lines(agent.seen, "asset") if x["key"][1] == "2"}) == 8
    )
    assert len(agent.parcels) == count


async def test_style_made_by_script_and_pictures_that_come_late_are_shown(
    agent: Agent, site: Site
) -> None:
    site.pages["/tard"] = """<!doctype html><body><img id="image"><p id="texte">a</p>
    <button id="agir" style="display:block">Agir</button><script>
    document.getElementById("agir").onclick = () => {
      document.getElementById("image").src = "/logo.png";
      document.getElementById("texte").style.backgroundImage = "url(/fond.png)";
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("body { background: url(/lie.png) }");
      document.adoptedStyleSheets = [sheet];
    };</script>"""
    await open_page(agent, site, "/tard")
    node = await agent.seen.node_id(id="agir")
    assert (await agent.seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))).ok
    await agent.until_shown(3)
    assert {each.data for each in agent.parcels} == {png(10), png(20), png(30)}


async def test_what_is_no_picture_or_too_large_or_never_loaded_does_not_come(
    agent: Agent, site: Site
) -> None:
    site.pages["/faux"] = """<!doctype html><img src="/faux.png"><img src="/grand.svg">
    <img src="/logo.png" style="display:none" loading="lazy"><img id="ok" src="/fond.png">
    <style>.jamais { background: url(/lie.png) }</style><script>
    cordeeMirror = 1; new Image().src = "/dans.png";</script>"""
    site.files["/faux.png"] = b"<!doctype html><script>alert(1)</script>"
    site.files["/grand.svg"] = DRAWING.replace(b"<path", b"<!--" + b"x" * 700_000 + b"--><path")
    site.kinds["/faux.png"] = "image/png"
    site.kinds["/grand.svg"] = "image/svg+xml"
    await open_page(agent, site, "/faux")
    await agent.until_shown(1)
    assert [each.data for each in agent.parcels] == [png(20)]
    assert "/lie.png" not in site.asked


async def test_heavy_picture_comes_no_larger_than_it_is_shown(agent: Agent, site: Site) -> None:
    site.pages["/lourd"] = '<!doctype html><img id="photo" src="/photo.png" style="width:200px">'
    site.files["/photo.png"] = heavy = png(3, 1600, 800, is_noisy=True)
    await open_page(agent, site, "/lourd")
    await agent.until_shown(1)
    (parcel,) = agent.parcels
    assert parcel.type == "image/webp"
    assert len(parcel.data) < len(heavy) / 20
    made = opened(parcel.data)
    assert made.shape == (100, 200, 3)
    (line,) = lines(agent.seen, "asset")
    assert (line["w"], line["h"], line["nw"], line["nh"]) == (200, 100, 1600, 800)
    wanted = cv2.resize(opened(heavy), (200, 100), interpolation=cv2.INTER_AREA)
    assert np.abs(made.astype(int) - wanted).mean() < 6


async def test_pictures_in_view_come_first(agent: Agent, site: Site) -> None:
    far = "".join(f'<img src="/loin{n}.png">' for n in range(5))
    site.pages["/long"] = (
        f'<!doctype html><div style="position:absolute;top:9000px">{far}</div>'
        '<img id="pres" src="/pres.png">'
    )
    for n in range(5):
        site.files[f"/loin{n}.png"] = png(100 + n, 400, 300, is_noisy=True)
    site.files["/pres.png"] = png(7)
    await open_page(agent, site, "/long")
    await agent.until_shown(6)
    assert [each.data for each in agent.parcels].index(png(7)) <= 1


async def test_nothing_comes_once_see_is_taken_back(agent: Agent, site: Site) -> None:
    await open_page(agent, site, "/images")
    await agent.until_shown(1)
    await agent.seen.browser.mirror(is_on=False)
    # What had left before is still to be read.
    await until(agent.seen.browser._events.empty, what="all that was told is read")
    count = len([event for event in agent.seen.events if isinstance(event, browsing.BulkBytes)])
    node = "document.body.append(Object.assign(new Image(), {src: '/tard.png'}))"
    site.files["/tard.png"] = png(99)
    guest = agent.seen.browser._guest
    assert guest is not None
    await guest._cdp.call("Runtime.evaluate", {"expression": node}, guest.session)
    await until(lambda: "/tard.png" in site.asked, what="the picture to be loaded")
    after = [event for event in agent.seen.events if isinstance(event, browsing.BulkBytes)]
    assert len(after) == count


async def test_drawing_into_which_a_secret_was_copied_does_not_leave(
    agent: Agent, site: Site
) -> None:
    site.pages["/copie"] = """<!doctype html><input id="secret" type="password">
    <button id="agir" style="display:block">Agir</button><div id="ici"></div><script>
    document.getElementById("secret").value = "canari-mot";
    document.getElementById("agir").onclick = () => {
      for (const word of ["canari-mot", "rien"]) {
        const image = new Image();
        image.src = `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="9" ` +
          `height="9"><title>${word}</title></svg>`;
        document.getElementById("ici").append(image);
      }
    };</script>"""
    await open_page(agent, site, "/copie")
    node = await agent.seen.node_id(id="agir")
    assert (await agent.seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))).ok
    await agent.until_shown(1)
    assert [b"<title>rien" in each.data for each in agent.parcels] == [True]


async def test_what_a_script_has_drawn_does_not_leave_while_a_secret_stands(
    agent: Agent, site: Site
) -> None:
    site.files["/rien.png"] = png(12)
    site.pages["/dessine"] = """<!doctype html><input id="secret" type="password">
    <button id="agir" style="display:block">Agir</button><div id="ici"></div><script>
    document.getElementById("secret").value = "canari-mot";
    document.getElementById("agir").onclick = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 20 });
      const brush = canvas.getContext("2d");
      brush.fillText(document.getElementById("secret").value, 2, 12);
      canvas.toBlob((drawn) => {
        for (const src of [canvas.toDataURL(), URL.createObjectURL(drawn), "/rien.png"]) {
          document.getElementById("ici").append(Object.assign(new Image(), { src }));
        }
      });
    };</script>"""
    await open_page(agent, site, "/dessine")
    node = await agent.seen.node_id(id="agir")
    assert (await agent.seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))).ok
    await agent.until_shown(1)
    assert [each.data for each in agent.parcels] == [png(12)]
    assert len(lines(agent.seen, "asset")) == 1
