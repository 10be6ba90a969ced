from __future__ import annotations

import pytest

from cordee.directory.search import Entry, find

ENTRIES = [
    Entry(1, "Aide au logement", "apl loyer appartement", "Allocations familiales"),
    Entry(2, "Certificat d’immatriculation", "carte grise voiture", "Titres et permis"),
    Entry(3, "Demande de retraite", "pension", "Retraite du régime général"),
    Entry(4, "Création d’entreprise", "société statut", "Chambre des métiers"),
    Entry(5, "Litige entre voisins", "conflit", "Accès au droit"),
]


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("APL", 1),
        ("je voudrais refaire ma carte grise", 2),
        ("ma retrete", 3),
        ("Retraites", 3),
        ("creer mon entreprize", 4),
        ("alocation logment", 1),
        ("conflits avec mes voisins", 5),
        ("allocations familiales", 1),
    ],
)
def test_own_words_find_the_reason(typed: str, best: int) -> None:
    assert find(typed, ENTRIES)[0] == best


@pytest.mark.parametrize("typed", ["", "   ", "je veux", "xyzzy", "\0", "é" * 5000])
def test_words_that_say_nothing_find_nothing(typed: str) -> None:
    assert find(typed, ENTRIES) == []


def test_other_reasons_of_a_partner_come_after_the_one_named() -> None:
    more = [*ENTRIES, Entry(6, "Naissance", "bébé", "Allocations familiales")]
    assert find("allocation logement", more)[0] == 1
