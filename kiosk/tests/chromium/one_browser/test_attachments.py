"""Scanned pages in a file field: what is received is what was scanned, and nothing else ever is."""

from __future__ import annotations

import stat
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from chromium.partner_site import Site
from chromium.seen import Seen
from cordee_kiosk.adapters.chromium.attachments import form_of
from cordee_kiosk.adapters.chromium.paper_files import FolderNotOurs, PaperFiles
from cordee_kiosk.adapters.memory import MemoryScanner
from cordee_kiosk.adapters.papers import ScannedPapers, pdf_of
from cordee_wire import control

PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Pièces</title>
<form action="/recu" method="post" enctype="multipart/form-data">
<label id="titre">Justificatif <input id="une" name="une" type="file"></label>
<label id="cache">Autre <input id="cachee" name="cachee" type="file" hidden></label>
<input id="image" name="image" type="file" accept="image/*">
<input id="plusieurs" name="plusieurs" type="file" multiple accept=".jpg">
<input id="papier" name="papier" type="file" accept="application/pdf">
<input id="tableau" name="tableau" type="file" accept=".csv">
<fieldset disabled><input id="ferme" name="ferme" type="file"></fieldset>
<div id="depot"><input id="deposee" name="deposee" type="file" style="display: none"></div>
<button id="bouton" type="button">Choisir un fichier</button>
<input id="texte" name="texte"><p id="dit"></p><button id="envoyer">Envoyer</button></form>
<script>
const at = (id) => document.getElementById(id);
at("bouton").addEventListener("click", () => {
  const made = document.createElement("input");
  made.type = "file"; made.name = "bouton"; made.id = "faite"; made.hidden = true;
  made.addEventListener("change", () => { at("bouton").textContent = made.files[0].name; });
  document.forms[0].append(made);
  made.click();
});
at("une").addEventListener("change", ({ isTrusted }) => {
  at("dit").textContent = `change ${isTrusted} ${at("une").value}`;
});
</script></html>"""
HOSTILE = """<!doctype html><title>Hostile</title><input id="une" type="file"><p id="dit">-</p>
<button id="agir">Agir</button><script>
const une = document.getElementById("une"), dit = document.getElementById("dit");
const look = () => { dit.textContent = String(une.files.length); };
document.getElementById("agir").addEventListener("click", () => {
  une.click(); une.showPicker?.();
  for (const name of ["cordeeMirror", "cordeeRecorder", "cordeeStage"])
    try { globalThis[name]?.('{"type":"attach","id":1,"node":1,"pages":["x"]}'); } catch {}
  une.dispatchEvent(new CustomEvent("cordee-hint", { bubbles: true, detail: { attach: 1 } }));
  setTimeout(look, 300);
});
</script>"""
NAME = "9" * 32


async def jpegs(count: int) -> list[bytes]:
    papers = ScannedPapers()
    names = [str(number) for number in range(count)]
    for name in names:
        await papers.keep(name, await MemoryScanner().scan())
    return papers.take(names)


async def opened(seen: Seen, site: Site, page: str = PAGE) -> None:
    site.pages["/pieces"] = page
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/pieces", allowed_hosts=[site.host])


async def attach(
    seen: Seen, field: str, papers: list[bytes], verb_id: int = 1
) -> tuple[control.Done, int]:
    node = await seen.node_id(id=field)
    pages = [NAME[:-1] + str(number) for number in range(len(papers))]
    verb = control.Attach(id=verb_id, node=node, pages=pages)
    return await seen.browser.do(verb, papers), node


async def received(seen: Seen, site: Site) -> dict[str, list[tuple[str, bytes]]]:
    """Send the form; return the files that came, by field."""
    node = await seen.node_id(id="envoyer")
    assert (await seen.browser.do(control.Click(id=90, node=node, x=0.5, y=0.5))).ok
    await seen.until(lambda: seen.node(id="recu"))
    boundary = site.sent[-1].split(b"\r\n", 1)[0][2:].decode()
    head = f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n".encode()
    found: dict[str, list[tuple[str, bytes]]] = {}
    for part in message_from_bytes(head + site.sent[-1]).get_payload():
        assert isinstance(part, Message)
        content: Any = part.get_payload(decode=True)
        if name := part.get_filename():
            field = str(part.get_param("name", header="content-disposition"))
            found.setdefault(field, []).append((name, content))
    return found


@pytest.mark.parametrize(
    ("accept", "is_multiple", "pages", "form"),
    [
        ("", False, 1, "jpg"),
        ("", False, 2, "pdf"),
        ("", True, 2, "jpg"),
        ("image/*", False, 2, "one_only"),
        ("image/png", False, 1, "not_accepted"),
        (".pdf, .doc", True, 2, "pdf"),
        ("application/pdf,image/jpeg", False, 1, "jpg"),
        (" .JPG ", False, 1, "jpg"),
        ("video/*", True, 1, "not_accepted"),
    ],
)
async def test_form_is_what_the_field_takes(
    accept: str, *, is_multiple: bool, pages: int, form: str
) -> None:
    assert form_of(accept, is_multiple=is_multiple, pages=pages) == form


async def test_page_is_received_as_it_was_kept_under_a_plain_name(seen: Seen, site: Site) -> None:
    await opened(seen, site)
    [paper] = await jpegs(1)
    done, node = await attach(seen, "une", [paper])
    assert done.ok, done
    await seen.until(lambda: seen.told(node).get("text") == "document-1.jpg")
    assert (await received(seen, site)) == {"une": [("document-1.jpg", paper)]}


@pytest.mark.parametrize("way", ["titre", "cache", "depot", "bouton"])
async def test_label_drop_place_and_button_lead_to_their_field(
    seen: Seen, site: Site, way: str
) -> None:
    await opened(seen, site)
    [paper] = await jpegs(1)
    done, _ = await attach(seen, way, [paper])
    assert done.ok, done
    field = {"titre": "une", "cache": "cachee", "depot": "deposee"}.get(way, way)
    assert (await received(seen, site)) == {field: [("document-1.jpg", paper)]}


async def test_several_pages_go_as_the_field_takes_them(seen: Seen, site: Site) -> None:
    await opened(seen, site)
    papers = await jpegs(2)
    assert (await attach(seen, "plusieurs", papers, 1))[0].ok
    assert (await attach(seen, "papier", papers, 2))[0].ok
    got = await received(seen, site)
    assert [name for name, _ in got["plusieurs"]] == ["document-1.jpg", "document-2.jpg"]
    assert [content for _, content in got["plusieurs"]] == papers
    assert got["papier"] == [("document-3.pdf", pdf_of(papers))]


@pytest.mark.parametrize(
    ("field", "pages", "code", "says"),
    [
        ("texte", 1, "no_file_field", "champ de fichier"),
        ("dit", 1, "no_file_field", "champ de fichier"),
        ("envoyer", 1, "no_file_field", "champ de fichier"),
        ("ferme", 1, "bad_request", "ne permet pas"),
        ("tableau", 1, "not_accepted", "ni image ni PDF"),
        ("image", 2, "not_accepted", "une par une"),
    ],
)
async def test_place_that_does_not_take_it_says_why(  # noqa: PLR0917
    seen: Seen, site: Site, field: str, pages: int, code: str, says: str
) -> None:
    await opened(seen, site)
    done, _ = await attach(seen, field, await jpegs(pages))
    assert (done.ok, done.code) == (False, code)
    assert says in done.message
    assert not site.sent


async def test_blind_field_gets_nothing(seen: Seen, site: Site) -> None:
    site.pages["/pieces"] = PAGE
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(
        url=f"{site.url}/pieces",
        allowed_hosts=[site.host],
        blind_rules=[f"{site.host.split(':')[0]} #une"],
    )
    done, _ = await attach(seen, "une", await jpegs(1))
    assert (done.ok, done.code) == (False, "blind")


async def test_names_on_the_wire_are_no_paths(seen: Seen, site: Site) -> None:
    await opened(seen, site)
    node = await seen.node_id(id="une")
    verb = control.Attach(id=1, node=node, pages=["/etc/passwd"])
    done = await seen.browser.do(verb, [])
    assert (done.ok, done.code) == (False, "page_unknown")
    assert (await received(seen, site)) == {}


async def test_page_in_a_frame_of_another_site_is_refused(
    seen: Seen, site: Site, other_site: Site
) -> None:
    inner = other_site.host.replace("127.0.0.1", "localhost")
    other_site.pages["/cadre"] = '<!doctype html><input id="dedans" type="file">'
    page = f'<!doctype html><h1>Autour</h1><iframe src="http://{inner}/cadre"></iframe>'
    site.pages["/pieces"] = page
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/pieces", allowed_hosts=[site.host, inner])
    done, _ = await attach(seen, "dedans", await jpegs(1))
    assert (done.ok, done.code) == (False, "outside")


async def test_page_s_script_can_attach_nothing(seen: Seen, site: Site) -> None:
    await opened(seen, site, HOSTILE)
    node = await seen.node_id(id="agir")
    await seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))
    await seen.until(lambda: '"textContent":"0"' in _text(seen) or '"0"' in _text(seen))
    assert not _is_there(seen)


async def test_files_are_private_and_gone_with_the_guest(seen: Seen, site: Site) -> None:
    await opened(seen, site)
    assert (await attach(seen, "une", await jpegs(1)))[0].ok
    folder = _files(seen).folder
    [path] = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await seen.browser.close_guest()
    assert not folder.exists()


async def test_folder_that_others_may_look_into_is_not_used(tmp_path: Path) -> None:
    files = PaperFiles(tmp_path / "profile", memory=tmp_path)
    files.folder.mkdir(mode=0o755)
    with pytest.raises(FolderNotOurs):
        files.write([b"page"], "jpg")
    files.wipe()
    files.folder.symlink_to(tmp_path)
    with pytest.raises((FolderNotOurs, FileExistsError)):
        files.write([b"page"], "jpg")


def _is_there(seen: Seen) -> bool:
    return _files(seen).folder.exists()


def _files(seen: Seen) -> PaperFiles:
    return seen.browser._files


def _text(seen: Seen) -> str:
    return seen.all_mirror_text()
