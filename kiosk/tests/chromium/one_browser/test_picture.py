"""The guest's page as a row of pictures, as the stage is given them."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio
from PIL import Image
from waiting import until_asked

from chromium.conftest import show
from chromium.partner_site import Site
from chromium.seen import Seen
from cordee_kiosk import browsing
from cordee_wire import control, stage

CANVAS = """<!doctype html><title>Dessin</title><style>body { margin: 0 }</style>
<canvas id="toile" width="200" height="200"></canvas><p id="dit"></p>
<input id="nom"><input type="checkbox" id="coche"><div style="height: 3000px"></div><script>
const pen = document.getElementById("toile").getContext("2d");
pen.fillStyle = "rgb(0, 0, 250)"; pen.fillRect(0, 0, 200, 200);
document.getElementById("toile").onclick = ({ offsetX, offsetY }) => {
  pen.fillStyle = "rgb(250, 120, 0)"; pen.fillRect(offsetX - 20, offsetY - 20, 40, 40);
};
</script>"""
# The canary: what stands in the secret fields is written in a green that is nowhere else.
SECRET = """<!doctype html><title>Code</title><style>
body { margin: 0; font: 60px sans-serif; color: rgb(0, 200, 0); background: white }
input { font: inherit; color: inherit; caret-color: black; width: 700px; border: 0; outline: 0 }
</style><input id="code" autocomplete="one-time-code"><input id="mot" type="password">
<button id="voir" onclick="mot.type = 'text'">o</button><p id="copie"></p>"""
AFTER = """<!doctype html><title>Après</title><body style="background: rgb(0, 0, 250)">"""
GREEN = (0, 200, 0)
BLUE, ORANGE = (0, 0, 250), (250, 120, 0)

Picture = npt.NDArray[np.int16]


class Shown:
    """What the stage was given to draw, in order; None for what covers."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    @property
    def given(self) -> list[str]:
        return [each.text for each in self._seen.said(stage.ControlArrived)]

    def pictures(self) -> list[Picture]:
        return [_picture(each) for each in self.given if each not in ("", "end")]

    def states(self) -> list[str]:
        return [event.state for event in self._seen.events if isinstance(event, browsing.PictureIs)]

    async def until_last(self, colour: tuple[int, ...], x: int, y: int) -> Picture:
        def found() -> list[Picture]:
            given = self.given
            if not given or given[-1] in ("", "end"):
                return []
            last = _picture(given[-1])
            return [last] if _is(last[y, x], colour) else []

        picture: Picture = (await self._seen.until(found))[0]
        return picture


@pytest_asyncio.fixture(loop_scope="module")
async def shown(seen: Seen, site: Site) -> AsyncIterator[Shown]:
    site.pages |= {"/dessin": CANVAS, "/secret": SECRET, "/apres": AFTER}
    await seen.browser.tell(show(guest=True))
    yield Shown(seen)


async def _open(seen: Seen, site: Site, path: str) -> None:
    await seen.browser.open_guest(url=f"{site.url}{path}", allowed_hosts=[site.host])
    await seen.browser.picture()


async def test_a_canvas_is_seen_as_it_is_and_follows_what_is_done_by_place(
    seen: Seen, site: Site, shown: Shown
) -> None:
    await _open(seen, site, "/dessin")
    picture = await shown.until_last(BLUE, 100, 100)
    assert picture.shape == (600, 800, 3)
    clicked = control.Click(id=1, node=0, x=50 / 800, y=60 / 600)
    assert (await seen.browser.do(clicked)).ok
    picture = await shown.until_last(ORANGE, 50, 60)
    assert _is(picture[150, 150], BLUE)
    assert shown.states() == ["shown"]


