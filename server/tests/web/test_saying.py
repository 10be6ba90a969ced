"""Days and hours as people say them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from cordee.web.templatetags.saying import since, the_date, the_day, when

FIRST = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)
EVENING_BEFORE = datetime(2027, 1, 31, 23, 30, tzinfo=UTC)
"""Already the first in Paris."""
NOW = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_paris() -> Iterator[None]:
    with timezone.override("Europe/Paris"):
        yield


def test_the_first_of_a_month_is_said_as_people_say_it() -> None:
    with translation.override("fr"):
        assert the_day(FIRST) == "lundi 1er février"
        assert the_date(date(2027, 2, 1)) == "1er février 2027"
        assert the_date(EVENING_BEFORE) == "1er février 2027"
        assert when(FIRST, NOW) == "le 1er février à 10\u00a0h\u00a030"
        assert since(FIRST, NOW) == "depuis le 1er février à 10\u00a0h\u00a030"
        assert the_date(date(2027, 2, 11)) == "11 février 2027"
        assert the_day(date(2027, 2, 11)) == "jeudi 11 février"


def test_another_language_says_the_first_its_own_way() -> None:
    with translation.override("en"):
        assert the_day(FIRST) == "Monday 1 February"
        assert the_date(FIRST) == "1 February 2027"
