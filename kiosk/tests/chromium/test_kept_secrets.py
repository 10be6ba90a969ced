from __future__ import annotations

import json

import pytest

from cordee_kiosk.adapters.chromium.kept_secrets import KEPT_MOST, MASK, KeptSecrets

SECRET = 'Chamois "é"\\ €~7'


def _line(**given: object) -> str:
    return json.dumps(given, ensure_ascii=False) + "\n"


@pytest.fixture
def kept() -> KeptSecrets:
    kept = KeptSecrets()
    kept.remember(SECRET)
    return kept


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.upper(),
        "Chamois%20%22%C3%A9%22%5C%20%E2%82%AC~7",
        "Chamois+%22%C3%A9%22%5C+%E2%82%AC%7E7",
    ],
)
def test_secret_is_hidden_in_every_writing(kept: KeptSecrets, written: str) -> None:
    assert kept.hide(f"/?a={written}&b") == f"/?a={MASK}&b"
    lines = _line(t="focus", id=3) + _line(t="input", id=4, text=f"Copie {written}.")
    first, second = kept.hide_in(lines).splitlines()
    assert json.loads(first) == {"t": "focus", "id": 3}
    assert json.loads(second) == {"t": "input", "id": 4, "text": f"Copie {MASK}."}


def test_what_the_mirror_is_made_of_stays_whatever_the_secret_is() -> None:
    kept = KeptSecrets()
    for word in ("node", "mutation", "attributes", "tagName", "span"):
        kept.remember(word)
    span = {"type": 2, "id": 1, "tagName": "span", "attributes": {"data-node": "a node"}}
    line = _line(t="mutation", d={"adds": [{"node": {**span, "childNodes": []}}]})
    hidden = json.loads(kept.hide_in(line))
    assert hidden["t"] == "mutation"
    shown = hidden["d"]["adds"][0]["node"]
    assert shown == {
        **span,
        "attributes": {f"data-{MASK}": f"a {MASK}"},
        "childNodes": [],
    }


def test_lines_without_a_secret_are_left_as_they_are(kept: KeptSecrets) -> None:
    lines = '{"t": "input",  "id":4}\n\n{"t":"x"}'
    assert kept.hide_in(lines) is lines
    assert KeptSecrets().hide_in(lines) is lines


def test_short_ones_hide_nothing_and_the_oldest_are_forgotten() -> None:
    kept = KeptSecrets()
    kept.remember("739")
    assert kept.hide("le 739") == "le 739"
    kept.remember("première")
    for number in range(KEPT_MOST):
        kept.remember(f"{number:05}")
    last = f"{KEPT_MOST - 1:05}"
    assert kept.hide(f"première {last}") == f"première {MASK}"
    kept.forget()
    assert kept.hide(last) == last


def test_no_secret_is_as_long_as_a_page() -> None:
    kept = KeptSecrets()
    assert not kept.remember("é" * 257)
    assert kept.remember("é" * 256)
    assert not kept.remember("é" * 256)


def test_lines_are_looked_through_whatever_signs_and_depth_their_texts_have() -> None:
    kept = KeptSecrets()
    kept.remember("mot-de-passe")
    told = [
        {"t": "full", "x": "une ligne\u2028puis MOT-de-passe\u0085"},
        {"t": "mutation", "x": "sans\u2029secret"},
    ]
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in told)
    assert [json.loads(each) for each in kept.hide_in(lines).split("\n") if each] == [
        {"t": "full", "x": f"une ligne\u2028puis {MASK}\u0085"},
        told[1],
    ]
    deep = '{"t":"full","x":' + "[" * 3000 + '"mot-de-passe"' + "]" * 3000 + "}"
    assert kept.hide_in(f"{deep}\n") == deep.replace("mot-de-passe", MASK) + "\n"
    # A letter whose small form is longer moves nothing.
    assert kept.hide("İİ MOT-DE-PASSE") == f"İİ {MASK}"
