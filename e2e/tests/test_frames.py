"""A payment's form stands in frames of other sites: the agent fills it, but for its secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, expect

from cordee_wire import control
from e2e.site.server import Site
from e2e.stand.counter import WITHIN_MS
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.world import World

ALLOW = """
from cordee.directory.models import Partner
Partner.objects.filter(slug={slug!r}).update(allowed_hosts={hosts!r})
"""
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Achat</title><h1>Achat</h1>
<p><label>Nom <input id="nom"></label></p>
<iframe id="cadre" src="{address}" style="inline-size: 600px; block-size: 360px"></iframe>"""
MIDDLE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Banque</title>
<h2>Banque</h2>
<iframe id="carte" src="{address}" style="inline-size: 500px; block-size: 240px; border: 9px solid">
</iframe>"""
CARD = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Carte</title>
<form action="paye.html" accept-charset="utf-8">
<p><label>Titulaire <input id="titulaire" name="titulaire"></label></p>
<p><label>Numéro <input id="numero" name="numero" inputmode="numeric"></label></p>
<p><label>Code <input id="code" name="code" type="password"></label></p>
<p style="padding-block-start: 300px"><label>Réseau <select id="reseau" name="reseau">
<option value="">–</option><option value="cb">CB</option></select></label></p>
<p><button id="payer">Payer</button></p></form>"""
PAID = '<!doctype html><meta charset="utf-8"><title>Payé</title><p id="paye">Payé</p>'
HOLDER = "Élise D’Œuvre-Ñuñez ß"
NEAR_PX = 24
NUMBER = "4970 1015 3200 0018"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The bank's two sites, by two names of this machine."""
    folder = tmp_path_factory.mktemp("bank")
    with Site(folder=folder) as site:
        pages = {"cadre.html": MIDDLE.format(address=f"{site.base}carte.html"), "carte.html": CARD}
        for name, page in {**pages, "paye.html": PAID}.items():
            (folder / name).write_text(page, encoding="utf-8")
        yield site


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory, bank: Site) -> Iterator[Meeting]:
    folder: Path = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720) as world:
        frame = f"localhost:{bank.port}"
        hosts = [f"127.0.0.1:{world.site.port}", f"127.0.0.1:{bank.port}", frame]
        allow = ALLOW.format(slug=world.seeded["partner"], hosts=hosts)
        world.server.command("shell", "-c", allow)
        world.site.pages["/essai/achat"] = PAGE.format(address=f"http://{frame}/cadre.html")
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            begun.counter.obtain("see")
            begun.counter.obtain("control")
            yield begun


def test_payment_in_frames_of_other_sites_is_filled_and_its_secret_is_not(
    met: Meeting, bank: Site
) -> None:
    url = f"{met.world.site.base}essai/achat"
    done = met.tap.answer(control.Open(id=met.tap.next_id(), url=url))
    assert done.ok, done.message
    met.counter.wait_for_text("h1", "Achat")
    card = met.counter.mirror().frame_locator("#cadre").frame_locator("#carte")
    write(met, card, "#titulaire", HOLDER)
    write(met, card, "#numero", NUMBER)
    click(met, card, "#code")
    hidden = card.locator("#code")
    expect(hidden).to_have_attribute("data-cordee-blind", "empty", timeout=WITHIN_MS)
    met.counter.page.keyboard.type("123")
    met.counter.write("#nom", "après")
    assert hidden.get_attribute("data-cordee-blind") == "empty"
    # The form is longer than its frame: the wheel scrolls what lies under the pointer.
    box = card.locator("#titulaire").bounding_box(timeout=WITHIN_MS)
    assert box is not None
    met.counter.page.mouse.move(box["x"] + 5, box["y"] + 5)
    met.counter.page.mouse.wheel(0, 2000)
    expect(card.locator("#payer")).to_be_in_viewport(ratio=1, timeout=WITHIN_MS)
    click(met, card, "#reseau")
    chooser = met.counter.page.locator(".chooser-list")
    chooser.select_option("cb", timeout=WITHIN_MS)
    drawn, field = chooser.bounding_box(), card.locator("#reseau").bounding_box()
    assert drawn is not None
    assert field is not None
    assert abs(drawn["x"] - field["x"]) < NEAR_PX
    assert abs(drawn["y"] - field["y"] - field["height"]) < NEAR_PX
    chooser.press("Enter")
    expect(card.locator("#reseau")).to_have_value("cb", timeout=WITHIN_MS)
    click(met, card, "#payer")
    expect(card.locator("#paye")).to_have_text("Payé", timeout=WITHIN_MS)
    wait_until(lambda: bank.received, within_s=20, what="the bank has the form")
    assert bank.received == [{"titulaire": HOLDER, "numero": NUMBER, "code": "", "reseau": "cb"}]


def click(met: Meeting, frame: FrameLocator, css: str) -> None:
    box = frame.locator(css).bounding_box(timeout=WITHIN_MS)
    assert box is not None
    met.counter.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def write(met: Meeting, frame: FrameLocator, css: str, text: str) -> None:
    frame.locator(css).wait_for(timeout=WITHIN_MS)
    click(met, frame, css)
    met.counter.page.keyboard.type(text)
    confirmed = frame.locator(f"{css}:not([data-cordee-echo])")
    expect(confirmed).to_have_value(text, timeout=WITHIN_MS)
