"""What goes into the mirror's stream, and what leaves together."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from itertools import count
from typing import Any

import pytest
from waiting import until

from cordee_kiosk.adapters.chromium.mirror import AGAIN_MOST, TEXT_LIMIT_CHARS, MirrorStream
from cordee_kiosk.adapters.chromium.mirror_gate import BURST

NOISE = "".join(hashlib.sha256(part.to_bytes(4)).hexdigest() for part in range(6_000))
"""Longer than what may be on the line, also compressed."""
INPUT, SELECT = '{"t":"input","id":7}\n', '{"t":"select","id":7}\n'


class Reader:
    """Reads each piece as it came, decoded as the agent's page does."""

    def __init__(self) -> None:
        self.pieces: list[list[dict[str, Any]]] = []
        self.epoch = -1

    def take(self, piece: bytes) -> None:
        if piece[0] != self.epoch:
            self.epoch, self._inflate = piece[0], zlib.decompressobj(-15)
        text = self._inflate.decompress(piece[1:]).decode()
        self.pieces.append([json.loads(line) for line in text.splitlines()])

    @property
    def told(self) -> list[list[str]]:
        return [
            [f"{line['t']} {line['id']}" for line in lines if "id" in line] for lines in self.pieces
        ]


def begun() -> tuple[MirrorStream, Reader]:
    reader = Reader()
    # A second passes between any two things, so that nothing waits for the line.
    stream = MirrorStream(reader.take, clock=count().__next__)
    stream.begin()
    return stream, reader


def test_answer_stands_behind_what_was_told() -> None:
    stream, reader = begun()
    stream.put(INPUT)
    assert stream.answer(3)
    assert reader.told == [["input 7"], ["done 3"]]


async def test_what_a_verb_changes_leaves_with_its_answer_as_one_piece() -> None:
    stream, reader = begun()
    stream.hold(3)
    stream.put(INPUT)
    stream.put(SELECT)
    stream.answer(2)
    assert reader.told == []
    stream.answer(3)
    assert reader.told == [["input 7", "select 7", "done 2", "done 3"]]
    stream.put(SELECT)
    assert reader.told[-1] == ["select 7"]


async def test_nothing_is_held_for_ever() -> None:
    stream, reader = begun()
    loop = asyncio.get_running_loop()
    begun_at = loop.time()
    stream.hold(3)
    stream.put(INPUT)
    stream.hold(4)
    await until(lambda: bool(reader.told), what="it is let go")
    assert loop.time() - begun_at > 0.04
    assert reader.told == [["input 7"]]
    stream.put(SELECT)
    assert reader.told[-1] == ["select 7"]


async def test_new_epoch_says_the_last_answers_again() -> None:
    stream, reader = begun()
    for number in range(AGAIN_MOST + 1):
        stream.answer(number)
    stream.hold(100)
    stream.put(INPUT)
    stream.begin()
    assert reader.told[-2] == ["input 7"]
    assert reader.told[-1] == [f"done {number}" for number in range(1, AGAIN_MOST + 1)]
    stream.put(SELECT)
    assert reader.told[-1] == ["select 7"]


async def test_without_the_mirror_nothing_is_answered_nor_kept() -> None:
    stream, reader = begun()
    stream.answer(1)
    stream.hold(2)
    stream.put(INPUT)
    stream.end()
    assert not stream.answer(2)
    stream.begin()
    assert reader.told == [["done 1"]]


async def test_answer_arrives_behind_lines_that_are_too_long() -> None:
    stream, reader = begun()
    stream.hold(3)
    stream.put(INPUT)
    stream.put("x" * (TEXT_LIMIT_CHARS + 1))
    assert stream.answer(3)
    assert reader.told == [["input 7"], ["done 3"]]


class Watched:
    """A stream on a line whose clock stands still until it is moved; `told` are texts, as read."""

    def __init__(self) -> None:
        self.now = 100.0
        self.told: list[str] = []
        self.answered: list[int] = []
        self.pieces = self.size_bytes = 0
        self._epoch, self._rest = -1, ""
        self.stream = MirrorStream(self._take, clock=lambda: self.now)
        self.stream.begin()

    def _take(self, piece: bytes) -> None:
        self.pieces += 1
        self.size_bytes += len(piece)
        if piece[0] != self._epoch:
            self._epoch, self._inflate = piece[0], zlib.decompressobj(-15)
        *lines, self._rest = (self._rest + self._inflate.decompress(piece[1:]).decode()).split("\n")
        told = [json.loads(line) for line in lines]
        self.told += [each["text"] for each in told if "text" in each]
        self.answered += [each["id"] for each in told if each["t"] == "done"]


def changed(value: str) -> str:
    return json.dumps({"t": "input", "id": 7, "text": value}) + "\n"


async def test_while_the_line_is_full_only_the_newest_waits() -> None:
    watched = Watched()
    watched.stream.put(changed(NOISE))
    watched.now += 1
    watched.stream.heard(1, 16_000)
    watched.stream.put(changed(NOISE[::-1]))
    for number in range(1000):
        watched.now += 0.016
        watched.stream.put(changed(str(number)))
    assert watched.told == [NOISE]
    watched.stream.heard(1, watched.size_bytes)
    assert watched.told == [NOISE, "999"]


async def test_many_changes_at_once_leave_as_few_messages() -> None:
    watched = Watched()
    for number in range(200):
        watched.stream.put(changed(str(number)))
    assert watched.pieces == BURST
    watched.now += 1
    await until(lambda: watched.pieces > BURST, what="the rest has left")
    assert watched.told[BURST:] == ["199"]


async def test_what_another_epoch_has_read_says_nothing_of_this_one() -> None:
    watched = Watched()
    watched.stream.put(changed(NOISE))
    watched.stream.heard(1, 16_000)
    watched.now += 10
    watched.stream.put(changed("late"))
    watched.stream.heard(2, watched.size_bytes)
    assert watched.told == [NOISE]
    watched.stream.begin()
    watched.stream.put(changed("new"))
    assert watched.told == [NOISE, "new"]


async def test_more_than_can_ever_be_told_makes_the_reader_ask_anew() -> None:
    sent: list[bytes] = []
    now = [0.0]
    stream = MirrorStream(sent.append, clock=lambda: now[0])
    stream.begin()
    stream.put(changed(NOISE))
    stream.heard(1, 16_000)
    for number in range(3):
        stream.put(json.dumps({"t": "other", "text": f"{number}" * (TEXT_LIMIT_CHARS // 2)}) + "\n")
    stream.heard(1, sum(map(len, sent)))
    with pytest.raises(zlib.error):
        zlib.decompressobj(-15).decompress(sent[-1][1:])
    assert not stream.is_on
    assert not stream.answer(3)


async def test_answers_that_wait_for_the_line_are_said_before_the_end() -> None:
    watched = Watched()
    watched.stream.put(changed(NOISE))
    watched.now += 1
    watched.stream.heard(1, 16_000)
    watched.stream.put(changed("late"))
    assert watched.stream.answer(5)
    watched.stream.end()
    assert watched.answered == [5]
    assert "late" not in watched.told
