from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordee_kiosk.adapters.clock import CorrectedClock

SERVER_0 = 1_800_000_000.0


@dataclass
class Box:
    """A box whose wall clock is `off_s` away from the server's."""

    off_s: float = 0
    passed_s: float = 0

    def __post_init__(self) -> None:
        self.clock = CorrectedClock(steady=self.steady, wall=self.wall)

    def steady(self) -> float:
        return 500 + self.passed_s

    def wall(self) -> float:
        return SERVER_0 + self.passed_s + self.off_s

    @property
    def server(self) -> float:
        return SERVER_0 + self.passed_s

    @property
    def error_s(self) -> float:
        return self.clock.now() - self.server

    def exchange(self, there_s: float, back_s: float) -> None:
        sent = self.clock.stamp()
        self.passed_s += there_s
        server_now = self.server
        self.passed_s += back_s
        self.clock.told(sent=sent, server_now=server_now)


@pytest.mark.parametrize("off_s", [-7200, 7200])
def test_first_exchange_sets_the_clock_either_way(off_s: float) -> None:
    box = Box(off_s)
    box.exchange(0.02, 0.02)
    assert abs(box.error_s) < 1e-6


def test_shortest_round_trip_counts() -> None:
    box = Box()
    for there_s, back_s in [(0.9, 0.1), (0.011, 0.009), (0.1, 0.7), (0.02, 0.3)]:
        box.exchange(there_s, back_s)
    box.passed_s += 5
    assert abs(box.error_s) <= 0.001


def test_clock_found_ahead_runs_slower_and_never_back() -> None:
    box = Box()
    box.exchange(0, 0.4)
    box.exchange(0.4, 0)
    box.exchange(0.001, 0.001)
    seen = [box.clock.now()]
    for _ in range(100):
        box.passed_s += 0.01
        seen.append(box.clock.now())
    assert seen == sorted(seen)
    assert abs(box.error_s) < 0.002


def test_old_exchange_gives_way_to_a_fresh_one() -> None:
    box = Box()
    box.exchange(0.001, 0.001)
    box.passed_s += 86_400
    box.exchange(0.010, 0.010)
    assert box.clock._exchanges[-1].offset_s == box.clock._target_s


def test_rough_word_moves_only_a_box_that_is_seconds_off() -> None:
    near, far = Box(1), Box(300)
    for box in (near, far):
        box.clock.hint(box.server)
    assert near.error_s == pytest.approx(1)
    assert far.error_s == pytest.approx(0)


def test_answer_from_the_future_is_ignored() -> None:
    box = Box()
    box.clock.told(sent=box.clock.stamp() + 10, server_now=0)
    assert abs(box.error_s) < 1e-6


delays = st.floats(min_value=0, max_value=2)


@given(st.lists(st.tuples(delays, delays, delays), min_size=2, max_size=30))
def test_clock_never_jumps_back_after_the_first_exchange(
    story: list[tuple[float, float, float]],
) -> None:
    box = Box(3)
    box.exchange(0.1, 0.1)
    last = box.clock.now()
    for there_s, back_s, wait_s in story:
        box.exchange(there_s, back_s)
        assert (now := box.clock.now()) >= last
        box.passed_s += wait_s
        assert (last := box.clock.now()) >= now
