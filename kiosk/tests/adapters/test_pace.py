from __future__ import annotations

from math import inf

import pytest

from cordee_kiosk.adapters.pace import BURST_BYTES, CALL_OVER_AFTER_S, SLOWEST_BPS, Pace
from cordee_wire.stage import LineMeasured


def line(
    *,
    room_bps: float = 400_000,
    rtt_ms: float = 60,
    lost: float = 0,
    mirror_waits: bool = False,
) -> LineMeasured:
    return LineMeasured(
        up_bps=100_000, rtt_ms=rtt_ms, lost=lost, room_bps=room_bps, mirror_waits=mirror_waits
    )


def in_a_call() -> Pace:
    pace = Pace()
    pace.measured(line(), 0)
    return pace


def test_without_a_call_nothing_waits() -> None:
    pace = Pace()
    assert pace.bps(0) == inf
    assert [pace.take(1_000_000, 0) for _ in range(3)] == [0, 0, 0]


def test_call_leaves_a_quarter_of_its_room() -> None:
    assert in_a_call().bps(0) == 100_000


def test_bucket_holds_a_small_burst_then_waits_for_each_byte() -> None:
    pace = Pace(most_bps=8000)
    assert pace.take(BURST_BYTES, 1) == 0
    assert pace.take(500, 1) == pytest.approx(0.5)
    assert pace.take(500, 1.5) == pytest.approx(0.5)
    assert pace.take(500, 60) == 0


def test_line_that_stays_quick_is_used_more_and_more() -> None:
    pace = in_a_call()
    for now in (2, 4):
        pace.take(4096, now - 1)
        pace.measured(line(), now)
    assert pace.bps(4) == 400_000


def test_idle_line_earns_nothing() -> None:
    pace = in_a_call()
    pace.measured(line(), 2)
    assert pace.bps(2) == 100_000


@pytest.mark.parametrize("worse", [line(rtt_ms=170), line(lost=0.06), line(mirror_waits=True)])
def test_packets_that_wait_or_are_lost_halve_it_and_it_creeps_back(worse: LineMeasured) -> None:
    pace = in_a_call()
    pace.measured(worse, 2)
    assert pace.bps(2) == 50_000
    pace.take(4096, 3)
    pace.measured(line(), 4)
    assert pace.bps(4) == 62_500


def test_far_line_is_not_taken_for_a_busy_one() -> None:
    pace = Pace()
    pace.measured(line(rtt_ms=600), 0)
    pace.measured(line(rtt_ms=740), 2)
    assert pace.bps(2) == 100_000


def test_worst_line_still_gets_the_page_through() -> None:
    pace = in_a_call()
    for now in range(2, 20, 2):
        pace.measured(line(rtt_ms=2000), now)
    assert pace.bps(18) == SLOWEST_BPS


def test_setting_is_the_most_even_in_a_call() -> None:
    pace = Pace(most_bps=64_000)
    pace.measured(line(room_bps=10_000_000), 0)
    assert pace.bps(0) == 64_000


def test_call_that_is_over_frees_the_line() -> None:
    pace = in_a_call()
    assert pace.bps(CALL_OVER_AFTER_S) == 100_000
    assert pace.bps(CALL_OVER_AFTER_S + 0.1) == inf


def test_requests_are_a_few_seconds_long() -> None:
    pace = in_a_call()
    assert pace.request_bytes(131_072, 0) == 62_500
    assert Pace(most_bps=8000).request_bytes(131_072, 0) == 16_384
    assert Pace().request_bytes(131_072, 0) == 131_072
