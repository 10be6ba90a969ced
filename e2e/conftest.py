"""Which of the stories begin first, and what keeps them from lasting longer than they must."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.stand import media
from e2e.stand.agent import shared_browser
from e2e.stand.voice import NotedVoice

CALM_FPS = 5

LONGEST_FIRST = (
    "test_stop",
    "test_walls",
    "test_busy_page",
    "test_cuts",
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


@pytest.fixture(scope="session", autouse=True)
def _calm_cameras() -> Iterator[None]:
    """Let every camera play a third of a camera's pictures: coding them takes most of a call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(media, "FPS", CALM_FPS)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_browser(_calm_cameras: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the agents of a lane share a browser, each with a context of its own."""
    with shared_browser(tmp_path_factory.mktemp("browser")):
        yield
