"""What goes into the mirror's stream, and what leaves together."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any

from waiting import until

from cordee_kiosk.adapters.chromium.mirror import AGAIN_MOST, TEXT_LIMIT_CHARS, MirrorStream

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
    stream = MirrorStream(reader.take)
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
