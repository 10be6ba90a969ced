"""What blind fields have held, taken out of what other frames tell.

A recorder hides what its own page has held. A script may hand that to another frame of another
process, whose recorder knows nothing of it: what leaves the kiosk is looked through here again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "••••••••"
SHORTEST = 4
"""Shorter ones stand by chance in too many words (as in the recorder's `secrets.ts`)."""
LONGEST = 256
"""What is longer is no secret that a person types."""
KEPT_MOST = 100


class KeptSecrets:
    """The secrets of one guest, in memory for as long as it lives. Never logged.

    They are looked for as plain texts: a page may hold any number of any length, and patterns made
    of them would stay in a cache.
    """

    def __init__(self) -> None:
        self._kept: dict[str, None] = {}
        self._plain: list[str] = []
        self._in_json: list[str] = []

    def remember(self, value: str) -> bool:
        """Let this stand in nothing that is told from now on. False: it does already."""
        text = value.strip() if len(value.strip()) >= SHORTEST else value
        if not SHORTEST <= len(text) <= LONGEST or text in self._kept:
            return False
        self._kept[text] = None
        if len(self._kept) > KEPT_MOST:
            del self._kept[next(iter(self._kept))]
        written = {each for kept in self._kept for each in _writings(kept)}
        self._plain = _longest_first(written)
        self._in_json = _longest_first(
            json.dumps(each, ensure_ascii=False)[1:-1] for each in written
        )
        return True

    def forget(self) -> None:
        """Keep none of them: the guest is gone."""
        self._kept.clear()
        self._plain, self._in_json = [], []

    def hide(self, text: str) -> str:
        """Return a text without any of them."""
        return _without(text, self._plain)

    def hide_in(self, lines: str) -> str:
        """Return the mirror's lines without any of them."""
        if not _stands(lines, self._in_json):
            return lines
        # Other signs that end a line in print stand in texts of JSON as they are.
        return "".join(self._line(line) for line in lines.split("\n") if line)

    def _line(self, line: str) -> str:
        if not _stands(line, self._in_json):
            return line + "\n"
        try:
            hidden = self._hidden(json.loads(line))
            return json.dumps(hidden, ensure_ascii=False, separators=(",", ":")) + "\n"
        except (ValueError, RecursionError):
            # Deeper than Python reads: they are taken out of the text itself.
            return _without(line, self._in_json) + "\n"

    def _hidden(self, value: Any, *, has_names: bool = False) -> Any:
        match value:
            case str():
                return self.hide(value)
            case list():
                return [self._hidden(each) for each in value]
            case dict():
                # The names of attributes are the page's own; the others are the mirror's.
                return {
                    (self.hide(name) if has_names else name): (
                        each if name in _OWN else self._hidden(each, has_names=name == "attributes")
                    )
                    for name, each in value.items()
                }
            case _:
                return value


_OWN = ("t", "tagName")


def _writings(value: str) -> Iterable[str]:
    """Return how it stands in a text, and in an address (as JavaScript writes them)."""
    yield value
    encodable = value.encode("utf-8", "replace").decode()
    yield quote(encodable, safe=";/?:@&=+$,#-_.!~*'()")
    yield quote(encodable, safe="-_.!~*'()")
    yield quote_plus(encodable, safe="*-._").replace("~", "%7E")


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted((_lower(each) for each in texts), key=len, reverse=True)


def _lower(text: str) -> str:
    """Return a text in small letters, as long as before: places in it stay what they were."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


def _stands(text: str, secrets: list[str]) -> bool:
    if not secrets:
        return False
    lower = _lower(text)
    return any(each in lower for each in secrets)


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets if _stands(text, secrets) else ():
        lower, parts, last = _lower(text), [], 0
        while (at := lower.find(secret, last)) >= 0:
            parts += [text[last:at], MASK]
            last = at + len(secret)
        text = "".join([*parts, text[last:]])
    return text
