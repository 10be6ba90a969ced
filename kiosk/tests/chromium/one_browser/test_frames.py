"""Frames of other origins: seen, clicked and filled as the page around them is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import pytest_asyncio
from waiting import until

from chromium.partner_site import Site
from chromium.seen import Line, Seen
from cordee_kiosk import browsing
from cordee_wire import control

CARD = """<!doctype html><html lang="fr"><title>Carte</title><body style="margin: 0">
<form action="/paye" method="post" accept-charset="utf-8">
<input id="carte" name="carte" style="display: block"><input id="mois" name="mois">
<select id="reseau" name="reseau"><option value="cb">CB</option><option value="v">V</option>
</select><input id="accord" name="accord" type="checkbox">
<input id="crypto" name="crypto" type="password">
<button id="payer">Payer</button></form><div style="height: 900px"></div>
<button id="bas" onclick="this.textContent = 'vu'">Bas</button></body></html>"""
PAID = "<!doctype html><title>Payé</title><p id='paye'>Payé</p>"


def around(address: str, *, style: str = "", more: str = "") -> str:
    return f"""<!doctype html><html lang="fr"><title>Autour</title><body>
    <input id="dehors"><button id="bouton">Bouton</button>
    <iframe id="cadre" src="{address}" style="width: 400px; height: 200px; {style}"></iframe>
    {more}</body></html>"""


class Framed:
    """A page with frames: `same` is another origin of its site, `other` another site."""

    def __init__(self, seen: Seen, site: Site, other_site: Site) -> None:
        self.seen, self.site, self.other_site = seen, site, other_site
        port = other_site.host.split(":")[1]
        self.same, self.other = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        other_site.pages |= {"/carte": CARD, "/paye": PAID}

    async def open(self, page: str) -> None:
        self.site.pages["/autour"] = page
        self._last = 0
        hosts = [
            self.site.host,
            *(each.removeprefix("http://") for each in (self.same, self.other)),
        ]
        await self.seen.browser.mirror(is_on=True)
        await self.seen.browser.open_guest(url=f"{self.site.url}/autour", allowed_hosts=hosts)

    async def do(self, make: Callable[..., control.Verb], **given: object) -> control.Done:
        self._last += 1
        return await self.seen.browser.do(make(id=self._last, **given))

    async def click(self, name: str) -> control.Done:
        node = await self.seen.node_id(id=name)
        return await self.do(control.Click, node=node, x=0.5, y=0.5)


@pytest_asyncio.fixture(loop_scope="module")
async def framed(seen: Seen, site: Site, other_site: Site) -> Framed:
    return Framed(seen, site, other_site)


@pytest.fixture(params=["same", "other"])
def kind(request: pytest.FixtureRequest) -> str:
    """Another origin in the page's own process, and another site in one of its own."""
    return str(request.param)


