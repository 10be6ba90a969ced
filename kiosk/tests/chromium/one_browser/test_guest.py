from __future__ import annotations

import asyncio
import threading

import pytest
from waiting import WITHIN_S, until, until_asked

from chromium.partner_site import Site
from chromium.seen import Seen
from cordee_kiosk import browsing
from cordee_kiosk.adapters.chromium.leaving import Leaving
from cordee_kiosk.adapters.chromium.popups import Refusal
from cordee_kiosk.ports import Unavailable
from cordee_wire import control


async def open_page(seen: Seen, site: Site, path: str, *also: str) -> None:
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}{path}", allowed_hosts=[site.host, *also])


async def click(seen: Seen, name: str) -> control.Done:
    node = await seen.node_id(id=name)
    return await seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))


def link(target: str, attributes: str = "") -> str:
    return f"""<!doctype html><title>Lien</title>
    <a id="lien" href="{target}" {attributes}>Lien</a>"""


async def test_an_address_outside_the_list_is_not_opened(seen: Seen, other_site: Site) -> None:
    with pytest.raises(Unavailable) as refused:
        await seen.browser.open_guest(url=other_site.url, allowed_hosts=["127.0.0.1:9"])
    assert refused.value.code == "outside"
    assert other_site.asked == []


async def test_a_site_that_does_not_answer_is_said_so(seen: Seen) -> None:
    with pytest.raises(Unavailable) as refused:
        await seen.browser.open_guest(url="http://127.0.0.1:9/", allowed_hosts=["127.0.0.1:9"])
    assert refused.value.code == "failed"
    done = await seen.browser.do(control.Go(id=1, where="reload"))
    assert done.code == "gone"


async def test_a_link_outside_leaves_the_page_where_it_is(
    seen: Seen, site: Site, other_site: Site
) -> None:
    site.pages["/lien"] = link(other_site.url)
    await open_page(seen, site, "/lien")
    done = await click(seen, "lien")
    assert (done.ok, done.code) == (False, "outside")
    assert "permis" in done.message
    assert other_site.asked == []
    assert seen.place().url == f"{site.url}/lien"
    assert await click(seen, "lien") == done


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "data:text/html,ailleurs",
        "chrome://version",
        "view-source:http://a.fr",
    ],
)
async def test_a_link_that_chromium_itself_refuses_is_said_too(
    seen: Seen, site: Site, address: str
) -> None:
    site.pages["/lien"] = link(address)
    await open_page(seen, site, "/lien")
    done = await click(seen, "lien")
    assert (done.ok, done.code) == (False, "outside")
    assert seen.place().url == f"{site.url}/lien"
    assert await click(seen, "lien") == done


async def test_a_redirection_outside_is_refused(seen: Seen, site: Site, other_site: Site) -> None:
    site.pages["/vers"] = f"-> {other_site.url}/"
    await open_page(seen, site, "/")
    await seen.node_id(id="envoyer")
    done = await seen.browser.do(control.Open(id=1, url=f"{site.url}/vers"))
    assert (done.ok, done.code) == (False, "outside")
    assert other_site.asked == []


async def test_a_frame_from_outside_stays_empty(seen: Seen, site: Site, other_site: Site) -> None:
    # Two other origins (another name of this machine): the listed one's frame is filled.
    listed, foreign = (f"localhost:{one.host.split(':')[1]}" for one in (site, other_site))
    site.pages |= {"/cadre": frames(listed, foreign), "/dedans": frame_that_says("dedans")}
    other_site.pages["/dehors"] = frame_that_says("dehors")
    await open_page(seen, site, "/cadre", listed)
    await seen.until(lambda: seen.place().title == "chargés dedans")
    assert "/dedans" in site.asked
    assert other_site.asked == []
    await open_page(seen, site, "/cadre", listed, foreign)
    await seen.until(lambda: seen.place().title == "chargés dedans dehors")
    assert "/dehors" in other_site.asked


def frames(listed: str, foreign: str) -> str:
    """Return a page whose title tells once it is loaded and what its frames have said."""
    return f"""<!doctype html><title>Cadres</title><script>
    const said = [];
    const hear = (word) => {{ said.push(word); document.title = said.sort().join(" "); }};
    onmessage = ({{ data }}) => hear(data);
    onload = () => hear("chargés");
    </script><iframe src="http://{listed}/dedans"></iframe>
    <iframe src="http://{foreign}/dehors"></iframe>"""


