"""The citizen's keyboard in the guest: what it writes, where it does not, and what stays here."""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from chromium.partner_site import Site
from chromium.seen import Seen
from cordee_kiosk import browsing, ports
from cordee_wire import control, stage

SIGN_IN = """<!doctype html><html lang="fr"><head><title>Connexion</title></head><body>
<form action="/entre"><input id="nom" name="nom">
<input id="passe" name="passe" type="password">
<input id="code" name="code" inputmode="numeric" maxlength="4" autocomplete="one-time-code">
<input id="codeSms" inputmode="numeric"><input id="cvv" maxlength="3"><input id="code_postal"
inputmode="numeric"><input id="fiscal" class="prive"><input id="carte" autocomplete="cc-number">
<button id="envoyer">Entrer</button></form><p id="dit"></p>
<script>
for (const id of ["passe", "code"]) document.getElementById(id).addEventListener("input", (event) =>
  { document.getElementById("dit").textContent = event.target.value; });
</script></body></html>"""
BOXES = (
    """<!doctype html><html lang="fr"><head><title>Code</title></head><body>
<form action="/entre">"""
    + "".join(f'<input id="otp-{n}" maxlength="1" inputmode="numeric">' for n in range(6))
    + """<input id="tout" name="tout" type="hidden"><p id="dit"></p></form><script>
const boxes = [...document.querySelectorAll("input[maxlength]")];
boxes.forEach((box, n) => {
  box.addEventListener("input", () => {
    if (box.value) boxes[n + 1]?.focus();
    document.getElementById("dit").textContent = boxes.map((each) => each.value).join("");
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Backspace" || box.value) return;
    event.preventDefault();
    boxes[n - 1]?.focus();
  });
});</script></body></html>"""
)
SECRET = "Chämois & Œuf+7€"


async def open_page(seen: Seen, site: Site, page: str, *, rules: tuple[str, ...] = ()) -> Seen:
    site.pages["/entre"] = page
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(
        url=f"{site.url}/entre", allowed_hosts=[site.host], blind_rules=rules
    )
    await seen.until(lambda: any(line["t"] == "full" for line in seen.mirror()))
    return seen


async def click(seen: Seen, **attributes: str) -> None:
    node = await seen.node_id(**attributes)
    assert (await seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))).ok


def at(seen: Seen) -> browsing.GuestAtSecret:
    told = [event for event in seen.events if isinstance(event, browsing.GuestAtSecret)]
    return told[-1] if told else browsing.GuestAtSecret()


async def at_secret(seen: Seen) -> browsing.GuestAtSecret:
    await seen.until(lambda: at(seen).field)
    return at(seen)


def type_in(seen: Seen, field: int, text: str) -> None:
    for letter in text:
        seen.browser.type_secret(field=field, text=letter, key="")


async def test_what_the_citizen_types_arrives_and_the_agent_sees_it_filled(
    seen: Seen, site: Site
) -> None:
    await open_page(seen, site, SIGN_IN)
    await click(seen, id="passe")
    place = await at_secret(seen)
    assert (place.kind, place.pad, place.typed) == ("password", "letters", 0)
    type_in(seen, place.field, SECRET)
    await seen.until(lambda: at(seen).typed == len(SECRET))
    node = await seen.node_id(id="passe")
    await seen.until(lambda: seen.told(node) == {"t": "blind", "id": node, "filled": True})
    seen.browser.type_secret(field=place.field, text="", key="ArrowLeft")
    seen.browser.type_secret(field=place.field, text="", key="Backspace")
    await seen.until(lambda: at(seen).typed == len(SECRET) - 1)
    seen.browser.type_secret(field=place.field, text="7", key="")
    seen.browser.type_secret(field=place.field, text="", key="Done")
    await seen.until(lambda: at(seen).field == 0)
    type_in(seen, place.field, "perdu")

    await click(seen, id="envoyer")
    await until_sent(seen)
    assert sent(site)["passe"] == [SECRET]
    assert_hidden(seen, SECRET, "mois", "perdu")


