"""PDF files that the partner's page offers: read whole, and never downloaded."""

from __future__ import annotations

import pytest

from chromium.partner_site import Site
from chromium.pdf import one_colour_pdf
from chromium.seen import Seen
from cordee_kiosk import browsing
from cordee_wire import control

PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Attestation</title>
<a id="ici" href="/attestation">Télécharger</a>
<a id="ailleurs" href="/attestation" target="_blank">Ouvrir</a>
<a id="faux" href="/faux">Faux</a><input id="nom"></html>"""
PDF = one_colour_pdf((10, 120, 200))
SAVED = {"Content-Disposition": 'attachment; filename="Dupont-1850599.pdf"'}


@pytest.fixture
def desk(site: Site) -> Site:
    site.pages["/offre"] = PAGE
    for path, content in (("/attestation", PDF), ("/faux", b"MZ no document")):
        site.files[path] = content
        site.kinds[path] = "application/pdf"
        site.headers[path] = SAVED
    return site


async def follow(seen: Seen, site: Site, link: str) -> control.Done:
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/offre", allowed_hosts=[site.host])
    node = await seen.node_id(id=link)
    return await seen.browser.do(control.Click(id=1, node=node, x=0.5, y=0.5))


def offered(seen: Seen) -> list[bytes]:
    return [each.pdf for each in seen.events if isinstance(each, browsing.GuestOffered)]


@pytest.mark.parametrize("link", ["ici", "ailleurs"])
async def test_document_to_save_is_read_and_the_page_stays(
    seen: Seen, desk: Site, link: str
) -> None:
    assert (await follow(seen, desk, link)).ok
    await seen.until(lambda: offered(seen))
    assert offered(seen) == [PDF]
    node = await seen.node_id(id="nom")
    assert (await seen.browser.do(control.Type(id=2, node=node, text="toujours là"))).ok
    await seen.until(lambda: seen.told(node).get("text") == "toujours là")
    assert seen.moves()[-1].url.endswith("/offre")


async def test_document_to_show_is_read_and_shown(seen: Seen, desk: Site) -> None:
    desk.headers.clear()
    await follow(seen, desk, "ici")
    await seen.until(lambda: offered(seen))
    assert offered(seen) == [PDF]
    await seen.until(lambda: seen.moves()[-1].url.endswith("/attestation"))


async def test_what_only_says_that_it_is_one_is_not_offered(seen: Seen, desk: Site) -> None:
    await follow(seen, desk, "faux")
    node = await seen.node_id(id="ici")
    assert (await seen.browser.do(control.Click(id=2, node=node, x=0.5, y=0.5))).ok
    await seen.until(lambda: offered(seen))
    assert offered(seen) == [PDF]
