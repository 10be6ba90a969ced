"""Kinds of pages that partners have, each replayed and compared with the kiosk's own page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chromium import partner_site
from chromium.corpus.kinds import ANSWERS, FILES, KIND_OF, KINDS, NOT_YET, PAGES
from chromium.corpus.pair import Pair
from chromium.partner_site import Site


def _marked(name: str) -> object:
    if name not in NOT_YET:
        return name
    return pytest.param(name, marks=pytest.mark.xfail(reason=NOT_YET[name], strict=True))


@pytest.fixture(scope="module")
def corpus_site() -> Iterator[Site]:
    with partner_site.serve({f"/{name}": text for name, text in FILES.items()}) as served:
        for path, (kind, text) in ANSWERS.items():
            served.pages[path] = text
            served.kinds[path] = kind
        served.kinds |= {f"/{name}": kind for name, kind in KIND_OF.items()}
        yield served


@pytest.mark.parametrize("name", [_marked(name) for name in PAGES])
async def test_replay_is_as_the_kiosks_page(pair: Pair, name: str) -> None:
    await pair.open(name)
    told = [f"{name}: {each}" for each in await pair.differences()]
    for number, step in enumerate(KINDS.get(name, ())):
        if told:
            break
        await pair.do(step)
        told = [f"{name} after step {number} {step}: {each}" for each in await pair.differences()]
    assert not told, "\n".join(told)
    assert await pair.agent.lost() == 0
    assert [each for each in pair.agent.asked if not each.startswith("blob:")] == []
