from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW

from cordee.accounts import tallies
from cordee.accounts.models import Tally

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def test_what_is_counted_adds_up_by_name_and_stretch() -> None:
    assert tallies.total("a", ends_at=NOW + HOUR) == 0
    assert tallies.add("a", ends_at=NOW + HOUR, now=NOW) == 1
    assert tallies.add("a", count=4, ends_at=NOW + HOUR, now=NOW) == 5
    assert tallies.add("b", ends_at=NOW + HOUR, now=NOW) == 1
    assert tallies.add("a", ends_at=NOW + 2 * HOUR, now=NOW) == 1
    assert tallies.total("a", ends_at=NOW + HOUR) == 5


def test_tallies_that_have_ended_are_removed_and_hold_no_address() -> None:
    tallies.add("192.0.2.7", ends_at=NOW + HOUR, now=NOW)
    assert "192.0.2.7" not in Tally.objects.get().key
    tallies.add("192.0.2.8", ends_at=NOW + 2 * HOUR, now=NOW + HOUR)
    assert Tally.objects.get().ends_at == NOW + 2 * HOUR
