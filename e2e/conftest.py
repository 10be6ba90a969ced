"""Which of the stories begin first, and how fast the kiosks in them speak."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.stand.voice import NotedVoice

LONGEST_FIRST = (
    "test_stop",
    "test_restart",
    "test_demo",
    "test_bad_papers",
    "test_story",
    "test_bad_messages",
    "test_grants",
    "test_upload",
    "test_canary",
    "test_own_tool",
    "test_bench",
    "test_bad_addresses",
    "test_week_grid",
)
"""Whose tests wait for hours to come; begun last, one of these would keep everybody waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; lanes take file after file in this order."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session", autouse=True)
def _quick_voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let every kiosk say its sentences whole, but at a pace at which nobody has to wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", NotedVoice(tmp_path_factory.mktemp("voice")).settings["PATH"])
        yield
