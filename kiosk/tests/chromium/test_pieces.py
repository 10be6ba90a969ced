"""A text as the strokes that would write it."""

from __future__ import annotations

import pytest

from cordee_kiosk.adapters.chromium.keys import TYPED_MOST, pieces


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("0905", ["0", "9", "0", "5"]),
        ("e\u0301t", ["e\u0301", "t"]),
        ("a\u200db", ["a\u200db"]),
        ("\U0001f469\U0001f3fd\u200d\U0001f33e!", ["\U0001f469\U0001f3fd\u200d\U0001f33e", "!"]),
        ("\u0301", ["\u0301"]),
        ("x" * TYPED_MOST, ["x"] * TYPED_MOST),
        ("x" * (TYPED_MOST + 1), ["x" * (TYPED_MOST + 1)]),
    ],
)
def test_a_sign_and_its_marks_are_one_stroke_and_a_paste_is_whole(
    text: str, parts: list[str]
) -> None:
    assert pieces(text) == parts
