from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordee.kernel.cells import (
    CELL_MIN,
    Calendar,
    WeeklyRule,
    Window,
    cells_for,
    indices,
    runs,
)
from cordee.kernel.period import Period

PARIS = ZoneInfo("Europe/Paris")
MASKS = st.integers(0, 2**300 - 1)
SPRING = Period(datetime(2027, 3, 27, 23, tzinfo=UTC), datetime(2027, 3, 28, 22, tzinfo=UTC))
AUTUMN = Period(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
RULES = st.builds(
    lambda weekday, start, length: WeeklyRule(weekday, start, min(1440, start + length)),
    st.integers(0, 6),
    st.integers(0, 1435),
    st.integers(1, 600),
)


def _local(window: Window, mask: int) -> list[str]:
    starts = (window.start_of(index).astimezone(PARIS) for index in indices(mask))
    return [start.strftime("%d %H:%M") for start in starts]


@given(MASKS, st.integers(1, 40))
def test_a_run_begins_where_that_many_cells_are_set(mask: int, length: int) -> None:
    expected = {
        index
        for index in range(300)
        if all(mask >> (index + offset) & 1 for offset in range(length))
    }

    assert set(indices(runs(mask, length))) == expected


@given(
    st.lists(RULES, max_size=6),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware below
    st.integers(1, 12 * 24 * 60),
)
def test_a_cell_is_open_when_all_of_its_local_minutes_lie_in_a_rule(
    rules: list[WeeklyRule], start: datetime, minutes: int
) -> None:
    begin = start.replace(tzinfo=UTC)
    window = Window.spanning(Period(begin, begin + timedelta(minutes=minutes)), PARIS)
    mask = window.open(Calendar(rules=rules))

    for index in range(window.count):
        local = window.start_of(index).astimezone(PARIS)
        minute = local.hour * 60 + local.minute
        is_open = any(
            rule.weekday == local.weekday()
            and rule.start_min <= minute
            and minute + CELL_MIN <= rule.end_min
            for rule in rules
        )
        assert bool(mask >> index & 1) == is_open


def test_an_hour_that_does_not_exist_is_never_open() -> None:
    window = Window.spanning(SPRING, PARIS)
    mask = window.open(Calendar(rules=[WeeklyRule(6, 90, 200)]))

    assert _local(window, mask) == [
        *(f"28 01:{minute:02}" for minute in range(30, 60, 5)),
        *(f"28 03:{minute:02}" for minute in range(0, 20, 5)),
    ]


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    window = Window.spanning(AUTUMN, PARIS)
    mask = window.open(Calendar(rules=[WeeklyRule(6, 150, 160)]))

    assert _local(window, mask) == ["25 02:30", "25 02:35"] * 2


def test_closures_win_over_rules_and_extra_hours() -> None:
    day = datetime(2026, 12, 7, tzinfo=PARIS)
    window = Window.spanning(Period(day, day + timedelta(days=1)), PARIS)

    def at(hour: int, minute: int = 0) -> datetime:
        return day.replace(hour=hour, minute=minute)

    calendar = Calendar(
        rules=[WeeklyRule(0, 9 * 60, 9 * 60 + 20)],
        extra=[Period(at(12), at(12, 12))],
        closed=[Period(at(9, 7), at(9, 8)), Period(at(12, 5), at(13))],
    )

    assert _local(window, window.open(calendar)) == ["07 09:00", "07 09:10", "07 09:15", "07 12:00"]


def test_a_rule_counts_from_its_first_to_its_last_day() -> None:
    rule = WeeklyRule(0, 0, 5, since=date(2026, 12, 7), until=date(2026, 12, 14))
    start = datetime(2026, 11, 30, tzinfo=PARIS)
    window = Window.spanning(Period(start, start + timedelta(days=28)), PARIS)

    assert _local(window, window.open(Calendar(rules=[rule]))) == ["07 00:00", "14 00:00"]


def test_busy_counts_touched_cells_and_open_whole_ones() -> None:
    day = datetime(2026, 12, 7, tzinfo=UTC)
    window = Window.spanning(Period(day, day + timedelta(hours=1)), PARIS)
    period = (day + timedelta(minutes=4), day + timedelta(minutes=16))

    assert list(indices(window.touched(*period))) == [0, 1, 2, 3]
    assert list(indices(window.within(*period))) == [1, 2]


def test_steps_are_counted_from_the_full_hour() -> None:
    start = datetime(2026, 12, 7, 10, 20, tzinfo=UTC)
    window = Window.spanning(Period(start, start + timedelta(hours=1)), PARIS)

    assert [window.start_of(index).minute for index in indices(window.every(15))] == [30, 45, 0, 15]
    with pytest.raises(ValueError, match="multiple of five"):
        window.every(7)


@pytest.mark.parametrize("given", [(7, 0, 5), (0, 10, 10), (0, -1, 5), (0, 0, 1441)])
def test_a_rule_that_cannot_be_open_is_refused(given: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"weekday|opens before"):
        WeeklyRule(*given)


def test_minutes_fill_cells_rounded_up() -> None:
    assert [cells_for(minutes) for minutes in (0, 1, 5, 6, 45)] == [0, 1, 1, 2, 9]
