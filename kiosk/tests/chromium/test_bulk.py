"""What is bulky: whole, in order of rank, and never in the way."""

from __future__ import annotations

import json

import pytest
from waiting import until

from cordee_kiosk.adapters.chromium import bulk as module
from cordee_kiosk.adapters.chromium.bulk import Bulk, Parcel
from cordee_kiosk.adapters.chromium.bulk_pace import (
    FIRST_WINDOW_BYTES,
    LEAST_WINDOW_BYTES,
    PIECE_MOST_BYTES,
    BulkPace,
)


class Other:
    """The agent's end: puts parcels together as the page does."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.whole: list[Parcel] = []
        self.sent: list[str] = []
        self.bulk = Bulk(self.take, when_sent=lambda parcel: self.sent.append(parcel.type))
        self._head: dict[str, str] = {}
        self._data = b""

    def take(self, piece: bytes) -> None:
        assert len(piece) <= PIECE_MOST_BYTES
        self.pieces.append(piece)
        data = piece[1:]
        if piece[0] == 1:
            begin = 2 + int.from_bytes(piece[1:3], "big")
            self._head, self._data = json.loads(data[2:begin]), b""
            data = data[begin:]
        self._data += data
        if len(self._data) == int(self._head["size"]):
            self.whole.append(Parcel.of(self._data, self._head["type"], to=self._head["to"]))
            assert self.whole[-1].hash == self._head["hash"]

    def answer_all(self, took_ms: float = 20) -> None:
        answered = 0
        while answered < len(self.pieces):
            answered += 1
            self.bulk.got(took_ms)
        self.pieces.clear()

    @property
    def types(self) -> list[str]:
        return [each.type for each in self.whole]


async def test_parcels_arrive_whole_and_in_order_of_rank() -> None:
    other = Other()
    other.bulk.begin()
    other.bulk.put(Parcel.of(bytes(60_000), "first"))
    other.bulk.put(Parcel.of(b"far", "far"), rank=2)
    other.bulk.put(Parcel.of(b"near", "near"), rank=1)
    assert other.whole == []
    while len(other.whole) < 3:
        other.answer_all()
    assert other.types == ["first", "near", "far"]
    other.answer_all()
    assert other.sent == ["first", "near", "far"]


async def test_no_more_than_the_window_is_on_the_line() -> None:
    other = Other()
    other.bulk.begin()
    other.bulk.put(Parcel.of(bytes(200_000), "large"))
    most = sum(map(len, other.pieces))
    assert most <= FIRST_WINDOW_BYTES * 1.5
    for _ in range(20):
        other.bulk.got(20)
        other.bulk.got(2000)
    other.pieces.clear()
    other.bulk.got(2000)
    assert sum(map(len, other.pieces)) <= 2 * LEAST_WINDOW_BYTES


async def test_small_parcels_do_not_wait_for_each_others_answers() -> None:
    other = Other()
    other.bulk.begin()
    for name in ("a", "b", "c"):
        other.bulk.put(Parcel.of(name.encode(), name))
    assert other.types == ["a", "b", "c"]


async def test_what_became_stale_is_taken_back_even_half_sent() -> None:
    other = Other()
    other.bulk.begin()
    other.bulk.put(Parcel.of(bytes(60_000), "stale"))
    other.bulk.put(Parcel.of(b"more", "stale"))
    other.bulk.put(Parcel.of(b"new", "new"))
    other.bulk.drop(lambda parcel: parcel.type == "stale")
    other.answer_all()
    assert other.types == ["new"]


async def test_the_newest_for_a_place_puts_the_older_out_of_the_way() -> None:
    other = Other()
    other.bulk.begin()
    other.bulk.put(Parcel.of(bytes(60_000), "large"))
    for name in ("one", "two"):
        other.bulk.put(Parcel.of(name.encode(), name, to="island/3"))
    while "two" not in other.types:
        other.answer_all()
    assert other.types == ["large", "two"]


async def test_nothing_leaves_once_it_may_not_be_seen() -> None:
    other = Other()
    assert not other.bulk.put(Parcel.of(b"early", "early"))
    other.bulk.begin()
    other.bulk.put(Parcel.of(bytes(60_000), "large"))
    other.bulk.end()
    other.answer_all()
    other.bulk.begin()
    assert other.pieces == []


async def test_what_was_under_way_begins_again_on_a_new_line() -> None:
    other = Other()
    other.bulk.begin()
    other.bulk.put(Parcel.of(b"small", "small"))
    other.bulk.put(Parcel.of(bytes(60_000), "large"))
    other.whole.clear()
    other.bulk.begin()
    while len(other.whole) < 2:
        other.answer_all()
    assert other.types == ["small", "large"]


async def test_line_is_left_free_for_a_moment_and_no_longer() -> None:
    other = Other()
    other.bulk.begin()
    other.bulk.hold()
    other.bulk.put(Parcel.of(b"small", "small"))
    assert other.types == []
    await until(lambda: other.types == ["small"], what="the parcel")


async def test_without_answers_it_tries_again_and_then_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Other()
    monkeypatch.setattr(module, "UNANSWERED_S", 0.01)
    other.bulk.begin()
    other.bulk.put(Parcel.of(b"small", "small"))
    await until(lambda: len(other.pieces) == module.TRIES_MOST, what="the tries")


def test_window_grows_while_the_line_is_quick_and_shrinks_when_it_queues() -> None:
    pace = BulkPace()
    for at in range(40):
        while (size := pace.piece_bytes()) > 0:
            pace.sent(size)
        pace.got(60, at)
    wide = pace.window_bytes
    assert wide > 4 * FIRST_WINDOW_BYTES
    for at in range(40, 60):
        pace.got(400, at)
        pace.sent(pace.piece_bytes() or 1)
    assert pace.window_bytes < wide / 2


def test_answer_to_nothing_is_no_answer() -> None:
    assert not BulkPace().got(5, 0)


@pytest.mark.parametrize(
    ("bps", "round_trip_s"),
    [(256_000, 0.6), (512_000, 0.1), (1_000_000, 0.06), (50_000_000, 0.001)],
)
def test_queue_that_pictures_make_is_short_on_every_line(bps: float, round_trip_s: float) -> None:
    """A line that sends one byte after the other, in time that is reckoned."""
    pace, now, free_at = BulkPace(), 0.0, 0.0
    answers: list[tuple[float, float]] = []
    waits_s: list[float] = []
    carried = 0
    while now < 60:
        while (size := pace.piece_bytes()) > 0:
            pace.sent(size)
            free_at = max(free_at, now) + size * 8 / bps
            answers.append((free_at + round_trip_s, now))
            carried += size
        waits_s.append(max(free_at - now, 0))
        now, sent_at = answers.pop(0)
        pace.got((now - sent_at) * 1000, now)
    late = sorted(waits_s[len(waits_s) // 4 :])
    assert late[int(len(late) * 0.95)] < 0.15
    assert carried * 8 / 60 > min(bps, 8_000_000) * 0.2
