"""How often one address may ask: over all processes."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from factories import NOW

from cordee.web.citizen.limits import Limit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("step", [1, 16])
def test_limit_holds_over_processes_that_share_no_memory(step: int) -> None:
    limit = Limit("test", 64, 60, step=step)
    processes = 4
    allowed = 0
    kept: list[dict[str, object]] = [{} for _ in range(processes)]
    for turn in range(400):
        mine = kept[turn % processes]
        # Each process has a memory of its own: what it keeps is put back for its turn.
        cache.clear()
        cache.set_many(mine)
        allowed += limit.count("192.0.2.7", NOW)
        names = [f"limit:test:192.0.2.7:{int(NOW.timestamp()) // 60}{end}" for end in ("", ":all")]
        kept[turn % processes] = cache.get_many(names)
    assert 64 <= allowed <= 64 + processes * (step if step > 1 else 0)


def test_limit_begins_anew_with_the_next_stretch_and_says_when() -> None:
    limit = Limit("test", 1, 60)
    assert limit.count("192.0.2.7", NOW)
    assert not limit.count("192.0.2.7", NOW)
    assert limit.is_reached("192.0.2.7", NOW)
    assert not limit.is_reached("192.0.2.8", NOW)
    later = limit.ends_at(NOW)
    assert limit.left_s(NOW) == (later - NOW).total_seconds()
    assert limit.count("192.0.2.7", later)
