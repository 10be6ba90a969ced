from __future__ import annotations

import contextlib
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chromium import partner_site, screen
from chromium.pages import OTHER_PAGES, PAGES
from chromium.seen import Seen
from cordee_kiosk.adapters.chromium.browser import PACKAGED_STAGE, ChromiumBrowser
from cordee_wire import stage

HERE = Path(__file__).parent
FRONTEND = HERE.parents[2] / "frontend"


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with screen.virtual_screen() as name:
        yield name


@pytest.fixture(scope="session")
def recorder() -> Path:
    """Build the two scripts as the package carries them, when a source is newer."""
    built = PACKAGED_STAGE / "recorder.js"
    parts = [FRONTEND / "src" / part for part in ("recorder", "core")]
    sources = [*(each for part in parts for each in part.glob("*.ts")), FRONTEND / "build.mjs"]
    newest = max(source.stat().st_mtime for source in sources)
    if not built.exists() or built.stat().st_mtime < newest:
        subprocess.run(["node", "build.mjs", "recorder", "hook"], cwd=FRONTEND, check=True)
    return built


@pytest.fixture
def site() -> Iterator[partner_site.Site]:
    with partner_site.serve(dict(PAGES)) as served:
        yield served


@pytest.fixture
def other_site() -> Iterator[partner_site.Site]:
    with partner_site.serve(dict(OTHER_PAGES)) as served:
        yield served


@pytest_asyncio.fixture
async def seen(display: str, recorder: Path, tmp_path: Path) -> AsyncIterator[Seen]:
    """A started browser and what it tells."""
    async with started(display, tmp_path / "profile") as watcher:
        yield watcher


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen_by_all(
    display: str, recorder: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Seen]:
    """One browser for a module whose tests each need a guest, and no more, of their own."""
    async with started(display, tmp_path_factory.mktemp("kept") / "profile") as watcher:
        yield watcher


@contextlib.asynccontextmanager
async def started(display: str, profile_dir: Path) -> AsyncIterator[Seen]:
    """Yield what a browser tells from its start on; close it after."""
    browser = ChromiumBrowser(
        binary="chromium",
        display=display,
        profile_dir=profile_dir,
        extra_flags=["--use-fake-device-for-media-stream", "--disable-gpu"],
        no_sandbox=True,
        stage_dir=HERE / "stage",
    )
    watcher = Seen(browser)
    await browser.start()
    try:
        yield watcher
    finally:
        await browser.close()


def show(*, guest: bool, note: str = "") -> stage.Show:
    return stage.Show(view="call", now=0, site="Guillestre", phone="", guest=guest, note=note)