async def test_text_keys_and_wheel_go_to_the_page_that_only_a_picture_shows(
    seen: Seen, site: Site, shown: Shown
) -> None:
    await _open(seen, site, "/dessin")
    await shown.until_last(BLUE, 100, 100)
    left, top = await _script(seen, "((b) => [b.x + 5, b.y + 5])(nom.getBoundingClientRect())")
    do = seen.browser.do
    await do(control.Click(id=1, node=0, x=left / 800, y=top / 600))
    assert (await do(control.Type(id=2, node=0, text="Élise €"))).ok
    assert await _script(seen, "nom.value") == "Élise €"
    await do(control.Press(id=3, key="Tab"))
    assert (await do(control.Press(id=4, key="Space"))).ok
    assert (await do(control.Wheel(id=5, x=0.5, y=0.5, down=300))).ok

    async def done() -> list[Any]:
        state = await _script(seen, "[coche.checked, scrollY > 0]")
        return [state] if state == [True, True] else []

    await until_asked(done, what="the box ticked and the page scrolled")


async def test_dates_and_lists_are_filled_by_their_keys(
    seen: Seen, site: Site, shown: Shown
) -> None:
    await _open(seen, site, "/")
    await shown.until_last((255, 240, 200), 700, 500)
    for number, (field, text) in enumerate((("naissance", "09051985"), ("commune", "Aig"))):
        place = f"((b) => [b.x + 8, b.y + b.height / 2])({field}.getBoundingClientRect())"
        left, top = await _script(seen, place)
        clicked = control.Click(id=2 * number + 1, node=0, x=left / 800, y=top / 600)
        assert (await seen.browser.do(clicked)).ok
        typed = control.Type(id=2 * number + 2, node=0, text=text)
        assert (await seen.browser.do(typed)).ok

    async def filled() -> list[Any]:
        values = await _script(seen, "[naissance.value, commune.value]")
        return [values] if values == ["1985-05-09", "05003"] else []

    await until_asked(filled, what="the day and the village chosen")


async def test_the_mirror_comes_back_and_no_picture_after_it(
    seen: Seen, site: Site, shown: Shown
) -> None:
    await _open(seen, site, "/dessin")
    await shown.until_last(BLUE, 100, 100)
    await seen.browser.mirror(is_on=True)
    await seen.until(lambda: shown.given[-1] == "end")
    await seen.until(lambda: any(isinstance(each, browsing.MirrorBytes) for each in seen.events))
    await _script(seen, "document.body.style.background = 'rgb(250, 120, 0)'")
    assert (await seen.browser.do(control.Press(id=1, key="Tab"))).ok
    assert shown.given[-1] == "end"


async def test_another_page_is_shown_once_it_is_there(seen: Seen, site: Site, shown: Shown) -> None:
    await _open(seen, site, "/dessin")
    await shown.until_last(BLUE, 100, 100)
    assert (await seen.browser.do(control.Open(id=1, url=f"{site.url}/apres"))).ok
    await shown.until_last(BLUE, 700, 500)


async def test_no_page_can_ask_for_the_screen(seen: Seen, site: Site, shown: Shown) -> None:
    await _open(seen, site, "/dessin")
    assert await _script(seen, "typeof navigator.mediaDevices.getDisplayMedia") == "undefined"


