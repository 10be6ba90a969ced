"""What is left to say of a page once it has gone on: lines that newer ones have overtaken go.

Nothing is moved. A value that a later line sets again is left out where it stood first, and a node
that came and went in between is not spoken of; so what the reader builds in the end is the same.
Across the answer to a verb no value is left out: the counter compares what stands there with what
it foresaw.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Line = dict[str, Any]
_NEWEST_BY = {
    "scroll": ("id",),
    "input": ("id",),
    "select": ("id",),
    "blind": ("id",),
    "picture": ("id",),
    "focus": (),
    "viewport": (),
}
"""Kinds of lines of which the newest of each kind, or of each kind and node, says all."""
_WHOLE = '{"t":"full"'


def newest(lines: str) -> str:
    """Return the lines without what later ones among them have overtaken."""
    # Other signs that end a line in print stand in texts of JSON as they are.
    texts = [text for text in lines.split("\n") if text]
    if len(texts) < 2:  # noqa: PLR2004 - one line overtakes nothing
        return lines
    parsed = [_parsed(text) for text in texts]
    passing = _passing(parsed)
    seen: set[object] = set()
    kept: list[str] = []
    for text, line in zip(reversed(texts), reversed(parsed), strict=True):
        said = text if line is None else _still_new(text, line, seen, passing)
        if said:
            kept.append(said)
    return "".join(f"{text}\n" for text in reversed(kept))


def _parsed(text: str) -> Line | None:
    # A whole page is never shortened: it is not read for nothing.
    if text.startswith(_WHOLE):
        return None
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _still_new(text: str, line: Line, seen: set[object], passing: set[int]) -> str:
    kind = str(line.get("t"))
    if kind == "mutation":
        return _mutation(text, line, seen, passing)
    # A sample speaks of what all lines before it have set.
    if kind in {"done", "sample"}:
        seen.clear()
    by = _NEWEST_BY.get(kind)
    if by is None:
        return text
    key = (kind, *(_number(line, name) for name in by))
    if key in seen:
        return ""
    seen.add(key)
    return text


def _mutation(text: str, line: Line, seen: set[object], passing: set[int]) -> str:
    told = line.get("d")
    if not isinstance(told, dict):
        return text
    attributes = [left for each in _list(told, "attributes") if (left := _attributes(each, seen))]
    texts = []
    for each in _list(told, "texts"):
        key = ("text", _number(each, "id"))
        if key not in seen:
            seen.add(key)
            texts.append(each)
    adds = [each for each in _list(told, "adds") if _added(each) not in passing]
    removes = [each for each in _list(told, "removes") if _number(each, "id") not in passing]
    left = {"texts": texts, "attributes": attributes, "removes": removes, "adds": adds}
    if all(len(value) == len(_list(told, name)) for name, value in left.items()) and (
        attributes == _list(told, "attributes")
    ):
        return text
    if not any(left.values()):
        return ""
    return json.dumps({**line, "d": {**told, **left}}, separators=(",", ":"), ensure_ascii=False)


def _attributes(change: Line, seen: set[object]) -> Line | None:
    """Return the change without the attributes, and style properties, that are set again later."""
    node, values = _number(change, "id"), change.get("attributes")
    if not isinstance(values, dict):
        return change
    left: Line = {}
    for name, value in values.items():
        key = ("attribute", node, name)
        if key in seen:
            continue
        if isinstance(value, dict):
            # Only some properties of a style: each is overtaken by itself.
            new = {each: set_to for each, set_to in value.items() if (*key, each) not in seen}
            seen.update((*key, each) for each in new)
            if new:
                left[name] = new
        else:
            seen.add(key)
            left[name] = value
    return {**change, "attributes": left} if left else None


def _passing(lines: list[Line | None]) -> set[int]:
    """Return the nodes without children that are added and removed again, and named by no other."""
    added: set[int] = set()
    gone: set[int] = set()
    named: set[int] = set()
    for told in _mutations(lines):
        # Within one line, what is removed goes first: added after, it stays.
        removed = {_number(each, "id") for each in _list(told, "removes")}
        gone |= removed & added
        named |= removed - added
        for each in _list(told, "adds"):
            number = _added(each)
            if number in added or not _is_alone(each):
                named.add(number)
            added.add(number)
            named |= {_number(each, "nextId"), _number(each, "parentId")}
    return gone - named


def _mutations(lines: list[Line | None]) -> Iterator[Line]:
    for line in lines:
        if line is not None and line.get("t") == "mutation" and isinstance(line.get("d"), dict):
            yield line["d"]


def _added(add: Line) -> int:
    node = add.get("node")
    return _number(node, "id") if isinstance(node, dict) else -1


def _is_alone(add: Line) -> bool:
    node = add.get("node")
    return isinstance(node, dict) and not node.get("childNodes")


def _number(line: Line, name: str) -> int:
    value = line.get(name)
    return value if isinstance(value, int) else -1


def _list(told: Line, name: str) -> list[Line]:
    value = told.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
