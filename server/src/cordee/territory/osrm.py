"""Asking an OSRM server for journeys: its table service (OSRM HTTP API v5, `/table/v1/`)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from cordee.kernel import fetch

Point = tuple[float, float]
"""Longitude and latitude, in that order: OSRM's."""

LIMITS = fetch.Limits(size_bytes=1_000_000, time_s=3.0, redirects=0)
POINTS_A_QUESTION = 99
"""OSRM answers 100 coordinates at most unless told otherwise; one is the start."""


class NoAnswer(Exception):
    """OSRM gave no usable answer. `trouble` says why in one word."""

    def __init__(self, trouble: str) -> None:
        """Keep the word."""
        super().__init__(trouble)
        self.trouble = trouble


class _Table(msgspec.Struct):
    code: str
    durations: list[list[float | None]] = []


def minutes(url: str, start: Point, points: Sequence[Point]) -> list[int | None]:
    """Return the minutes by car from `start` to each point; None: no road leads there.

    Raises NoAnswer.
    """
    found: list[int | None] = []
    for first in range(0, len(points), POINTS_A_QUESTION):
        found += _ask(url, start, points[first : first + POINTS_A_QUESTION])
    return found


def _ask(url: str, start: Point, points: Sequence[Point]) -> list[int | None]:
    written = ";".join(
        f"{longitude:.5f},{latitude:.5f}" for longitude, latitude in (start, *points)
    )
    query = "sources=0&annotations=duration"
    try:
        body = fetch.fetch(f"{url}/table/v1/driving/{written}?{query}", LIMITS, way=fetch.OPERATOR)
        table = msgspec.json.decode(body, type=_Table)
    except fetch.Unfetched as error:
        raise NoAnswer(error.trouble) from error
    except msgspec.MsgspecError as error:
        raise NoAnswer("broken_answer") from error
    if table.code != "Ok" or len(table.durations) != 1:
        raise NoAnswer("broken_answer")
    seconds = table.durations[0][1:]
    if len(seconds) != len(points) or any(each is not None and each < 0 for each in seconds):
        raise NoAnswer("broken_answer")
    return [None if each is None else math.ceil(each / 60) for each in seconds]
