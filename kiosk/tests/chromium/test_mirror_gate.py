"""When the mirror may speak."""

from __future__ import annotations

from math import inf

from cordee_kiosk.adapters.chromium.mirror_gate import (
    BURST,
    DEAF_AFTER_S,
    FIRST_WINDOW_BYTES,
    LEAST_WINDOW_BYTES,
    WRITES_A_SECOND,
    Gate,
)


def test_first_page_leaves_at_once_and_then_the_counter_is_waited_for() -> None:
    gate = Gate()
    assert gate.wait_s(0) == 0
    gate.wrote(FIRST_WINDOW_BYTES, 0)
    gate.heard(4096, 0.5)
    assert gate.wait_s(0.6) == 0, "less than the window is on the line"
    gate.wrote(2 * 4096, 0.6)
    gate.wrote(1, 0.6)
    gate.heard(FIRST_WINDOW_BYTES, 1)
    gate.wrote(FIRST_WINDOW_BYTES, 1)
    assert gate.wait_s(1) == inf


def test_window_shrinks_while_pieces_come_late_and_grows_while_they_are_quick() -> None:
    gate = Gate()
    total, now = 0, 0.0
    for _ in range(20):
        total += 4096
        gate.wrote(4096, now)
        gate.heard(total, now + 0.6)
        now += 1
    assert gate.window_bytes > FIRST_WINDOW_BYTES
    for _ in range(20):
        total += 4096
        gate.wrote(4096, now)
        gate.heard(total, now + 1.2)
        now += 2
    assert gate.window_bytes == LEAST_WINDOW_BYTES


def test_page_that_changes_all_the_time_writes_so_often_and_no_more() -> None:
    gate = Gate()
    written, total, now = 0, 0, 0.0
    while now < 10:
        if gate.wait_s(now) == 0:
            total += 60
            gate.wrote(60, now)
            gate.heard(total, now)
            written += 1
        now += 0.016
    assert written <= BURST + 10 * WRITES_A_SECOND
    assert written > 5 * WRITES_A_SECOND


def test_counter_of_before_that_never_tells_is_not_waited_for() -> None:
    gate = Gate()
    gate.wrote(2 * FIRST_WINDOW_BYTES, 0)
    assert gate.wait_s(1) == DEAF_AFTER_S - 1
    assert gate.wait_s(DEAF_AFTER_S) == 0
    gate.wrote(10, DEAF_AFTER_S)
    assert gate.wait_s(DEAF_AFTER_S + 0.1) == 0


def test_counter_cannot_have_read_more_than_was_sent() -> None:
    gate = Gate()
    gate.wrote(100, 0)
    gate.heard(10**9, 1)
    gate.heard(-5, 1)
    assert gate.on_line_bytes == 100


def test_new_epoch_begins_with_an_empty_line() -> None:
    gate = Gate()
    gate.wrote(2 * FIRST_WINDOW_BYTES, 0)
    gate.begin()
    assert (gate.on_line_bytes, gate.wait_s(0)) == (0, 0)
