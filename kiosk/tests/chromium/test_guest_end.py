"""The guest's end: nothing of it outlives the visit, whenever and however it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from waiting import until
from Xlib import X
from Xlib.display import Display

from chromium.partner_site import Site
from chromium.seen import Seen
from cordee_kiosk import browsing, ports


def names_under(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


async def contexts(seen: Seen) -> list[str]:
    """Return the guests' contexts that Chromium still has."""
    found = await seen.browser._cdp.call("Target.getBrowserContexts")
    return list(found["browserContextIds"])


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8, 13, 21, 34, 55])
async def test_a_guest_closed_while_it_opens_leaves_no_context(
    seen: Seen, site: Site, turns: int
) -> None:
    opening = asyncio.ensure_future(
        seen.browser.open_guest(url=f"{site.url}/", allowed_hosts=[site.host])
    )
    for _ in range(turns):
        await asyncio.sleep(0)
    await seen.browser.close_guest()
    with pytest.raises(ports.Unavailable):
        await opening
    assert await contexts(seen) == []


async def test_a_guest_whose_window_ends_by_itself_is_told_and_gone(seen: Seen, site: Site) -> None:
    await seen.browser.open_guest(url=f"{site.url}/suite", allowed_hosts=[site.host])
    await seen.until(lambda: seen.place().title == "La suite")
    guest = seen.browser._guest
    assert guest is not None
    seen.browser._cdp.post("Target.closeTarget", {"targetId": guest.target_id})
    await seen.until(lambda: any(isinstance(each, browsing.GuestGone) for each in seen.events))
    assert await contexts(seen) == []
    await seen.browser.open_guest(url=f"{site.url}/suite", allowed_hosts=[site.host])
    assert len(await contexts(seen)) == 1


async def test_what_was_selected_or_copied_goes_with_the_guest(
    seen: Seen, site: Site, display: str
) -> None:
    await seen.browser.open_guest(url=f"{site.url}/suite", allowed_hosts=[site.host])
    screen = Display(display)
    try:
        owner = screen.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        names = [screen.intern_atom(name) for name in ("PRIMARY", "CLIPBOARD")]
        for name in names:
            owner.set_selection_owner(name, X.CurrentTime)
        assert [screen.get_selection_owner(name) for name in names] == [owner, owner]
        await seen.browser.close_guest()
        assert [screen.get_selection_owner(name) for name in names] == [X.NONE, X.NONE]
    finally:
        screen.close()


async def test_a_page_that_says_too_much_to_the_console_ends_nothing(
    seen: Seen, site: Site
) -> None:
    site.pages["/bavarde"] = """<!doctype html><title>Bavarde</title>
    <script>console.log("x".repeat(70e6));</script>"""
    await seen.browser.open_guest(url=f"{site.url}/bavarde", allowed_hosts=[site.host])
    await seen.until(lambda: seen.place().title == "Bavarde")
    await seen.browser.close_guest()
    assert await contexts(seen) == []
    assert not any(isinstance(each, browsing.BrowserGone) for each in seen.events)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of the browser that starts after it."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


async def test_a_page_that_crashes_is_loaded_again_and_leaves_none_of_its_memory_on_the_disk(
    home: Path, seen: Seen, site: Site, tmp_path: Path
) -> None:
    site.pages["/secrete"] = "<!doctype html><title>Secrète</title>"
    await seen.browser.open_guest(url=f"{site.url}/secrete", allowed_hosts=[site.host])
    await seen.until(lambda: seen.place().title == "Secrète")
    guest = seen.browser._guest
    assert guest is not None
    assert site.asked.count("/secrete") == 1
    seen.browser._cdp.post("Page.crash", {}, guest.session)
    await until(lambda: site.asked.count("/secrete") == 2, what="the page is loaded again")
    names = names_under(tmp_path)
    assert "Preferences" in names
    assert [name for name in names if name.endswith((".dmp", ".meta"))] == []
    assert names_under(home) == set()


async def test_nothing_of_the_guest_is_left_on_disk(seen: Seen, site: Site, tmp_path: Path) -> None:
    canary = "canari-du-visiteur-4711"
    site.pages["/trace"] = f"""<!doctype html><title>{canary}</title><script>
    document.cookie = "c={canary}; max-age=90000"; localStorage.setItem("c", "{canary}");
    indexedDB.open("{canary}"); caches?.open("{canary}");</script><p id="fini">{canary}</p>"""
    await seen.browser.mirror(is_on=True)
    await seen.browser.open_guest(url=f"{site.url}/trace", allowed_hosts=[site.host])
    await seen.node_id(id="fini")
    await seen.browser.close_guest()
    profile = tmp_path / "profile"
    assert any(profile.rglob("*"))
    holding = [f for f in profile.rglob("*") if f.is_file() and canary.encode() in f.read_bytes()]
    assert holding == []
    await seen.browser.close()
    assert not profile.exists()
