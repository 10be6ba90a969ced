"""Which commune is meant: a name as people type it."""

from __future__ import annotations

from collections.abc import Sequence

from cordee.kernel.words import likeness, words_of
from cordee.territory.models import Commune

_SHORTENED = {"st": "saint", "ste": "sainte"}
NEAR = 0.4


def communes_meant(typed: str, communes: Sequence[Commune], *, most: int = 6) -> list[Commune]:
    """Return the communes that `typed` may mean, best first; one that is named exactly, alone.

    Accents, hyphens, capitals, articles, St for Saint and small typing errors do not matter. An
    INSEE code is understood too.
    """
    asked = _name(typed)
    if not asked:
        return []
    exact = [one for one in communes if _name(one.name) == asked or one.insee_code == typed.strip()]
    if exact:
        return exact[:most]
    whole = "".join(asked)
    scored = [(_nearness(asked, whole, _name(one.name)), one) for one in communes]
    near = [(score, one) for score, one in scored if score >= NEAR]
    near.sort(key=lambda pair: (-pair[0], pair[1].name))
    return [one for _, one in near[:most]]


def _nearness(asked: list[str], whole: str, name: list[str]) -> float:
    if not name:
        return 0.0
    each = sum(max(likeness(word, one) for one in name) for word in asked) / len(asked)
    return max(
        each * (1 if all(any(likeness(w, n) for n in name) for w in asked) else 0.5),
        likeness(whole, "".join(name)),
    )


def _name(text: str) -> list[str]:
    words = [_SHORTENED.get(word, word) for word in words_of(text)[:12]]
    telling = [
        word for word in words if word not in {"l", "la", "le", "les", "de", "du", "d", "en"}
    ]
    return telling or words
