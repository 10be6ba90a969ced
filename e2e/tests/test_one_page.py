"""The server that shows any page to the benches: its files, and what its forms send."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from e2e.site.one_page import OnePage


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OnePage]:
    folder = tmp_path / "pages"
    (folder / "img").mkdir(parents=True)
    (folder / "une page.html").write_text("<h1>Une page</h1>")
    (folder / "img/point.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("not beside the page")
    made = OnePage(folder / "une page.html", port=0, record=tmp_path / "received.jsonl")
    serving = threading.Thread(target=made.serve, daemon=True)
    serving.start()
    yield made
    made.close()
    serving.join(10)


def _received(site: OnePage) -> list[dict[str, str]]:
    return [json.loads(line) for line in site.record.read_text().splitlines()]


def test_page_stands_where_the_partners_pages_begin_and_its_files_beside_it(site: OnePage) -> None:
    base = site.url.rpartition("/")[0]
    page = httpx.get(f"{base}/aide/1", follow_redirects=True)
    assert (str(page.url), page.text) == (site.url, "<h1>Une page</h1>")
    picture = httpx.get(f"{base}/img/point.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert httpx.get(f"{base}/../secret.txt").status_code == 404
    assert httpx.get(f"{base}/%2e%2e/secret.txt").status_code == 404


@pytest.mark.parametrize("kind", ["data", "files", "json"])
def test_whatever_a_form_sends_is_kept_as_sent(site: OnePage, kind: str) -> None:
    sent = {"nom": "Œuvre, d’été à 4 €", "vide": ""}
    if kind == "files":
        answer = httpx.post(site.url, files={name: (None, value) for name, value in sent.items()})
    else:
        answer = httpx.post(f"{site.url}/ailleurs", **{kind: sent})  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert _received(site) == [sent]


def test_files_are_kept_as_sent(site: OnePage) -> None:
    content = bytes(range(256))
    httpx.post(site.url, files={"piece": ("un reçu.jpg", content), "vide": ("", b"")})
    assert [each for _, each in site.files] == [content]


def test_a_form_by_get_is_kept_and_several_values_are_a_line_each(site: OnePage) -> None:
    answer = httpx.get(site.url, params={"aide": ["a", "b"]})
    assert "C’est reçu" in answer.text
    assert _received(site) == [{"aide": "a\nb"}]
