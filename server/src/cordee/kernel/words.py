"""Words as people type them: compared without accents, capitals or endings, errors forgiven."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
"""Letters of a word that count; nobody means what comes after."""
SHORT, MIDDLE = 4, 8
"""Below SHORT letters a word is typed right or not at all; from MIDDLE on two errors may be."""
ENDING = 3
"""Letters that a typed word may have beyond a known one."""
_SOUNDS = (
    *(("eau", "o"), ("au", "o"), ("ai", "e"), ("ei", "e"), ("ph", "f"), ("qu", "c"), ("k", "c")),
    *(("y", "i"), ("z", "s"), ("en", "an"), ("em", "an"), ("am", "an"), ("h", "")),
)
"""What French writes in several ways and says in one."""
_DOUBLE = re.compile(r"(.)\1")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'"})


def plain(text: str) -> str:
    """Return the text in small letters without accents."""
    flat = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(sign for sign in flat if not unicodedata.combining(sign))


def words_of(text: str) -> list[str]:
    """Return the words of a text in their plain form, in order."""
    return [word[:LONGEST] for word in re.findall(r"[a-z0-9]+", plain(text))]


def stem(word: str) -> str:
    """Return a plain word as it sounds, without the endings of plural and feminine.

    Crude, but the same twice: "retrète" and "retraite" are one, so are "permi" and "permis".
    """
    for ending in ("ees", "ee", "es", "s", "x", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORT - 1:
            word = word[: -len(ending)]
            break
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return _DOUBLE.sub(r"\1", word)


def likeness(typed: str, known: str) -> float:
    """Return from 0 (another word) to 1 (the same) how near a typed stem is to a known one."""
    if typed == known:
        return 1.0
    shorter = min(len(typed), len(known))
    if shorter >= SHORT - 1 and known.startswith(typed):
        return 0.8
    if shorter >= SHORT and typed.startswith(known) and len(typed) - shorter <= ENDING:
        return 0.7
    if shorter < SHORT:
        return 0.0
    allowed = 2 if shorter >= MIDDLE else 1
    errors = typing_errors(typed, known, most=allowed)
    return 0.6 - 0.1 * errors if errors <= allowed else 0.0


def typing_errors(one: str, other: str, *, most: int) -> int:
    """Return how many letters are added, left out, changed or swapped; `most` + 1 for more.

    Optimal string alignment, left early: most pairs differ in length or letters already.
    """
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = 0 if letter == against else 1
            best = min(last[column] + 1, line[-1] + 1, last[column - 1] + cost)
            is_swap = (
                row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against
            )
            line.append(min(best, before[column - 2] + 1) if is_swap else best)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)