def frame_that_says(word: str) -> str:
    return f"""<!doctype html><script>parent.postMessage("{word}", "*");</script>"""


async def test_a_title_that_a_script_writes_is_told_however_late_and_however_often(
    seen: Seen, site: Site
) -> None:
    site.pages["/titres"] = """<!doctype html><title>Début</title><script>
    let count = 0;
    const write = () => {
      document.title = count < 300 ? `Titre ${count}` : "Fin";
      if (count++ < 300) setTimeout(write);
    };
    onload = () => setTimeout(write);
    </script>"""
    await open_page(seen, site, "/titres")
    await seen.until(lambda: seen.place().title == "Fin")
    assert len(seen.moves()) < 150


async def test_the_title_of_a_page_that_is_busy_is_told_when_it_says_what_is_secret(
    seen: Seen, site: Site
) -> None:
    site.pages["/occupee"] = """<!doctype html><title>Calme</title><script>
    onload = () => setTimeout(() => {
      document.title = "Occupée";
      for (const until = Date.now() + 2500; Date.now() < until; );
    }, 100);
    </script>"""
    await open_page(seen, site, "/occupee?a=1")
    await seen.until(lambda: seen.place().title == "Occupée")
    assert {move.url for move in seen.moves()} <= {f"{site.url}/occupee", f"{site.url}/occupee?a=1"}


async def test_a_page_loads_nothing_from_this_machine_unless_listed(
    seen: Seen, site: Site, other_site: Site
) -> None:
    site.pages["/image"] = f"""<!doctype html><title>Image</title><p id="attend"></p><script>
    const say = (id) => {{ document.body.innerHTML = `<p id="${{id}}"></p>`; }};
    fetch("{site.url}/suite").then(() => fetch("{other_site.url}/image", {{ mode: "no-cors" }}))
      .then(() => say("obtenue"), () => say("refusee"));
    </script>"""
    await open_page(seen, site, "/image")
    await seen.until(lambda: seen.node(id="obtenue") or seen.node(id="refusee"))
    assert seen.node(id="refusee")
    assert other_site.asked == []
    assert "/suite" in site.asked


@pytest.mark.parametrize("attributes", ["target=_blank", "target=_blank rel=opener"])
async def test_a_new_window_opens_in_the_guest_itself(
    seen: Seen, site: Site, attributes: str
) -> None:
    site.pages["/lien"] = link("/suite", attributes)
    await open_page(seen, site, "/lien")
    assert (await click(seen, "lien")).ok
    await seen.until(lambda: seen.place().title == "La suite")
    await seen.node_id(id="suite")


async def test_a_new_window_by_script_opens_in_the_guest_itself(seen: Seen, site: Site) -> None:
    site.pages["/lien"] = link("#", """onclick="window.open('/suite', '', 'width=300')" """)
    await open_page(seen, site, "/lien")
    assert (await click(seen, "lien")).ok
    await seen.until(lambda: seen.place().title == "La suite")


async def test_a_new_window_to_outside_is_closed(seen: Seen, site: Site, other_site: Site) -> None:
    site.pages["/lien"] = link(other_site.url, "target=_blank")
    await open_page(seen, site, "/lien")
    assert (await click(seen, "lien")).code == "outside"
    await windows(seen, 2)
    assert other_site.asked == []
    assert seen.place().url == f"{site.url}/lien"


async def test_an_empty_window_is_closed(seen: Seen, site: Site) -> None:
    site.pages["/lien"] = link("#", """onclick="window.open('about:blank')" """)
    await open_page(seen, site, "/lien")
    done = await click(seen, "lien")
    assert (done.ok, done.code) == (False, "outside")
    assert "fenêtre vide" in done.message
    await windows(seen, 2)


async def test_a_form_sent_into_a_new_window_is_said_not_to_work(seen: Seen, site: Site) -> None:
    site.pages["/lien"] = """<!doctype html><title>Lien</title>
    <form method="post" action="/suite" target="_blank"><button id="lien">Envoyer</button></form>"""
    await open_page(seen, site, "/lien")
    done = await click(seen, "lien")
    assert (done.ok, done.code) == (False, "outside")
    assert "formulaire" in done.message
    await windows(seen, 2)
    assert site.sent == []
    assert seen.place().url == f"{site.url}/lien"