@pytest.mark.parametrize(
    "writes",
    [
        "typed",
        "code.value = '123456'",
        "mot.value = 'secret42'; voir.click()",
        # Gone again before anybody can look: shown for one picture only.
        "code.value = '123456'; setTimeout(() => code.value = '', 40)",
        # Its field is emptied, its copy stays.
        "code.value = '123456'; copie.textContent = '123456'; code.value = ''",
        "code.value = '123456'; setTimeout(() => location = '/apres', 30)",
    ],
)
async def test_no_pixel_of_a_secret_is_given_to_the_stage(
    seen: Seen, site: Site, shown: Shown, writes: str
) -> None:
    await _open(seen, site, "/secret")
    await shown.until_last((255, 255, 255), 400, 500)
    # The canary sings: the same green, where it is no secret, is seen.
    await _script(seen, "copie.textContent = 'libre'")
    await seen.until(lambda: _has_green(shown.pictures()[-1]))
    await _script(seen, "copie.textContent = ''")
    await seen.until(lambda: not _has_green(shown.pictures()[-1]))
    before = len(shown.pictures())
    if writes == "typed":
        await _script(seen, "code.focus()")
        for letter in "123456":
            await _cdp(seen, "Input.insertText", {"text": letter})
    else:
        await _script(seen, writes)
    if "/apres" in writes:
        await shown.until_last(BLUE, 400, 500)
    else:
        await seen.until(lambda: "covered" in shown.states())
        assert (await seen.browser.do(control.Click(id=1, node=0, x=0.5, y=0.5))).code in (
            "blind",
            "done",
        )
        await _script(seen, "code.value = mot.value = copie.textContent = ''")
        await _script(seen, "document.body.style.background = 'rgb(0, 0, 250)'")
        await shown.until_last(BLUE, 400, 500)
    assert not any(_has_green(each) for each in shown.pictures()[before:])


async def test_secret_in_a_frame_of_another_site_covers_the_picture(
    seen: Seen, site: Site, other_site: Site, shown: Shown
) -> None:
    listening = "<script>onmessage = ({ data }) => { code.value = data; };</script>"
    other_site.pages["/paiement"] = SECRET + listening
    site.pages["/cadre"] = (
        "<!doctype html><title>Payer</title><body style='margin: 0; background: rgb(0, 0, 250)'>"
        f"<iframe src='{other_site.url}/paiement' width='700' height='300'></iframe>"
    )
    hosts = [site.host, other_site.host]
    await seen.browser.open_guest(url=f"{site.url}/cadre", allowed_hosts=hosts)
    await seen.browser.picture()
    await shown.until_last((255, 255, 255), 600, 200)
    before = len(shown.pictures())
    await _script(seen, "frames[0].postMessage('123456', '*')")
    await seen.until(lambda: "covered" in shown.states())
    await _script(seen, "frames[0].postMessage('', '*')")
    await shown.until_last((255, 255, 255), 600, 200)
    assert not any(_has_green(each) for each in shown.pictures()[before:])


async def test_page_in_an_endless_loop_keeps_its_last_picture_and_has_no_first_one(
    seen: Seen, site: Site, shown: Shown
) -> None:
    await _open(seen, site, "/dessin")
    await shown.until_last(BLUE, 100, 100)
    stuck = asyncio.ensure_future(_script(seen, "(() => { for (;;) {} })()"))
    await seen.browser.mirror(is_on=False)
    await seen.until(lambda: shown.given[-1] == "end")
    await seen.browser.picture()
    await seen.until(lambda: shown.states()[-1] == "failed")
    assert shown.given[-1] == "end"
    await seen.browser.close_guest()
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever ends a call to a page that is gone
        await stuck


def _picture(jpeg: str) -> Picture:
    with Image.open(io.BytesIO(base64.b64decode(jpeg))) as opened:
        return np.asarray(opened.convert("RGB"), np.int16)


def _is(pixel: npt.NDArray[np.int16], colour: tuple[int, ...]) -> bool:
    return bool(np.all(np.abs(pixel - np.array(colour)) < 30))


def _has_green(picture: Picture) -> bool:
    red, green, blue = (picture[:, :, each] for each in range(3))
    return int(np.sum((green > red + 60) & (green > blue + 60))) > 20


async def _script(seen: Seen, expression: str) -> Any:
    answer = await _cdp(seen, "Runtime.evaluate", {"expression": expression, "returnByValue": True})
    return answer["result"].get("value")


async def _cdp(seen: Seen, method: str, params: dict[str, Any]) -> dict[str, Any]:
    browser = seen.browser
    assert browser._guest is not None
    answer: dict[str, Any] = await browser._cdp.call(
        method, params, browser._guest.session, timeout_s=20
    )
    return answer
