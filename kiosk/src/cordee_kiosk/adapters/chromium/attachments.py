"""Scanned pages into a file field of the partner's page.

`DOM.setFileInputFiles` reads any file of this machine: it is given only what `PaperFiles` has just
written. The field is found and judged in the recorder's isolated world; a chooser that the page's
script opens by itself is never answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from cordee_kiosk.adapters.chromium.asking import ANSWER_WITHIN_S, Asking, code
from cordee_kiosk.adapters.chromium.cdp import Cdp, Params
from cordee_kiosk.adapters.chromium.guest import Guest
from cordee_kiosk.adapters.chromium.paper_files import FolderNotOurs, PaperFiles
from cordee_kiosk.adapters.chromium.worlds import World
from cordee_kiosk.adapters.papers import pdf_of
from cordee_wire import control

_OPENS_WITHIN_S = 2.0
_FIELD = "function (node) { return globalThis.cordeeRecorder.fileField(node); }"
_FACTS = "function () { return globalThis.cordeeRecorder.fileFacts(this); }"
_ANY = {"", "*", "*/*"}
_JPEG = {"image/*", "image/jpeg", "image/jpg", ".jpg", ".jpeg", *_ANY}
_PDF = {"application/*", "application/pdf", ".pdf", *_ANY}
ATTACH_SAYINGS = {
    "no_file_field": "Ce n’est pas un champ de fichier. Cliquez sur le champ, ou sur son bouton.",
    "closed_field": "La page ne permet pas de joindre ici pour l’instant.",
    "other_site": "Ce champ appartient à un autre site dans la page : la borne n’y joint rien.",
    "one_only": "Ce champ ne prend qu’une feuille. Joignez-les une par une.",
    "not_accepted": "Ce champ ne prend ni image ni PDF : la feuille n’est pas jointe.",
    "page_unknown": "La borne n’a plus cette page. Numérisez-la de nouveau, puis joignez-la.",
}
ATTACH_CODES = {"closed_field": "bad_request", "other_site": "outside", "one_only": "not_accepted"}
Form = Literal["jpg", "pdf", "one_only", "not_accepted"]


def form_of(accept: str, *, is_multiple: bool, pages: int) -> Form:
    """Return in which form a field takes so many pages, or why it does not (HTML, 4.10.5.1.17)."""
    wanted = {each.strip().lower() for each in accept.split(",")}
    takes_jpeg, takes_pdf = bool(wanted & _JPEG), bool(wanted & _PDF)
    if takes_jpeg and (pages == 1 or is_multiple):
        return "jpg"
    if takes_pdf:
        return "pdf"
    return "one_only" if takes_jpeg else "not_accepted"


class Attachments:
    """The attachments of one guest. `hold` what belongs to a verb before it is its turn."""

    def __init__(self, cdp: Cdp, guest: Guest, asking: Asking, files: PaperFiles) -> None:
        self._cdp = cdp
        self._guest = guest
        self._asking = asking
        self._files = files
        self._held: dict[int, Sequence[bytes]] = {}

    def hold(self, verb_id: int, papers: Sequence[bytes]) -> None:
        """Keep the pages (JPEG) of a verb that waits."""
        self._held[verb_id] = papers

    def drop(self) -> None:
        """Forget what waits: it was stopped."""
        self._held.clear()

    async def attach(self, verb: control.Attach) -> str:
        """Give the field its pages; return `done` or why not."""
        papers = self._held.pop(verb.id, ())
        if not papers or len(papers) != len(verb.pages):
            return "page_unknown"
        world = self._guest.worlds.find(verb.node)
        if world is None:
            return "gone"
        if world is not self._guest.worlds.top:
            # The citizen was told the site of the page, not of a frame in it.
            return "other_site"
        field, word = await self._field(world, verb.node)
        return await self._give(world, field, papers) if field else word

    async def _give(self, world: World, field: str, papers: Sequence[bytes]) -> str:
        facts = await self._facts(world, field)
        if code(facts) != "done":
            return code(facts)
        form = form_of(str(facts["accept"]), is_multiple=bool(facts["multiple"]), pages=len(papers))
        if form not in ("jpg", "pdf"):
            return form
        contents = list(papers) if form == "jpg" else [await asyncio.to_thread(pdf_of, papers)]
        try:
            paths = self._files.write(contents, form)
        except FolderNotOurs:
            return "failed"
        given: Params = {"files": [str(path) for path in paths], "objectId": field}
        await self._cdp.call(
            "DOM.setFileInputFiles", given, world.session, timeout_s=ANSWER_WITHIN_S
        )
        await self._asking.caught_up(world)
        return "done"

    async def _field(self, world: World, node: int) -> tuple[str, str]:
        """Return the handle of the file field that a node is or leads to, or why there is none."""
        word = code(await self._asking.act(world, "file", node))
        if word == "done":
            asked: Params = {
                "functionDeclaration": _FIELD,
                "executionContextId": world.context,
                "arguments": [{"value": node}],
            }
            answer = await self._cdp.call(
                "Runtime.callFunctionOn", asked, world.session, timeout_s=ANSWER_WITHIN_S
            )
            return str(answer["result"].get("objectId", "")), "gone"
        if word != "opens":
            return "", word
        return await self._opened(world, node)

    async def _opened(self, world: World, node: int) -> tuple[str, str]:
        """Press a button that opens a chooser; return the field that the chooser is for."""
        opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def note(params: Params) -> None:
            if not opened.done():
                opened.set_result(int(params.get("backendNodeId", 0)))

        place = await self._asking.place(world, node, 0.5, 0.5)
        if code(place) != "done":
            return "", code(place)
        self._cdp.on("Page.fileChooserOpened", note, world.session)
        try:
            at = {"x": place["x"], "y": place["y"]}
            button: Params = {**at, "button": "left", "clickCount": 1}
            for event in (
                {**at, "type": "mouseMoved"},
                {**button, "type": "mousePressed", "buttons": 1},
                {**button, "type": "mouseReleased"},
            ):
                self._asking.note_input(
                    world, self._cdp.post("Input.dispatchMouseEvent", event, world.session)
                )
            element = await asyncio.wait_for(opened, _OPENS_WITHIN_S)
        except TimeoutError:
            return "", "no_file_field"
        finally:
            self._cdp.on("Page.fileChooserOpened", lambda _: None, world.session)
        asked: Params = {"backendNodeId": element, "executionContextId": world.context}
        answer = await self._cdp.call(
            "DOM.resolveNode", asked, world.session, timeout_s=ANSWER_WITHIN_S
        )
        return str(answer["object"].get("objectId", "")), "no_file_field"

    async def _facts(self, world: World, field: str) -> Params:
        asked: Params = {
            "functionDeclaration": _FACTS,
            "objectId": field,
            "returnByValue": True,
        }
        answer = await self._cdp.call(
            "Runtime.callFunctionOn", asked, world.session, timeout_s=ANSWER_WITHIN_S
        )
        value = answer.get("result", {}).get("value")
        return value if isinstance(value, dict) else {"code": "failed"}