async def test_the_answer_to_a_click_waits_for_a_slow_redirection(
    seen: Seen, site: Site, other_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages |= {"/lien": link("/vers"), "/vers": f"-> {other_site.url}/"}
    site.held["/vers"] = threading.Event()
    refused_within, is_judged = Leaving.refused_within, asyncio.Event()

    async def judge(leaving: Leaving, refusals: int, **_: float) -> Refusal | None:
        """Judge once the page is on its way: one at rest would be answered that instant."""
        await until(lambda: "/vers" in site.asked, what="the page was asked for")
        is_judged.set()
        return await refused_within(leaving, refusals, quiet_s=0, most_s=WITHIN_S)

    monkeypatch.setattr(Leaving, "refused_within", judge)
    await open_page(seen, site, "/lien")
    answer = asyncio.create_task(click(seen, "lien"))
    async with asyncio.timeout(WITHIN_S):
        await is_judged.wait()
    # What was known already would have been answered before Chromium answers this.
    await pages(seen)
    assert not answer.done()
    site.held["/vers"].set()
    assert (await answer).code == "outside"
    assert other_site.asked == []
    assert seen.place().url == f"{site.url}/lien"


async def test_the_answer_to_a_click_waits_for_a_slow_script(
    seen: Seen, site: Site, other_site: Site
) -> None:
    slow = "const since = Date.now(); while (Date.now() < since + 250);"
    leave = f"setTimeout(() => {{ {slow} location.href = '{other_site.url}'; }})"
    site.pages["/lien"] = f'<button id="lien" onclick="{leave}">Continuer</button>'
    await open_page(seen, site, "/lien")
    assert (await click(seen, "lien")).code == "outside"
    assert other_site.asked == []


async def test_a_click_that_brings_no_page_is_answered(seen: Seen, site: Site) -> None:
    site.pages["/lien"] = link("/fichier", "download")
    site.pages["/fichier"] = "un fichier"
    await open_page(seen, site, "/lien")
    assert (await click(seen, "lien")).ok


async def windows(seen: Seen, count: int) -> None:
    """Wait until Chromium has that many windows: the stage's and the guest's."""

    async def has_so_many() -> bool:
        return len(await pages(seen)) == count

    await until_asked(has_so_many, what=f"{count} windows")


async def pages(seen: Seen) -> list[str]:
    found = await seen.browser._cdp.call("Target.getTargets")
    return [each["url"] for each in found["targetInfos"] if each["type"] == "page"]


async def test_the_partners_site_is_asked_for_french(seen: Seen, site: Site) -> None:
    await open_page(seen, site, "/")
    assert site.languages[0].startswith("fr")


async def test_dialogs_answer_themselves(seen: Seen, site: Site) -> None:
    await open_page(seen, site, "/alert")
    done = await click(seen, "avis")
    assert (done.ok, done.code) == (False, "question")
    await seen.until(lambda: '"refuse"' in seen.all_mirror_text())


async def test_a_question_is_answered_yes_once_when_the_agent_says_so(
    seen: Seen, site: Site
) -> None:
    site.pages["/question"] = """<!doctype html><title>Question</title><button id="oter"
    onclick="said.textContent += confirm('Supprimer ?') ? '+' : '-'">Ôter</button>
    <button id="autre" onclick="said.textContent += confirm('Tout envoyer ?') ? '+' : '-'">Autre
    </button><p id="said"></p>"""
    await open_page(seen, site, "/question")
    remove, other = await seen.node_id(id="oter"), await seen.node_id(id="autre")

    async def ask(number: int, node: int, *, yes: bool = False) -> str:
        verb = control.Click(id=number, node=node, x=0.5, y=0.5, yes=yes)
        return (await seen.browser.do(verb)).code

    assert await ask(1, remove) == "question"
    # Said to another question than the one that was told, a yes is none; nor is it kept.
    assert await ask(2, other, yes=True) == "question"
    assert await ask(3, remove) == "question"
    assert await ask(4, remove, yes=True) == "done"
    assert await ask(5, remove) == "question"
    told = await seen.until(lambda: "--" in seen.all_mirror_text() and seen.all_mirror_text())
    assert "---+-" in told


async def test_what_a_page_says_by_itself_is_told_as_it_comes(seen: Seen, site: Site) -> None:
    site.pages["/minuterie"] = """<!doctype html><title>Minuterie</title><p>Attendez</p>
    <script>setTimeout(() => alert("Votre session expire"), 50)</script>"""
    await open_page(seen, site, "/minuterie")
    said = await seen.until(lambda: [e for e in seen.events if isinstance(e, browsing.GuestSaid)])
    assert said == [browsing.GuestSaid("La page dit : « Votre session expire »")]


async def test_what_an_agent_brought_about_is_told_once(seen: Seen, site: Site) -> None:
    await open_page(seen, site, "/alert")
    assert (await click(seen, "avis")).code == "question"
    assert not [e for e in seen.events if isinstance(e, browsing.GuestSaid)]


async def test_what_a_dialog_says_is_told_without_secrets(seen: Seen, site: Site) -> None:
    site.pages["/lien"] = """<!doctype html><title>Lien</title>
    <input id="secret" type="password" value="Chamois-du-Queyras">
    <button id="lien" onclick="alert(`Erreur : ${secret.value} est trop court`)">Envoyer</button>"""
    await open_page(seen, site, "/lien")
    done = await click(seen, "lien")
    assert (done.ok, done.code) == (False, "dialog")
    assert "Erreur :" in done.message
    assert "est trop court" in done.message
    assert "Chamois" not in done.message


async def test_a_page_that_speaks_as_it_opens_is_opened_all_the_same(
    seen: Seen, site: Site
) -> None:
    site.pages["/lien"] = "<!doctype html><title>Lien</title><script>alert('Un avis')</script>"
    await open_page(seen, site, "/")
    done = await seen.browser.do(control.Open(id=1, url=f"{site.url}/lien"))
    assert done.ok, done.message
    await seen.until(lambda: seen.place().title == "Lien")


async def test_frames_of_other_sites_are_forgotten_with_their_page(
    seen: Seen, site: Site, other_site: Site
) -> None:
    other = f"localhost:{other_site.host.split(':')[1]}"
    site.pages["/cadre"] = f"<!doctype html><title>Cadre</title><iframe src='http://{other}/'>"
    await open_page(seen, site, "/suite", other)
    handlers = seen.browser._cdp._handlers
    before = len(handlers)
    await seen.browser.do(control.Open(id=1, url=f"{site.url}/cadre"))
    await until(lambda: len(handlers) > before, what="the frame is heard")
    await until(lambda: "/" in other_site.asked, what="the frame is there")
    await seen.browser.do(control.Open(id=2, url=f"{site.url}/suite"))
    await until(lambda: len(handlers) == before, what="nothing of the frame is left")


async def test_a_page_in_an_endless_loop_is_halted_and_closed(seen: Seen, site: Site) -> None:
    await open_page(seen, site, "/loop")
    node = await seen.node_id(id="boucle")
    await seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))
    waiting = [
        asyncio.ensure_future(seen.browser.do(control.Type(id=n, node=node, text="x")))
        for n in range(2, 6)
    ]
    verbs = seen.browser._verbs
    assert verbs is not None
    await until(lambda: verbs._current and len(verbs._queue) == 3, what="one at work, three wait")
    await seen.browser.halt()
    assert {done.code for done in await asyncio.gather(*waiting)} == {"no_grant"}
    await seen.browser.close_guest()
    assert len(await pages(seen)) == 1
    await seen.browser.open_guest(url=f"{site.url}/suite", allowed_hosts=[site.host])
    await seen.until(lambda: seen.place().title == "La suite")


