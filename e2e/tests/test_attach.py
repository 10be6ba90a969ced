"""A paper scanned here is attached to the partner's form, and received as it was scanned."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import expect

from cordee_kiosk.adapters.papers import QUALITY, pdf_of
from cordee_wire import control
from e2e.site.one_page import OnePage
from e2e.stand.counter import WITHIN_MS
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.world import World

ALLOW = """
from cordee.directory.models import Partner
Partner.objects.filter(slug={slug!r}).update(allowed_hosts={hosts!r})
"""
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Pièces</title><h1>Pièces</h1>
<form method="post" enctype="multipart/form-data">
<p><label>Justificatif <input id="piece" name="piece" type="file"></label></p>
<p><button id="envoyer">Envoyer</button></p></form>
<p><a id="attestation" href="attestation.pdf">Votre attestation</a></p></html>"""
PDF = pdf_of([cv2.imencode(".jpg", np.full((400, 300, 3), 200, np.uint8))[1].tobytes()])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnePage]:
    folder: Path = tmp_path_factory.mktemp("pages")
    (folder / "pieces.html").write_text(PAGE)
    (folder / "attestation.pdf").write_bytes(PDF)
    made = OnePage(folder / "pieces.html", port=0, record=folder / "received.jsonl")
    serving = threading.Thread(target=made.serve, daemon=True)
    serving.start()
    yield made
    made.close()
    serving.join(10)


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory, desk: OnePage) -> Iterator[Meeting]:
    folder: Path = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720) as world:
        hosts = [f"127.0.0.1:{world.site.port}", desk.url.split("/")[2]]
        world.server.command("shell", "-c", ALLOW.format(slug=world.seeded["partner"], hosts=hosts))
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            for act in ("see", "control", "scan"):
                begun.counter.obtain(act)
            yield begun


def test_scanned_paper_is_attached_and_received_as_it_was_scanned(
    met: Meeting, desk: OnePage
) -> None:
    page = met.counter.page
    opened(met, desk)
    # Nothing scanned yet: the field says what comes first.
    met.counter.click("#piece")
    expect(page.locator("#notice")).to_contain_text("Numérisez d’abord", timeout=WITHIN_MS)
    unknown = met.tap.answer(
        control.Attach(id=met.tap.next_id(), node=1, pages=["../../../etc/passwd"])
    )
    assert (unknown.ok, unknown.code) == (False, "page_unknown")

    scanned = met.counter.scan()
    attach = page.locator(".thumbs [data-do=attach]")
    attach.click(timeout=WITHIN_MS)
    expect(attach).to_have_attribute("aria-pressed", "true")
    met.counter.click("#piece")
    expect(page.locator("p.attach-note")).to_contain_text("dit à la personne", timeout=WITHIN_MS)
    shown_name(met, "document-1.jpg")
    entry = met.wait_for_entry("attached", host="127.0.0.1")
    name = page.locator(".thumbs li").first.get_attribute("data-page")
    assert entry.detail == {"host": "127.0.0.1", "page": name}
    met.counter.click("#envoyer")
    wait_until(lambda: desk.files, within_s=20, what="the partner has the file")
    assert desk.files == [("document-1.jpg", as_kept(scanned))]


def test_stop_before_it_goes_lets_nothing_go(met: Meeting, desk: OnePage) -> None:
    page = met.counter.page
    opened(met, desk)
    sent = len(desk.files)
    # The field first, and the page in the list that opens there.
    met.counter.click("#piece")
    chooser = page.locator(".chooser-list")
    chooser.wait_for(timeout=WITHIN_MS)
    chooser.press("Enter")
    expect(page.locator("p.attach-note")).to_be_visible(timeout=WITHIN_MS)
    met.world.kiosk.press_stop()
    met.counter.wait_for_state("control", "revoked")
    met.counter.obtain("see")
    met.counter.obtain("control")
    shown_name(met, "")
    met.counter.click("#envoyer")
    wait_until(lambda: len(desk.files) == sent, within_s=5, what="no file came")
    assert len(met.journal("attached")) == 1


def test_document_of_the_site_is_sealed_to_the_agent_with_leave(
    met: Meeting, desk: OnePage
) -> None:
    page = met.counter.page
    if met.counter.act("scan").get_attribute("data-state") == "given":
        met.tap.say(control.GiveBack(act="scan"))
        met.counter.wait_for_state("scan", "revoked")
    opened(met, desk)
    met.counter.click("#attestation")
    receive = page.locator("[data-do=receive]")
    receive.wait_for(timeout=WITHIN_MS)
    assert met.wait_for_entry("document_offered").detail == {"size_bytes": len(PDF)}
    # Without the leave for papers it is only asked for.
    refused = met.tap.answer(control.Receive(id=met.tap.next_id(), document="any"))
    assert (refused.ok, refused.code) == (False, "no_grant")
    receive.click()
    yes = met.counter.act("scan").locator("[data-do=yes]")
    yes.wait_for(timeout=WITHIN_MS)
    met.counter.wait_for_state("scan", "waiting")
    assert not met.journal("document_sealed")
    yes.click()
    met.counter.wait_for_state("scan", "given")
    receive.click()
    link = page.locator(".thumbs a[data-do=save]")
    link.wait_for(timeout=WITHIN_MS)
    with page.expect_download() as saved:
        link.click()
    assert Path(saved.value.path()).read_bytes() == PDF
    met.wait_for_entry("document_sealed")


def opened(met: Meeting, desk: OnePage) -> None:
    done = met.tap.answer(control.Open(id=met.tap.next_id(), url=desk.url))
    assert done.ok, done.message
    met.counter.wait_for_text("h1", "Pièces")


def shown_name(met: Meeting, name: str) -> None:
    """Wait until the mirrored field shows this name (empty: none)."""
    field = met.counter.mirror().locator("#piece")
    wait_until(
        lambda: field.evaluate("one => one.files[0]?.name ?? ''") == name,
        within_s=30,
        what=f"the mirror shows {name!r}",
    )


def as_kept(pixels: npt.NDArray[np.uint8]) -> bytes:
    is_made, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert is_made
    return data.tobytes()
