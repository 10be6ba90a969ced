"""What has no nodes is shown as pictures, and never while a secret stands in the page."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest_asyncio

from chromium.conftest import show
from chromium.partner_site import Site
from chromium.pdf import one_colour_pdf
from chromium.seen import Line, Seen
from cordee_wire import control

RED, BLUE, GREEN = (250, 10, 10), (10, 10, 250), (10, 180, 50)
CANARY = (1, 254, 3)
PAGE = """<!doctype html><html lang="fr"><title>Plan</title><body style="margin:0;background:#eee">
<canvas id="plan" width="200" height="100" style="border:6px solid black;padding:4px"></canvas>
<input id="nom"> <input id="code" type="password"> <button id="vider">Vider</button>
<p id="dit"></p><div id="cadre" style="width:120px;height:60px;overflow:auto">
<canvas id="long" width="100" height="400"></canvas></div>
<div style="height:2000px"></div><canvas id="loin" width="50" height="50"></canvas>
<script>
const at = (id) => document.getElementById(id);
const draw = (id, colour, ...box) => {
  const pen = at(id).getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(...(box.length ? box : [0, 0, at(id).width, at(id).height]));
};
draw("plan", "rgb(250,10,10)");
draw("long", "rgb(250,10,10)", 0, 0, 100, 100);
draw("long", "rgb(10,10,250)", 0, 100, 100, 300);
draw("loin", "rgb(10,180,50)");
at("plan").addEventListener("click", (event) => {
  draw("plan", "rgb(10,10,250)", event.offsetX - 4 - 10, event.offsetY - 4 - 10, 20, 20);
});
at("code").addEventListener("input", () => draw("plan", "rgb(1,254,3)"));
at("vider").addEventListener("click", () => {
  at("code").value = "";
  draw("plan", "rgb(10,180,50)");
});
</script></body></html>"""


@pytest_asyncio.fixture(loop_scope="module")
async def drawn(seen: Seen, site: Site) -> Seen:
    """A page with three canvases, shown on the stage and mirrored."""
    site.pages["/plan"] = PAGE
    await _open(seen, site, "/plan")
    return seen


async def _open(seen: Seen, site: Site, path: str) -> None:
    await seen.browser.tell(show(guest=True))
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=site.url + path, allowed_hosts=[site.host])


def line_of(seen: Seen, node: int) -> Line:
    """Return what was told last of an island, empty before that."""
    told = [each for each in seen.mirror() if each["t"] == "island" and each["id"] == node]
    return told[-1] if told else {}


def picture_of(seen: Seen, node: int) -> Any:
    """Return the pixels (rows of red, green, blue) that the agent sees there; None before."""
    wanted = line_of(seen, node).get("hash")
    for parcel in seen.parcels():
        if parcel.hash == wanted:
            read = cv2.imdecode(np.frombuffer(parcel.data, np.uint8), cv2.IMREAD_COLOR)
            assert read is not None
            return read[:, :, ::-1]
    return None


def shows(seen: Seen, node: int, colour: tuple[int, int, int], at: tuple[int, int]) -> bool:
    picture = picture_of(seen, node)
    if picture is None or at[0] >= picture.shape[1] or at[1] >= picture.shape[0]:
        return False
    return _is(picture[at[1], at[0]], colour)


def _is(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= 12)


async def test_a_canvas_is_shown_with_its_pixels_and_its_place(drawn: Seen) -> None:
    node = await drawn.node_id(id="plan")
    await drawn.until(lambda: shows(drawn, node, RED, (100, 50)))
    told = line_of(drawn, node)
    assert (told["width"], told["height"], told["left"], told["top"]) == (200, 100, 0, 0)
    assert picture_of(drawn, node).shape == (100, 200, 3)


async def test_a_canvas_that_does_not_change_costs_one_picture(drawn: Seen) -> None:
    node = await drawn.node_id(id="plan")
    name = await drawn.node_id(id="nom")
    await drawn.until(lambda: shows(drawn, node, RED, (100, 50)))
    for number, letter in enumerate("encore une fois", 1):
        assert (await drawn.browser.do(control.Type(id=number, node=name, text=letter))).ok
    far = await drawn.node_id(id="loin")
    await drawn.browser.do(control.Click(id=50, node=far, x=0.5, y=0.5))
    await drawn.until(lambda: shows(drawn, far, GREEN, (25, 25)))
    assert len([each for each in drawn.parcels() if each.to == f"island/{node}"]) == 1


async def test_a_click_lands_where_the_picture_shows_it(drawn: Seen) -> None:
    node = await drawn.node_id(id="plan")
    await drawn.until(lambda: shows(drawn, node, RED, (150, 50)))
    # A place is a share of the border box: 220 by 120 px with 10 px around the picture.
    x, y = (150 + 10) / 220, (50 + 10) / 120
    assert (await drawn.browser.do(control.Click(id=1, node=node, x=x, y=y))).ok
    await drawn.until(lambda: shows(drawn, node, BLUE, (150, 50)))
    assert shows(drawn, node, RED, (100, 50))


async def test_the_part_in_view_of_a_scrolled_box_is_shown_in_its_place(drawn: Seen) -> None:
    node = await drawn.node_id(id="long")
    await drawn.until(lambda: shows(drawn, node, RED, (50, 30)))
    assert line_of(drawn, node)["h"] == 60
    box = await drawn.node_id(id="cadre")
    await drawn.browser.do(control.Scroll(id=1, node=box, top=200))
    await drawn.until(lambda: shows(drawn, node, BLUE, (50, 30)))
    assert line_of(drawn, node)["top"] == 200


async def test_one_out_of_view_is_not_taken(drawn: Seen) -> None:
    near, far = await drawn.node_id(id="plan"), await drawn.node_id(id="loin")
    await drawn.until(lambda: picture_of(drawn, near) is not None)
    assert line_of(drawn, far)["hash"] == ""
    assert line_of(drawn, far)["width"] == 50, "its room is kept"


async def test_what_a_page_draws_while_a_secret_stands_in_it_never_leaves(drawn: Seen) -> None:
    node, code = await drawn.node_id(id="plan"), await drawn.node_id(id="code")
    await drawn.until(lambda: shows(drawn, node, RED, (100, 50)))
    await _type_as_the_citizen(drawn, "#code", "canari-42")
    await drawn.until(lambda: line_of(drawn, node).get("covered"))
    assert drawn.told(code)["filled"] is True
    await drawn.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))
    await _click(drawn, "vider")
    await drawn.until(lambda: shows(drawn, node, GREEN, (100, 50)))
    assert not any(_holds(parcel.data, CANARY) for parcel in drawn.parcels())


async def test_a_copy_of_the_secret_in_the_page_covers_its_islands_too(drawn: Seen) -> None:
    node, code = await drawn.node_id(id="plan"), await drawn.node_id(id="code")
    await drawn.until(lambda: shows(drawn, node, RED, (100, 50)))
    await _type_as_the_citizen(drawn, "#code", "canari-42")
    await drawn.until(lambda: line_of(drawn, node).get("covered"))
    await _in_page(drawn, "document.getElementById('dit').textContent = 'canari-42'")
    await _click(drawn, "vider")
    await drawn.until(lambda: drawn.told(code).get("filled") is False)
    sight = await drawn.browser._showing.islands._look()
    assert sight is not None
    assert sight.covered
    assert line_of(drawn, node)["covered"]
    await _in_page(drawn, "document.getElementById('dit').textContent = ''")
    await drawn.until(lambda: shows(drawn, node, GREEN, (100, 50)))


async def test_pdfs_are_shown_in_whatever_embeds_them(seen: Seen, site: Site) -> None:
    site.files["/a.pdf"] = one_colour_pdf(GREEN)
    site.kinds["/a.pdf"] = "application/pdf"
    site.pages["/papiers"] = """<!doctype html><title>Papiers</title><body style="margin:0">