@pytest.mark.parametrize("code", ["4821", "0001"])
async def test_code_of_four_digits_does_not_leave_by_the_address(
    seen: Seen, site: Site, code: str
) -> None:
    await open_page(seen, site, SIGN_IN)
    await click(seen, id="code")
    place = await at_secret(seen)
    assert (place.kind, place.pad) == ("code", "digits")
    type_in(seen, place.field, code + "9")
    await seen.until(lambda: at(seen).typed == 4)
    await click(seen, id="envoyer")
    await until_sent(seen)
    assert sent(site)["code"] == [code], "and no character more than the field takes"
    assert_hidden(seen, f"code={code}", f">{code}", f'"{code}')


async def test_code_in_six_boxes_follows_the_page_from_box_to_box(seen: Seen, site: Site) -> None:
    await open_page(seen, site, BOXES)
    await click(seen, id="otp-0")
    await at_secret(seen)
    fields: set[int] = set()
    for number, digit in enumerate("739461"):
        # The page moves the focus by itself: each box has a number of its own.
        await seen.until(lambda: at(seen).field not in {*fields, 0})
        fields.add(at(seen).field)
        type_in(seen, at(seen).field, digit)
        node = await seen.node_id(id=f"otp-{number}")
        await seen.until(partial(is_filled, seen, node))
        await seen.until(partial(holds, seen, number + 1))
    assert len(fields) == 6
    assert {place.kind for place in places(seen) if place.field} == {"code"}
    assert 0 not in [place.field for place in places(seen)][1:], "it never closed on the way"
    await seen.until(lambda: "••••••••" in seen.all_mirror_text())
    assert_hidden(seen, "739461")


@pytest.mark.parametrize(
    ("field", "kind", "pad"),
    [("codeSms", "code", "digits"), ("cvv", "card", "digits"), ("carte", "card", "digits")],
)
async def test_further_kinds_of_blind_fields(
    seen: Seen, site: Site, field: str, kind: str, pad: str
) -> None:
    await open_page(seen, site, SIGN_IN)
    await click(seen, id=field)
    place = await at_secret(seen)
    assert (place.kind, place.pad) == (kind, pad)
    assert not (await seen.browser.do(control.Type(id=2, node=0, text="1"))).ok


async def test_partners_rule_makes_a_field_blind_on_its_host(seen: Seen, site: Site) -> None:
    rules = (f"{site.host} form .prive", "ailleurs.invalid #nom", f"{site.host} [[[")
    await open_page(seen, site, SIGN_IN, rules=rules)
    await click(seen, id="nom")
    assert (await seen.browser.do(control.Type(id=2, node=0, text="Denise"))).ok
    assert at(seen).field == 0
    await click(seen, id="fiscal")
    place = await at_secret(seen)
    assert (place.kind, place.pad) == ("secret", "letters")
    assert not (await seen.browser.do(control.Type(id=3, node=0, text="1"))).ok


async def test_ordinary_number_stays_the_agents(seen: Seen, site: Site) -> None:
    await open_page(seen, site, SIGN_IN)
    await click(seen, id="code_postal")
    assert (await seen.browser.do(control.Type(id=2, node=0, text="05600"))).ok
    assert at(seen).field == 0


async def test_erasing_goes_back_as_the_page_goes_back(seen: Seen, site: Site) -> None:
    await open_page(seen, site, BOXES)
    await click(seen, id="otp-0")
    first = await at_secret(seen)
    type_in(seen, first.field, "7")
    await seen.until(lambda: at(seen).field not in (0, first.field))
    seen.browser.type_secret(field=at(seen).field, text="", key="Backspace")
    back = at(seen).field
    await seen.until(lambda: at(seen).field not in (0, back))
    seen.browser.type_secret(field=at(seen).field, text="", key="Backspace")
    await seen.until(lambda: at(seen).typed == 0)


