"""What people need, in their own words: pure ranking of the reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cordee.kernel.words import likeness, stem, words_of

MOST_TYPED = 12
"""Words of a sentence that are looked for."""
NEAR_BEST = 0.45
"""What finds less than this share of the best is left out."""
_LABEL, _WORDS, _PARTNER = 3.0, 2.5, 2.8
_EMPTY = frozenset(
    {
        *(
            "a",
            "ai",
            "aide",
            "aider",
            "as",
            "au",
            "aux",
            "avec",
            "avoir",
            "besoin",
            "c",
            "ca",
            "ce",
        ),
        *(
            "ces",
            "cet",
            "cette",
            "chez",
            "comment",
            "d",
            "dans",
            "de",
            "demande",
            "demander",
            "des",
        ),
        *(
            "dois",
            "doit",
            "du",
            "en",
            "entre",
            "est",
            "et",
            "faire",
            "faut",
            "il",
            "ils",
            "j",
            "je",
            "l",
        ),
        *("la", "le", "les", "leur", "m", "ma", "me", "mes", "mon", "n", "ne", "nos", "notre"),
        *("nous", "on", "ou", "par", "pas", "pour", "pourrais", "puis", "que", "qui", "quoi", "s"),
        *("sa", "se", "ses", "si", "son", "suis", "sur", "t", "un", "une", "veux", "voudrais", "y"),
        *(
            "vos",
            "votre",
            "vous",
            "dossier",
            "rendez",
            "rdv",
            "plus",
            "trop",
            "tres",
            "jai",
            "cest",
        ),
        *("arrive", "peux", "peut", "veut", "quand", "combien", "moi", "etre"),
        *("the", "my", "i", "to", "for", "of", "an", "and", "need", "want", "help", "with", "in"),
    }
)
"""Words that say nothing about what is needed."""


@dataclass(frozen=True)
class Entry:
    """One reason as it is looked for: its label, further words, its partner's name."""

    key: int
    label: str
    words: str
    partner: str


def find(typed: str, entries: Sequence[Entry], *, most: int = 12) -> list[int]:
    """Return the keys of the entries that answer `typed`, best first; none when nothing does.

    A word that few entries have says more than one that many have. Accents, capitals, endings and
    small typing errors do not matter.
    """
    asked = _asked(typed)
    if not asked:
        return []
    known = [_weighted(entry) for entry in entries]
    vocabulary = {word for words in known for word in words}
    scores = [0.0] * len(entries)
    for word in asked:
        near = {one: like for one in vocabulary if (like := likeness(word, one)) > 0}
        found = [
            max((near[one] * weight for one, weight in words.items() if one in near), default=0.0)
            for words in known
        ]
        rarity = math.log(1 + len(entries) / max(1, sum(score > 0 for score in found)))
        scores = [score + rarity * one for score, one in zip(scores, found, strict=True)]
    best = max(scores, default=0.0)
    order = sorted(range(len(entries)), key=lambda place: (-scores[place], place))
    kept = [place for place in order if scores[place] > 0 and scores[place] >= NEAR_BEST * best]
    return [entries[place].key for place in kept[:most]]


def _asked(typed: str) -> list[str]:
    words = words_of(typed)
    telling = [word for word in words if word not in _EMPTY and len(word) > 1] or words
    return list(dict.fromkeys(stem(word) for word in telling))[:MOST_TYPED]


@lru_cache(maxsize=4096)
def _weighted(entry: Entry) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for text, weight in (
        (entry.partner, _PARTNER),
        (entry.words, _WORDS),
        (entry.label, _LABEL),
    ):
        for word in words_of(text):
            if word not in _EMPTY:
                weights[stem(word)] = max(weight, weights.get(stem(word), 0.0))
    return weights