<object id="objet" data="/a.pdf" type="application/pdf" width="240" height="200">Sans</object>
<embed id="embed" src="/a.pdf" type="application/pdf" width="240" height="200">
<iframe id="cadre" src="/a.pdf" width="240" height="200"></iframe>"""
    await _open(seen, site, "/papiers")
    named = [await seen.node_id(id=name) for name in ("objet", "embed")]
    await seen.until(lambda: all(shows(seen, node, GREEN, (100, 100)) for node in named))

    def is_frame_shown() -> bool:
        others = {each["id"] for each in seen.mirror() if each["t"] == "island"}
        return sum(shows(seen, node, GREEN, (100, 100)) for node in others) == 3

    await seen.until(is_frame_shown)


async def test_nothing_is_taken_once_the_page_is_not_shown_any_more(drawn: Seen) -> None:
    node = await drawn.node_id(id="plan")
    await drawn.until(lambda: shows(drawn, node, RED, (100, 50)))
    await drawn.browser.mirror(is_on=False)
    before = len(drawn.parcels())
    await _in_page(drawn, "draw('plan', 'rgb(10,180,50)')")
    await _in_page(drawn, "draw('plan', 'rgb(10,10,250)')")
    await drawn.browser.mirror(is_on=True)

    def is_seen_again() -> bool:
        told = {each["id"] for each in drawn.mirror() if each["t"] == "island"}
        return any(shows(drawn, each, BLUE, (100, 50)) for each in told)

    await drawn.until(is_seen_again)
    assert not any(_holds(each.data, GREEN) for each in drawn.parcels()[before:])


async def _click(seen: Seen, name: str) -> None:
    node = await seen.node_id(id=name)
    assert (await seen.browser.do(control.Click(id=9, node=node, x=0.5, y=0.5))).ok


async def _type_as_the_citizen(seen: Seen, css: str, text: str) -> None:
    await _in_page(seen, f"document.querySelector('{css}').focus()")
    guest = seen.browser._guest
    assert guest is not None
    for letter in text:
        key = {"type": "char", "text": letter}
        await seen.browser._cdp.call("Input.dispatchKeyEvent", key, guest.session)


async def _in_page(seen: Seen, expression: str) -> None:
    guest = seen.browser._guest
    assert guest is not None
    asked = {"expression": expression}
    await seen.browser._cdp.call("Runtime.evaluate", asked, guest.session)


def _holds(data: bytes, colour: tuple[int, int, int]) -> bool:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return bool((np.abs(picture[:, :, ::-1].astype(int) - colour).max(axis=2) <= 12).any())