async def test_a_verb_into_an_endless_loop_answers(seen: Seen, site: Site) -> None:
    await open_page(seen, site, "/loop")
    node = await seen.node_id(id="boucle")
    await seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))
    done = await seen.browser.do(control.Type(id=2, node=node, text="x"))
    assert (done.ok, done.code) == (False, "failed")


async def test_the_guest_gets_no_camera(seen: Seen, site: Site) -> None:
    site.pages["/camera"] = """<!doctype html><title>-</title><script>
    navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => { document.title = "obtenue"; }, (error) => { document.title = error.name; });
    </script>"""
    await open_page(seen, site, "/camera")
    await seen.until(lambda: '"NotAllowedError"' in seen.all_mirror_text())


@pytest.mark.parametrize("way", ["open", "reload"])
async def test_a_page_in_an_endless_loop_can_be_left(seen: Seen, site: Site, way: str) -> None:
    await open_page(seen, site, "/loop")
    assert (await click(seen, "boucle")).ok
    leave: dict[str, control.Verb] = {
        "open": control.Open(id=2, url=f"{site.url}/suite"),
        "reload": control.Go(id=2, where="reload"),
    }
    assert (await seen.browser.do(leave[way])).ok
    await seen.browser.mirror(is_on=True)
    await seen.node_id(id={"open": "suite", "reload": "boucle"}[way])
