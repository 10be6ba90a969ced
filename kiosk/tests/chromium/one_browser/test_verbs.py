from __future__ import annotations

from functools import partial

import pytest
import pytest_asyncio

from chromium.partner_site import Site
from chromium.seen import Line, Seen
from cordee_wire import control


def _with_answer(seen: Seen, verb: int) -> list[Line]:
    """Return the lines that end with this answer, behind the answer before it.

    On a busy machine they leave in pieces: what waits for an answer waits a moment only.
    """
    answer = {"t": "done", "id": verb}
    told = [line for piece in seen.pieces() for line in piece]
    if answer not in told:
        return []
    end = told.index(answer)
    begin = max((n + 1 for n, line in enumerate(told[:end]) if line["t"] == "done"), default=0)
    return told[begin : end + 1]


def _carets(seen: Seen, node: int) -> list[int]:
    """Return where the caret was told to be, by itself."""
    lines = [line for line in seen.mirror() if line["t"] == "select"]
    return [line["start"] for line in lines if line["id"] == node]


@pytest_asyncio.fixture(loop_scope="module")
async def form(seen: Seen, site: Site) -> Seen:
    """The form open and mirrored."""
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/", allowed_hosts=[site.host])
    await seen.node_id(id="envoyer")
    return seen


async def test_text_arrives_exactly_as_typed(form: Seen) -> None:
    node = await form.node_id(id="nom")
    text = "Élise ç œ € ’ Ÿ 1850599012345"
    for number, letter in enumerate(text):
        done = await form.browser.do(control.Type(id=number, node=node, text=letter))
        assert done.ok
    await form.until(lambda: form.told(node).get("text") == text)


async def test_what_the_page_makes_of_text_leaves_with_the_answer(seen: Seen, site: Site) -> None:
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/script", allowed_hosts=[site.host])
    node = await seen.node_id(id="masque")
    told: list[list[Line]] = []
    for number, digit in enumerate("185059", start=1):
        assert (await seen.browser.do(control.Type(id=number, node=node, text=digit))).ok
        assert seen.browser.answer(number)
        told.append(await seen.until(partial(_with_answer, seen, number)))
    values = [[line["text"] for line in lines if line["t"] == "input"] for lines in told]
    # The first word of a field is the raw one, the last what the page's script has made of it.
    assert [each[-1] for each in values] == ["1", "18", "18 5", "18 50", "18 50 5", "18 50 59"]
    assert (told[-1][-2]["start"], told[-1][-2]["end"]) == (8, 8)

    # The caret came with the text: it is told by itself only where it moves by itself.
    assert (await seen.browser.do(control.Press(id=7, key="ArrowLeft"))).ok
    await seen.until(lambda: _carets(seen, node)[-1] == 7)
    assert _carets(seen, node) == [0, 7]


async def test_a_double_click_is_two_clicks(seen: Seen, site: Site) -> None:
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/script", allowed_hosts=[site.host])
    button, told = await seen.node_id(id="deux"), await seen.node_id(id="clics")
    for count in (1, 2):
        assert (
            await seen.browser.do(control.Click(id=count, node=button, x=0.5, y=0.5, count=count))
        ).ok
    await seen.until(lambda: seen.told(told).get("text") == "click click dblclick ")


async def test_a_form_filled_by_verbs_arrives_at_the_partners_server(
    form: Seen, site: Site
) -> None:
    ids = {
        name: await form.node_id(id=name)
        for name in ("nom", "numero", "motif", "commune", "naissance", "accord", "oui", "envoyer")
    }
    verbs: list[control.Verb] = [
        control.Click(id=1, node=ids["nom"], x=0.5, y=0.5),
        control.Type(id=2, node=ids["nom"], text="D’Œuvre"),
        control.Press(id=3, key="Backspace"),
        control.Type(id=4, node=ids["nom"], text="é"),
        control.Type(id=5, node=ids["numero"], text="1850599012345"),
        control.Type(id=6, node=ids["motif"], text="ligne 1\nligne 2 €"),
        control.Choose(id=7, node=ids["commune"], values=["05065"]),
        control.Type(id=8, node=ids["naissance"], text="1985-05-09"),
        control.Tick(id=9, node=ids["accord"], checked=True),
        control.Tick(id=10, node=ids["oui"], checked=True),
        control.Click(id=11, node=ids["envoyer"], x=0.5, y=0.5),
    ]
    for verb in verbs:
        done = await form.browser.do(verb)
        assert done.ok, done
    await form.node_id(id="recu")
    assert b"".join(site.sent) == (
        b"nom=D%E2%80%99%C5%92uvr%C3%A9&numero=1850599012345&motif=ligne+1%0D%0Aligne+2+%E2%82%AC"
        b"&commune=05065&naissance=1985-05-09&accord=on&choix=oui&code="
    )