def full_of(seen: Seen, node: int) -> Line:
    """Return the newest picture of a frame whose ids are like `node`'s."""
    fulls = [line for line in seen.mirror() if line["t"] == "full"]
    number = node // 1_000_000
    return next(line for line in reversed(fulls) if line["node"]["id"] // 1_000_000 == number)


async def test_frame_of_another_origin_is_told_where_it_stands(framed: Framed, kind: str) -> None:
    await framed.open(around(f"{getattr(framed, kind)}/carte"))
    card = await framed.seen.node_id(id="carte")
    frame = await framed.seen.node_id(id="cadre")
    assert card // 1_000_000 != frame // 1_000_000
    assert full_of(framed.seen, card)["owner"] == frame
    assert [line["t"] for line in framed.seen.mirror()].count("page") == 1


async def test_form_in_a_frame_arrives_exactly_as_it_was_filled(framed: Framed, kind: str) -> None:
    await framed.open(around(f"{getattr(framed, kind)}/carte"))
    ids = {
        name: await framed.seen.node_id(id=name)
        for name in ("carte", "mois", "reseau", "accord", "payer", "dehors")
    }
    for verb in (
        (control.Click, {"node": ids["dehors"], "x": 0.5, "y": 0.5}),
        (control.Type, {"node": ids["dehors"], "text": "avant"}),
        (control.Click, {"node": ids["carte"], "x": 0.5, "y": 0.5}),
        (control.Type, {"node": ids["carte"], "text": "é€4970"}),
        (control.Press, {"key": "Backspace"}),
        (control.Type, {"node": 0, "text": "1"}),
        (control.Type, {"node": ids["dehors"], "text": " après"}),
        (control.Type, {"node": ids["mois"], "text": "12"}),
        (control.Choose, {"node": ids["reseau"], "values": ["v"]}),
        (control.Tick, {"node": ids["accord"], "checked": True}),
    ):
        done = await framed.do(verb[0], **verb[1])
        assert done.ok, (verb, done)
    await framed.seen.until(lambda: framed.seen.told(ids["dehors"]).get("text") == "avant après")
    await framed.seen.until(lambda: framed.seen.told(ids["carte"]).get("text") == "é€4971")
    assert (await framed.click("payer")).ok
    await framed.seen.node_id(id="paye")
    assert framed.other_site.sent == [
        b"carte=%C3%A9%E2%82%AC4971&mois=12&reseau=v&accord=on&crypto="
    ]


STYLES = {
    "bordered": "border: 17px solid; padding: 9px",
    "scaled": "transform: scale(0.6); transform-origin: 0 0; border: 5px solid",
    "turned": "transform: rotate(25deg); margin: 150px",
    "far down": "margin-top: 3000px",
    "in a box that scrolls": "position: relative; top: 700px",
}


@pytest.mark.parametrize("name", STYLES)
async def test_click_in_a_frame_lands_where_it_was_seen(
    framed: Framed, kind: str, name: str
) -> None:
    page = around(f"{getattr(framed, kind)}/carte", style=STYLES[name])
    if name == "in a box that scrolls":
        page = page.replace("<iframe", "<div style='height: 300px; overflow: auto'><iframe")
    await framed.open(page)
    await framed.seen.node_id(id="carte")
    # Out of sight in the frame itself too.
    assert (await framed.click("bas")).ok
    await framed.seen.until(lambda: '"vu"' in framed.seen.all_mirror_text())
    assert (await framed.click("accord")).ok
    accord = await framed.seen.node_id(id="accord")
    await framed.seen.until(lambda: framed.seen.told(accord).get("checked"))


@pytest.mark.parametrize("inner", ["a third", "the page's"])
async def test_frame_in_a_frame_is_seen_clicked_and_filled(
    framed: Framed, kind: str, inner: str
) -> None:
    # Once the innermost is of the page's own origin: yet its parent may not look into it.
    third = framed.other if kind == "same" else framed.same
    address = {"a third": f"{third}/carte", "the page's": f"{framed.site.url}/carte"}[inner]
    framed.site.pages |= {"/carte": CARD, "/paye": PAID}
    framed.other_site.pages["/milieu"] = (
        around(address, style="margin: 40px 0 0 30px; border: 4px solid")
        .replace('id="cadre"', 'id="dedans"')
        .replace('id="dehors"', 'id="milieu"')
    )
    await framed.open(around(f"{getattr(framed, kind)}/milieu", style="border: 3px solid"))
    card = await framed.seen.node_id(id="carte")
    owner = await framed.seen.node_id(id="dedans")
    assert full_of(framed.seen, card)["owner"] == owner
    assert (await framed.click("accord")).ok
    accord = await framed.seen.node_id(id="accord")
    await framed.seen.until(lambda: framed.seen.told(accord).get("checked"))
    middle, outer = await framed.seen.node_id(id="milieu"), await framed.seen.node_id(id="dehors")
    texts = {card: "", middle: "", outer: ""}
    for letter in "éà€4970ß":
        for node in texts:
            assert (await framed.do(control.Type, node=node, text=letter)).ok
            texts[node] += letter
    for node, text in texts.items():
        await framed.seen.until(partial(_holds, framed.seen, node, text))


async def test_closed_frame_in_a_frame_that_the_page_looks_into_is_told(
    framed: Framed, kind: str
) -> None:
    inner = f"<iframe id=milieu src={getattr(framed, kind)}/carte></iframe>"
    await framed.open(
        f'<!doctype html><title>A</title><p>Avant</p><iframe id="cadre" srcdoc="{inner}"></iframe>'
    )
    card, owner = await framed.seen.node_id(id="carte"), await framed.seen.node_id(id="milieu")
    assert full_of(framed.seen, card)["owner"] == owner
    assert (await framed.click("accord")).ok
    accord = await framed.seen.node_id(id="accord")
    await framed.seen.until(lambda: framed.seen.told(accord).get("checked"))


async def test_what_lies_above_a_frame_covers_it(framed: Framed, kind: str) -> None:
    more = "<div id=voile style='position: fixed; inset: 0; background: #fff8'></div>"
    await framed.open(around(f"{getattr(framed, kind)}/carte", more=more))
    done = await framed.click("accord")
    assert (done.ok, done.code) == (False, "gone")
    accord = await framed.seen.node_id(id="accord")
    assert not framed.seen.told(accord).get("checked")


async def test_secret_in_a_frame_is_blind(framed: Framed, kind: str) -> None:
    await framed.open(around(f"{getattr(framed, kind)}/carte"))
    secret = await framed.seen.node_id(id="crypto")
    assert framed.seen.told(secret) == {"t": "blind", "id": secret, "filled": False}
    assert (await framed.click("crypto")).ok
    await framed.seen.until(lambda: focus_of(framed.seen) == secret)
    for make, given in (
        (control.Type, {"node": secret, "text": "x"}),
        (control.Type, {"node": 0, "text": "x"}),
        (control.Press, {"key": "Space"}),
        (control.Press, {"key": "Backspace"}),
    ):
        done = await framed.do(make, **given)
        assert (done.ok, done.code) == (False, "blind"), (make, given)


def _holds(seen: Seen, node: int, text: str) -> bool:
    return seen.told(node).get("text") == text


def _has_focus(seen: Seen, node: int) -> bool:
    return focus_of(seen) == node


def focus_of(seen: Seen) -> int:
    told = [line["id"] for line in seen.mirror() if line["t"] == "focus"]
    return int(told[-1]) if told else 0


async def test_focus_is_where_it_is_whatever_frame_tells_last(framed: Framed, kind: str) -> None:
    await framed.open(around(f"{getattr(framed, kind)}/carte"))
    outer, card = await framed.seen.node_id(id="dehors"), await framed.seen.node_id(id="carte")
    for name, node in (("dehors", outer), ("carte", card)) * 3:
        assert (await framed.click(name)).ok
        assert (await framed.do(control.Type, node=0, text="1")).ok
        await framed.seen.until(partial(_has_focus, framed.seen, node))
    await framed.seen.until(lambda: framed.seen.told(outer).get("text") == "111")
    await framed.seen.until(lambda: framed.seen.told(card).get("text") == "111")


async def test_tab_goes_into_a_frame_and_out_and_text_follows(framed: Framed, kind: str) -> None:
    await framed.open(around(f"{getattr(framed, kind)}/carte"))
    outer, card = await framed.seen.node_id(id="dehors"), await framed.seen.node_id(id="carte")
    assert (await framed.click("dehors")).ok
    for turn in range(1, 4):
        for step in (
            control.Press(id=1, key="Tab"),
            control.Press(id=2, key="Tab"),
            control.Type(id=3, node=0, text="é"),
            control.Press(id=4, key="Tab", shift=True),
            control.Press(id=5, key="Tab", shift=True),
            control.Press(id=6, key="End"),
            control.Type(id=7, node=0, text="1"),
            control.Press(id=8, key="Backspace"),
            control.Type(id=9, node=0, text="2"),
        ):
            done = await framed.seen.browser.do(step)
            assert done.ok, (turn, step, done)
        await framed.seen.until(partial(_holds, framed.seen, outer, "2" * turn))
        await framed.seen.until(lambda: "é" in framed.seen.told(card).get("text", ""))


async def test_frame_that_comes_late_goes_and_navigates_is_followed(
    framed: Framed, kind: str
) -> None:
    address = getattr(framed, kind)
    framed.other_site.pages["/loin"] = "<!doctype html><title>Loin</title><p id='loin'>Loin</p>"
    framed.site.pages["/ici"] = "<!doctype html><title>Ici</title><p id='ici'>Ici</p>"
    await framed.open(f"""<!doctype html><title>A</title><button id="mettre" onclick="
      const made = document.createElement('iframe'); made.id = 'tard';
      made.src = '{address}/carte'; document.body.append(made)">M</button>
    <button id="aller" onclick="document.getElementById('tard').src = '{address}/loin'">A</button>
    <button id="rentrer" onclick="document.getElementById('tard').src = '/ici'">R</button>
    <button id="partir" onclick="document.getElementById('tard').remove()">P</button>""")
    assert (await framed.click("mettre")).ok
    card = await framed.seen.node_id(id="carte")
    owner = await framed.seen.node_id(id="tard")
    assert full_of(framed.seen, card)["owner"] == owner
    assert (await framed.click("aller")).ok
    far = await framed.seen.node_id(id="loin")
    assert full_of(framed.seen, far)["owner"] == owner
    done = await framed.do(control.Click, node=card, x=0.5, y=0.5)
    assert (done.ok, done.code) == (False, "gone")
    assert (await framed.click("rentrer")).ok
    here = await framed.seen.node_id(id="ici")
    assert here // 1_000_000 == owner // 1_000_000
    assert (await framed.click("aller")).ok
    await framed.seen.until(lambda: (framed.seen.node(id="loin") or {"id": far})["id"] != far)
    assert (await framed.click("partir")).ok
    worlds = framed.seen.browser._guest.worlds  # type: ignore[union-attr]
    await until(lambda: not worlds.has_frames, what="the frame's world is forgotten")


async def test_frames_are_told_anew_with_the_page(framed: Framed, kind: str) -> None:
    await framed.open(around(f"{getattr(framed, kind)}/carte"))
    card = await framed.seen.node_id(id="carte")
    framed.seen.events.clear()
    await framed.seen.browser.mirror(is_on=True)
    assert await framed.seen.node_id(id="carte") == card
    await framed.seen.browser.mirror(is_on=False)
    framed.seen.events.clear()
    await framed.seen.browser.mirror(is_on=True)
    await framed.seen.node_id(id="carte")
    assert (await framed.click("accord")).ok


SANDBOXED = """<!doctype html><title>B</title>
<iframe id="clos" sandbox="allow-scripts"
srcdoc="<button id=dans onclick='this.id = &quot;fait&quot;'>B</button>"></iframe>
<iframe id="vide"></iframe>
<script>document.getElementById("vide").contentDocument.body.innerHTML = "<p id=ecrit>É</p>";
</script>"""


async def test_sandboxed_frame_and_one_filled_by_script_are_told(framed: Framed) -> None:
    await framed.open(SANDBOXED)
    inside = await framed.seen.node_id(id="dans")
    assert full_of(framed.seen, inside)["owner"] == await framed.seen.node_id(id="clos")
    written, empty = await framed.seen.node_id(id="ecrit"), await framed.seen.node_id(id="vide")
    assert written // 1_000_000 == empty // 1_000_000
    assert (await framed.click("dans")).ok
    await framed.seen.until(lambda: '"id":"fait"' in framed.seen.all_mirror_text())


async def test_frame_in_an_endless_loop_does_not_stop_the_page(framed: Framed) -> None:
    framed.other_site.pages["/boucle"] = """<!doctype html><title>Boucle</title>
    <button id="boucle" onclick="for (;;);">B</button>"""
    await framed.open(around(f"{framed.other}/boucle"))
    loop, outer = await framed.seen.node_id(id="boucle"), await framed.seen.node_id(id="dehors")
    assert (await framed.click("boucle")).ok
    assert (await framed.do(control.Type, node=outer, text="va")).ok
    await framed.seen.until(lambda: framed.seen.told(outer).get("text") == "va")
    done = await framed.do(control.Click, node=loop, x=0.5, y=0.5)
    assert (done.ok, done.code) == (False, "failed")
    assert (await framed.click("bouton")).ok
    await framed.seen.browser.mirror(is_on=True)
    await framed.seen.node_id(id="dehors")


async def test_frame_that_is_not_allowed_is_neither_shown_nor_typed_into(framed: Framed) -> None:
    framed.site.pages["/autour"] = around(f"{framed.other}/carte")
    await framed.seen.browser.mirror(is_on=True)
    await framed.seen.browser.open_guest(
        url=f"{framed.site.url}/autour", allowed_hosts=[framed.site.host]
    )
    outer = await framed.seen.node_id(id="dehors")
    framed._last = 0
    assert (await framed.do(control.Type, node=outer, text="va")).ok
    await framed.seen.until(lambda: framed.seen.told(outer).get("text") == "va")
    assert "/carte" not in framed.other_site.asked
    assert '"owner"' not in framed.seen.all_mirror_text()


async def test_citizen_writes_the_secret_of_a_frame_and_no_other_frame_tells_it(
    framed: Framed, kind: str
) -> None:
    framed.other_site.pages["/secret"] = """<!doctype html><title>Secret</title>
    <form action="/paye" method="post"><input id="mot" name="mot" type="password"></form>
    <button id="fuir" onclick="parent.postMessage(document.getElementById('mot').value, '*')">F
    </button><button id="envoyer" onclick="document.forms[0].submit()">E</button>"""
    await framed.open(
        around(
            f"{getattr(framed, kind)}/secret",
            more="""<p id="copie">vide</p><script>onmessage = ({ data }) => {
              document.getElementById("copie").textContent = `Copie : ${data}`;
              document.title = data; history.replaceState(null, "", `?mot=${data}`);
            };</script>""",
        )
    )
    secret = await framed.seen.node_id(id="mot")
    assert (await framed.click("mot")).ok
    field = (
        await framed.seen.until(
            lambda: secret_focus(framed.seen).field and secret_focus(framed.seen)
        )
    ).field
    for letter in 'é"B€ 7x':
        framed.seen.browser.type_secret(field=field, text=letter, key="")
    await framed.seen.until(lambda: secret_focus(framed.seen).typed == 7)
    await framed.seen.until(lambda: framed.seen.told(secret).get("filled"))
    assert (await framed.click("fuir")).ok
    await framed.seen.until(lambda: "Copie : ••••••••" in framed.seen.all_mirror_text())
    await framed.seen.until(lambda: framed.seen.place().title == "••••••••")
    assert framed.seen.place().url == f"{framed.site.url}/autour?mot=••••••••"
    # The frame around has the keys again: what is typed for the field before goes nowhere.
    await framed.seen.until(lambda: secret_focus(framed.seen).field == 0)
    framed.seen.browser.type_secret(field=field, text="z", key="")
    assert (await framed.click("envoyer")).ok
    await framed.seen.node_id(id="paye")
    assert framed.other_site.sent == [b"mot=%C3%A9%22B%E2%82%AC+7x"]
    assert "B€ 7x" not in framed.seen.all_mirror_text()


def secret_focus(seen: Seen) -> browsing.GuestAtSecret:
    told = [each for each in seen.events if isinstance(each, browsing.GuestAtSecret)]
    return told[-1] if told else browsing.GuestAtSecret()
