from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordee.notices.rules import next_attempt, out_of_quiet, plain_sms, sms_length

PARIS = ZoneInfo("Europe/Paris")


def _paris(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def test_what_the_alphabet_lacks_is_written_with_what_it_has() -> None:
    assert plain_sms("Cœur d’août : ça brûle… « à 10\u00a0h » €") == (
        'Coeur d\'aout : ca brule... " à 10 h " €'
    )


@given(st.text())
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    plain = plain_sms(text)

    assert plain_sms(plain) == plain


def test_some_characters_take_two() -> None:
    assert sms_length("10 €") == 5


@pytest.mark.parametrize(
    ("due", "before", "expected"),
    [
        (_paris(8, 12), _paris(8, 14), _paris(8, 12)),
        (_paris(8, 7), _paris(8, 9), _paris(8, 8)),
        (_paris(8, 6, 15), _paris(8, 8), _paris(7, 19, 30)),
        (_paris(7, 21), _paris(9, 10), _paris(8, 8)),
        (_paris(7, 20), _paris(8, 7), _paris(7, 19, 30)),
    ],
)
def test_telephones_stay_silent_at_night(
    due: datetime, before: datetime, expected: datetime
) -> None:
    assert out_of_quiet(due, before=before, zone=PARIS) == expected


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), st.integers(1, 72))  # noqa: DTZ001 - made aware below
def test_nobody_is_woken_nor_told_too_late(naive: datetime, hours: int) -> None:
    due = naive.replace(tzinfo=UTC)
    before = due + timedelta(hours=hours)
    when = out_of_quiet(due, before=before, zone=PARIS)

    assert 8 <= when.astimezone(PARIS).hour < 20
    assert when < before


def test_attempts_grow_apart_and_end() -> None:
    now = _paris(8, 12)
    waits = [next_attempt(attempts, now) for attempts in range(1, 9)]

    assert waits[0] == now + timedelta(minutes=1)
    assert waits[6] == now + timedelta(hours=12)
    assert waits[7] is None
