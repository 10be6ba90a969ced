"""What blind fields have held, taken out of what other frames tell.

A recorder hides what its own page has held. A script may hand that to another frame of another
process, whose recorder knows nothing of it: what leaves the kiosk is looked through here again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "••••••••"
SHORTEST = 4
"""Shorter ones stand by chance in too many words (as in the recorder's `secrets.ts`)."""
KEPT_MOST = 1000


class KeptSecrets:
    """The secrets of one guest, in memory for as long as it lives. Never logged."""

    def __init__(self) -> None:
        self._kept: dict[str, None] = {}
        self._plain: re.Pattern[str] | None = None
        self._in_json: re.Pattern[str] | None = None

    def remember(self, value: str) -> None:
        """Let this stand in nothing that is told from now on."""
        text = value.strip() if len(value.strip()) >= SHORTEST else value
        if len(text) < SHORTEST or text in self._kept:
            return
        self._kept[text] = None
        if len(self._kept) > KEPT_MOST:
            del self._kept[next(iter(self._kept))]
        written = {each for kept in self._kept for each in _writings(kept)}
        self._plain = _pattern(written)
        self._in_json = _pattern(json.dumps(each, ensure_ascii=False)[1:-1] for each in written)

    def hide(self, text: str) -> str:
        """Return a text without any of them."""
        return self._plain.sub(MASK, text) if self._plain else text

    def hide_in(self, lines: str) -> str:
        """Return the mirror's lines without any of them."""
        if self._in_json is None or not self._in_json.search(lines):
            return lines
        return "".join(self._line(line) for line in lines.splitlines() if line)

    def _line(self, line: str) -> str:
        if self._in_json is None or not self._in_json.search(line):
            return line + "\n"
        hidden = self._hidden(json.loads(line))
        return json.dumps(hidden, ensure_ascii=False, separators=(",", ":")) + "\n"

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


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(texts, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
