from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cordee.appointments.hours import HourMissing, local_hour, told_apart

PARIS = ZoneInfo("Europe/Paris")


def test_an_hour_that_the_clocks_jump_over_is_refused() -> None:
    with pytest.raises(HourMissing):
        local_hour(date(2027, 3, 28), time(2, 30), PARIS)


def test_of_an_hour_that_comes_twice_the_first_is_meant_and_it_is_said() -> None:
    found = local_hour(date(2027, 10, 31), time(2, 30), PARIS)

    assert found.at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert found.comes_twice


@pytest.mark.parametrize(("hour", "utc"), [(time(1, 55), (0, 55)), (time(3, 0), (1, 0))])
def test_the_hours_beside_the_gap_are_plain(hour: time, utc: tuple[int, int]) -> None:
    found = local_hour(date(2027, 3, 28), hour, PARIS)

    assert found.at == datetime(2027, 3, 28, *utc, tzinfo=UTC)
    assert not found.comes_twice


def test_hour_that_comes_twice_is_told_apart_and_no_other() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with translation.override("fr"):
        said = [
            told_apart((first + timedelta(hours=hours)).astimezone(PARIS), "l’heure")
            for hours in (-1, 0, 1, 2)
        ]
    assert said == ["l’heure", "l’heure (heure d’été)", "l’heure (heure d’hiver)", "l’heure"]
