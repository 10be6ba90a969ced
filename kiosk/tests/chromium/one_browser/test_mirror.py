from __future__ import annotations

import pytest_asyncio

from chromium.partner_site import Site
from chromium.seen import Seen
from cordee_kiosk import browsing
from cordee_wire import control

SECRET = "canari-mot-de-passe"


@pytest_asyncio.fixture(loop_scope="module")
async def scripted(seen: Seen, site: Site) -> Seen:
    """A page that its own script fills, mirrored."""
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/script", allowed_hosts=[site.host])
    await seen.node_id(id="agir")
    return seen


async def click(seen: Seen, name: str) -> None:
    node = await seen.node_id(id=name)
    assert (await seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))).ok


async def test_what_the_pages_script_fills_in_appears(scripted: Seen) -> None:
    names = ("prerempli", "coche", "liste", "texte")
    ids = {name: await scripted.node_id(id=name) for name in names}
    await click(scripted, "agir")
    await scripted.until(lambda: all(scripted.told(node) for node in ids.values()))
    told = {name: scripted.told(ids[name]) for name in names}
    assert told["prerempli"]["text"] == "Élise D’Œuf"
    assert told["coche"]["checked"] is True
    assert told["liste"]["text"] == "b"
    assert told["texte"]["text"] == "deux\nlignes"


async def test_a_field_that_the_page_rewrites_while_typing_appears_rewritten(
    scripted: Seen,
) -> None:
    node = await scripted.node_id(id="masque")
    for number, digit in enumerate("123456"):
        await scripted.browser.do(control.Type(id=number, node=node, text=digit))
    await scripted.until(lambda: scripted.told(node).get("text") == "12 34 56")


async def test_rules_and_shadow_roots_made_by_script_appear(scripted: Seen) -> None:
    host = await scripted.node_id(id="hote")
    await click(scripted, "agir")
    inside = await scripted.until(lambda: scripted.node(id="dedans"))
    add = next(
        add
        for line in scripted.mirror()
        if line["t"] == "mutation"
        for add in line["d"]["adds"]
        if add["node"]["id"] == inside["id"]
    )
    assert add["parentId"] == host
    assert add["node"]["isShadow"] is True
    value = inside["attributes"].get("value") or scripted.told(inside["id"])
    assert "à l’ombre" in str(value)
    sheets = await scripted.until(
        lambda: len(found := [x for x in scripted.mirror() if x["t"] == "sheet"]) > 1 and found
    )
    rules = next(line for line in sheets if line["source"] == 8)
    assert rules["adds"] == [{"rule": "#agir { color: rgb(1, 2, 3); }", "index": 0}]
    adopted = next(line for line in sheets if line["source"] == 15)
    assert "7px" in adopted["styles"][0]["rules"][0]["rule"]


async def test_a_password_never_leaves_not_even_when_the_page_reveals_it(scripted: Seen) -> None:
    node = await scripted.node_id(id="secret")
    assert (await scripted.until(lambda: scripted.told(node))) == {
        "t": "blind",
        "id": node,
        "filled": True,
    }
    await click(scripted, "montrer")
    await scripted.browser.mirror(is_on=True)
    await click(scripted, "agir")
    prefilled = await scripted.node_id(id="prerempli")
    await scripted.until(lambda: scripted.told(prefilled) or scripted.node(id="dedans"))
    assert SECRET not in scripted.all_mirror_text()
    assert scripted.all_mirror_text().count(SECRET[:6]) == 0


LEAKING = """<!doctype html><title>Fuite</title><div id="place"><input id="secret" type="password">
</div><p id="copie"></p><button id="agir">Agir</button><button id="montrer">Montrer</button><script>
const at = (id) => document.getElementById(id);
at("agir").onclick = () => {
  const held = "canari-mot-de-passe";
  at("secret").value = held;
  at("copie").textContent = `Votre code : ${held}`;
  at("copie").setAttribute("data-code", held);
  history.replaceState(null, "", `?code=${held}`);
  document.title = held;
};
at("montrer").onclick = () => {
  at("place").innerHTML = '<input id="clair" type="text">';
  at("clair").value = "canari-mot-de-passe";
  at("montrer").id = "fini";
};
</script>"""


async def test_a_secret_copied_by_the_page_leaves_in_no_line(seen: Seen, site: Site) -> None:
    site.pages["/fuite"] = LEAKING
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/fuite", allowed_hosts=[site.host])
    await seen.node_id(id="agir")
    await click(seen, "agir")
    await seen.until(lambda: "Votre code : ••••••••" in seen.all_mirror_text())
    await seen.until(lambda: seen.place().title == "••••••••")
    assert seen.place().url == f"{site.url}/fuite?code=••••••••"
    assert not [move for move in seen.moves() if SECRET in move.url + move.title]
    await click(seen, "montrer")
    shown = await seen.node_id(id="clair")
    await seen.until(lambda: seen.told(shown).get("t") == "blind")
    await seen.browser.mirror(is_on=True)
    await seen.until(lambda: seen.node(id="fini") and seen.mirror()[0]["t"] == "page")
    assert SECRET not in seen.all_mirror_text()
    done = await seen.browser.do(control.Type(id=9, node=await seen.node_id(id="clair"), text="x"))
    assert (done.ok, done.code) == (False, "blind")


async def test_a_newcomer_gets_a_whole_picture_in_a_new_epoch(scripted: Seen) -> None:
    before = [e.data[0] for e in scripted.events if isinstance(e, browsing.MirrorBytes)]
    await scripted.browser.mirror(is_on=True)
    await scripted.until(
        lambda: [
            e.data
            for e in scripted.events
            if isinstance(e, browsing.MirrorBytes) and e.data[0] == before[-1] + 1
        ]
    )
    await scripted.until(lambda: len(scripted.mirror()) > 1)
    assert [line["t"] for line in scripted.mirror()[:2]] == ["page", "full"]


async def test_pieces_are_small(scripted: Seen) -> None:
    await scripted.until(scripted.mirror)
    sizes = [len(e.data) for e in scripted.events if isinstance(e, browsing.MirrorBytes)]
    assert max(sizes) <= 16_000


async def test_node_ids_never_come_back_on_another_page(scripted: Seen, site: Site) -> None:
    first = await scripted.node_id(id="agir")
    await scripted.browser.do(control.Open(id=1, url=f"{site.url}/"))
    second = await scripted.node_id(id="envoyer")
    assert first // 1_000_000 != second // 1_000_000


async def test_nothing_is_sent_once_the_mirror_is_off(scripted: Seen, site: Site) -> None:
    await scripted.browser.mirror(is_on=False)
    count = len([e for e in scripted.events if isinstance(e, browsing.MirrorBytes)])
    await scripted.browser.do(control.Open(id=1, url=f"{site.url}/"))
    await scripted.until(lambda: scripted.moves()[-1].title == "Demande d’aide")
    assert len([e for e in scripted.events if isinstance(e, browsing.MirrorBytes)]) == count
