"""Tests that each need a guest of their own, and no browser: a module shares one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from chromium.corpus.pair import Pair
from chromium.corpus.viewer import viewer
from chromium.partner_site import Site
from chromium.seen import Seen

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is here in the loop of its module's browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(loop_scope="module")
async def seen(seen_by_all: Seen) -> AsyncIterator[Seen]:
    """The module's browser, with nothing left of the test before."""
    yield seen_by_all
    await seen_by_all.begin_anew()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(
    seen_by_all: Seen, corpus_site: Site, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    async with viewer(tmp_path_factory.mktemp("viewer")) as agent:
        made = Pair(seen_by_all, agent, corpus_site)
        await seen_by_all.browser.mirror(is_on=True)
        yield made
        await seen_by_all.begin_anew()