async def test_page_that_moves_the_focus_at_a_key_gets_no_letter_elsewhere(
    seen: Seen, site: Site
) -> None:
    moving = "passe.addEventListener('keydown', () => nom.focus()); nom.value = 'x'"
    await open_page(seen, site, SIGN_IN.replace("<script>", f"<script>{moving};"))
    await click(seen, id="passe")
    place = await at_secret(seen)
    type_in(seen, place.field, "C")
    await seen.until(lambda: at(seen).field == 0)
    node = await seen.node_id(id="nom")
    assert (await seen.browser.do(control.Type(id=3, node=node, text="D"))).ok
    await seen.until(lambda: "D" in seen.told(node).get("text", ""))
    assert "C" not in seen.told(node)["text"]


async def test_nothing_is_written_once_the_agent_has_moved_the_focus(
    seen: Seen, site: Site
) -> None:
    await open_page(seen, site, SIGN_IN)
    await click(seen, id="passe")
    place = await at_secret(seen)
    type_in(seen, place.field, "Cha")
    await click(seen, id="nom")
    type_in(seen, place.field, "mois")
    assert (await seen.browser.do(control.Type(id=3, node=0, text="D"))).ok
    node = await seen.node_id(id="nom")
    await seen.until(lambda: seen.told(node).get("text") == "D")
    await click(seen, id="passe")
    again = await seen.until(lambda: at(seen).field not in (0, place.field) and at(seen))
    assert again.typed == 3, "the field kept what was typed into it, and no more"


async def test_no_stroke_reaches_the_page_that_comes_after(seen: Seen, site: Site) -> None:
    await open_page(seen, site, SIGN_IN)
    await click(seen, id="passe")
    place = await at_secret(seen)
    assert (await seen.browser.do(control.Open(id=4, url=f"{site.url}/entre?x=1"))).ok
    await seen.until(lambda: at(seen).field == 0)
    await seen.until(lambda: any("?x=1" in line.get("url", "") for line in seen.mirror()))
    await click(seen, id="passe")
    again = await at_secret(seen)
    type_in(seen, place.field, "avant")
    type_in(seen, again.field, "a")
    await seen.until(lambda: at(seen).typed)
    assert at(seen).typed == 1


async def test_stage_gets_the_keys_that_use_it_and_no_text(seen: Seen, site: Site) -> None:
    await open_page(seen, site, SIGN_IN)
    for key in (
        ports.Key(text="a"),
        ports.Key(name="Tab", shift=True),
        ports.Key(name="Backspace"),
        ports.Key(text=" "),
        ports.Key(name="Enter"),
    ):
        seen.browser.press_stage(key)
    await seen.until(lambda: len(seen.said(stage.ControlArrived)) >= 3)
    heard = [each.text for each in seen.said(stage.ControlArrived)]
    assert heard == ["Shift+Tab", " ", "Enter"]


def holds(seen: Seen, typed: int) -> bool:
    return at(seen).typed == typed


def is_filled(seen: Seen, node: int) -> bool:
    return bool(seen.told(node).get("filled"))


def places(seen: Seen) -> list[browsing.GuestAtSecret]:
    found = [event for event in seen.events if isinstance(event, browsing.GuestAtSecret)]
    first = next((n for n, each in enumerate(found) if each.field), 0)
    return found[first:]


async def until_sent(seen: Seen) -> None:
    """Wait until the page after the form is told: its address, its content."""
    await seen.until(lambda: "?" in seen.place().url)
    await seen.until(lambda: len([x for x in seen.mirror() if x["t"] == "full"]) > 1)


def sent(site: Site) -> dict[str, list[str]]:
    asked = [each for each in site.asked if "?" in each]
    return parse_qs(urlsplit(asked[-1]).query, keep_blank_values=True)


def assert_hidden(seen: Seen, *secrets: str) -> None:
    """Look through all that the agent is sent."""
    left = seen.all_mirror_text() + str(seen.moves())
    assert [secret for secret in secrets if secret in left] == []
