from __future__ import annotations

import pytest

from cordee.territory.models import Commune
from cordee.territory.naming import communes_meant

COMMUNES = [
    Commune(insee_code=code, name=name)
    for code, name in (
        ("05023", "Briançon"),
        ("05006", "L’Argentière-la-Bessée"),
        ("05145", "Saint-Jean-Saint-Nicolas"),
        ("05148", "Saint-Julien-en-Champsaur"),
        ("05061", "Gap"),
    )
]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("briancon", "Briançon"),
        ("Briencon", "Briançon"),
        ("argentiere la bessee", "L’Argentière-la-Bessée"),
        ("St Jean St Nicolas", "Saint-Jean-Saint-Nicolas"),
        ("05061", "Gap"),
        (" GAP ", "Gap"),
    ],
)
def test_a_commune_is_meant_however_it_is_typed(typed: str, name: str) -> None:
    assert [one.name for one in communes_meant(typed, COMMUNES)] == [name]


def test_a_part_of_a_name_leaves_a_choice() -> None:
    assert {one.insee_code for one in communes_meant("saint", COMMUNES)} == {"05145", "05148"}


@pytest.mark.parametrize("typed", ["", "Paris", "???", "x" * 5000])
def test_what_is_nowhere_is_no_commune(typed: str) -> None:
    assert communes_meant(typed, COMMUNES) == []
