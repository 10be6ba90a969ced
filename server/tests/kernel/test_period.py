from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordee.kernel.period import CELL_S, Period, is_on_grid, lasting

TEN = datetime(2026, 12, 8, 10, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)).map(  # noqa: DTZ001 - made aware next
    lambda instant: instant.replace(tzinfo=UTC)
)


def test_the_end_is_outside() -> None:
    hour = lasting(TEN, 60)

    assert hour.contains(TEN)
    assert not hour.contains(TEN + timedelta(hours=1))


def test_neighbours_do_not_overlap() -> None:
    assert not lasting(TEN, 30).overlaps(lasting(TEN + timedelta(minutes=30), 30))
    assert lasting(TEN, 31).overlaps(lasting(TEN + timedelta(minutes=30), 30))


def test_a_period_on_the_grid_holds_exactly_its_cells() -> None:
    cells = lasting(TEN, 15).cells()

    assert cells == [TEN, TEN + timedelta(minutes=5), TEN + timedelta(minutes=10)]


def test_a_period_off_the_grid_holds_every_cell_it_touches() -> None:
    cells = Period(TEN + timedelta(minutes=4), TEN + timedelta(minutes=6)).cells()

    assert cells == [TEN, TEN + timedelta(minutes=5)]


@given(INSTANTS, st.integers(1, 300), st.integers(-600, 600))
def test_periods_that_overlap_share_a_cell(start: datetime, minutes: int, shift_min: int) -> None:
    one = lasting(start, minutes)
    other = lasting(start + timedelta(minutes=shift_min), minutes)

    if one.overlaps(other):
        assert set(one.cells()) & set(other.cells())


@given(INSTANTS)
def test_the_grid_is_where_cells_begin(instant: datetime) -> None:
    assert is_on_grid(instant) == (instant.timestamp() % CELL_S == 0)


def test_a_period_without_length_or_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="after it starts"):
        Period(TEN, TEN)
    with pytest.raises(ValueError, match="time zone"):
        Period(TEN.replace(tzinfo=None), TEN)
