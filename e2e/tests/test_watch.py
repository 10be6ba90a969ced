from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest

from e2e.stand.media import is_near
from e2e.stand.processes import Running, run
from e2e.stand.screen import Screen
from e2e.stand.watch import Watch, pictures

PICTURES = 100
"""At most so many pictures of the film until a colour shows."""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with Screen(tmp_path / "screen", width_px=640, height_px=400) as running:
        yield running


@pytest.fixture
def watch(screen: Screen) -> Iterator[Watch]:
    with Watch(screen, site="Guillestre") as running:
        yield running


def post(watch: Watch, path: str, body: object) -> int:
    headers = {"X-Watch": watch.token}
    return httpx.post(f"{watch.url[:-1]}{path}", json=body, headers=headers).status_code


def test_page_shows_the_screen_as_it_changes(screen: Screen, watch: Watch) -> None:
    assert "Guillestre" in httpx.get(watch.url).text
    with httpx.stream("GET", f"{watch.url}screen.mjpeg", timeout=20) as film:
        seen = (tuple(picture[200, 300, ::-1].tolist()) for picture in pictures(film.iter_bytes()))
        for name, colour in (("#14a03c", (20, 160, 60)), ("#dc6e14", (220, 110, 20))):
            run(["xsetroot", "-solid", name], env=screen.env)
            assert any(is_near(each, colour, within=6) for each in islice(seen, PICTURES))


def test_touch_and_keys_reach_the_screen(screen: Screen, watch: Watch, tmp_path: Path) -> None:
    with Running(
        ["stdbuf", "-oL", "xev", "-geometry", "640x400+0+0", "-event", "keyboard"],
        name="xev",
        folder=tmp_path,
        env=screen.env,
    ) as events:
        assert post(watch, "/click", {"x": 0.5, "y": 0.5}) == 204
        place = run(["xdotool", "getmouselocation"], env=screen.env)
        assert place.startswith("x:320 y:200")
        events.wait_until(
            lambda: post(watch, "/stop", {}) == 204 and "Pause" in events.output(),
            within_s=5,
            what="the Stop key",
        )


def test_touch_without_the_pages_token_is_refused(watch: Watch) -> None:
    assert httpx.post(f"{watch.url}stop", json={}).status_code == 403


@pytest.mark.parametrize("body", [{}, {"x": "left", "y": 0}, [1], None])
def test_touch_without_a_place_is_refused(watch: Watch, body: object) -> None:
    assert post(watch, "/click", body) == 400