async def test_a_click_on_a_node_of_the_page_before_answers_gone(form: Seen) -> None:
    button, link = await form.node_id(id="envoyer"), await form.node_id(id="bas")
    assert (await form.browser.do(control.Click(id=1, node=link, x=0.5, y=0.5))).ok
    await form.until(lambda: form.place().url.endswith("/suite"))
    await form.node_id(id="suite")
    done = await form.browser.do(control.Click(id=2, node=button, x=0.5, y=0.5))
    assert (done.ok, done.code) == (False, "gone")
    assert (
        done.message == "Cet endroit de la page n’est plus là. Regardez la page, puis recommencez."
    )


async def test_back_and_forward_move_through_the_guests_own_history(form: Seen, site: Site) -> None:
    await form.until(form.moves)
    assert not form.place().may_back
    assert (await form.browser.do(control.Go(id=1, where="back"))).code == "bad_request"
    assert (await form.browser.do(control.Open(id=2, url=f"{site.url}/suite"))).ok
    await form.until(lambda: form.place().may_back)
    assert (await form.browser.do(control.Go(id=3, where="back"))).ok
    await form.until(lambda: form.place().may_forward and form.place().url == f"{site.url}/")
    assert (await form.browser.do(control.Go(id=4, where="forward"))).ok
    await form.until(
        lambda: not form.place().may_forward and form.place().url == f"{site.url}/suite"
    )
    assert form.place().may_back
    assert (await form.browser.do(control.Go(id=5, where="forward"))).code == "bad_request"


async def test_scrolling_is_mirrored(form: Seen) -> None:
    assert (await form.browser.do(control.Scroll(id=1, node=0, top=700))).ok
    await form.until(lambda: [x for x in form.mirror() if x["t"] == "scroll" and x["top"] == 700])


@pytest.mark.parametrize("key", ["F5", "Control", "a", ""])
async def test_other_keys_than_the_listed_do_nothing(form: Seen, key: str) -> None:
    done = await form.browser.do(control.Press(id=1, key=key))
    assert (done.ok, done.code) == (False, "bad_request")


async def test_the_agent_cannot_type_into_a_password_field(form: Seen) -> None:
    node = await form.node_id(id="code")
    done = await form.browser.do(control.Type(id=1, node=node, text="x"))
    assert (done.ok, done.code) == (False, "blind")
    assert (await form.browser.do(control.Click(id=2, node=node, x=0.5, y=0.5))).ok
    done = await form.browser.do(control.Press(id=3, key="Space"))
    assert (done.ok, done.code) == (False, "blind")


FRAMED = """<!doctype html><title>Cadre</title><input id="dehors" autofocus>
<input id="sms" autocomplete="one-time-code"><input id="dehors_secret" type="password">
<iframe id="cadre" srcdoc="<input id=dedans><input id=secret type=password>"></iframe>"""


async def test_text_for_what_has_the_focus_goes_there(form: Seen, site: Site) -> None:
    name, number = await form.node_id(id="nom"), await form.node_id(id="numero")
    assert (await form.browser.do(control.Click(id=1, node=name, x=0.5, y=0.5))).ok
    assert (await form.browser.do(control.Press(id=2, key="Tab"))).ok
    assert (await form.browser.do(control.Type(id=3, node=0, text="18505"))).ok
    await form.until(lambda: form.told(number).get("text") == "18505")
    code = await form.node_id(id="code")
    assert (await form.browser.do(control.Click(id=4, node=code, x=0.5, y=0.5))).ok
    done = await form.browser.do(control.Type(id=5, node=0, text="x"))
    assert (done.ok, done.code) == (False, "blind")


async def test_the_agent_cannot_change_a_secret_inside_a_frame(seen: Seen, site: Site) -> None:
    site.pages["/cadre"] = FRAMED
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/cadre", allowed_hosts=[site.host])
    secret, inside = await seen.node_id(id="secret"), await seen.node_id(id="dedans")
    assert (await seen.browser.do(control.Click(id=1, node=secret, x=0.5, y=0.5))).ok
    for verb in (
        control.Press(id=2, key="Backspace"),
        control.Type(id=3, node=0, text="x"),
        control.Type(id=4, node=secret, text="x"),
    ):
        done = await seen.browser.do(verb)
        assert (done.ok, done.code) == (False, "blind"), verb
    # Its frame's own document still calls this field active once the keys go elsewhere.
    assert (await seen.browser.do(control.Click(id=5, node=inside, x=0.5, y=0.5))).ok
    other = await seen.node_id(id="dehors_secret")
    assert (await seen.browser.do(control.Click(id=6, node=other, x=0.5, y=0.5))).ok
    assert (await seen.browser.do(control.Type(id=7, node=inside, text="ici"))).ok
    await seen.until(lambda: seen.told(inside).get("text") == "ici")
    assert seen.told(other).get("filled") is not True


async def test_the_agent_cannot_type_a_code_by_sms(seen: Seen, site: Site) -> None:
    site.pages["/cadre"] = FRAMED
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/cadre", allowed_hosts=[site.host])
    done = await seen.browser.do(
        control.Type(id=1, node=await seen.node_id(id="sms"), text="123456")
    )
    assert (done.ok, done.code) == (False, "blind")


async def test_a_verb_without_guest_answers(seen: Seen) -> None:
    done = await seen.browser.do(control.Go(id=1, where="back"))
    assert (done.ok, done.code) == (False, "gone")
