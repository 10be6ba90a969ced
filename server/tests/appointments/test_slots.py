from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cordee.appointments.slots import People, Place, Search, Slot, Wish
from cordee.kernel.cells import cells_for

PARIS = ZoneInfo("Europe/Paris")
TEN = datetime(2026, 12, 7, 10, tzinfo=UTC)
HOURS = timedelta(hours=1)
MASKS = st.integers(0, 2**60 - 1)


def _search(wish: Wish, *, agents: dict[int, int], others: tuple[People, ...] = ()) -> Search:
    return Search(wish.window(PARIS, turnover_min=10), wish, People(agents), others)


def _wish(duration_min: int = 30, *, hours: int = 2, step_min: int = 15) -> Wish:
    return Wish(duration_min, TEN, TEN + hours * HOURS, step_min)


def _times(slots: list[Slot]) -> list[str]:
    return [f"{slot.starts_at:%H:%M}" for slot in slots]


def test_a_slot_needs_site_kiosk_and_agent_at_once() -> None:
    wish = _wish()
    window = wish.window(PARIS, turnover_min=10)

    def hour(start: float, end: float) -> int:
        return window.within(TEN + start * HOURS, TEN + end * HOURS)

    search = _search(wish, agents={1: hour(0, 1), 2: hour(1.25, 2)})
    place = Place(7, open=hour(0.5, 3), kiosks={3: window.all, 4: hour(0, 1.2)})

    slots = search.slots(place, most=9)

    assert _times(slots) == ["10:30", "11:15", "11:30"]
    assert [slot.agents for slot in slots] == [(1,), (2,), (2,)]
    assert [slot.kiosks for slot in slots] == [(3, 4), (3,), (3,)]


def test_the_kiosk_is_aired_after_a_visit_even_past_closing_time() -> None:
    wish = _wish(hours=1)
    window = wish.window(PARIS, turnover_min=10)
    open_ = window.within(TEN, TEN + timedelta(minutes=60))
    until_ten_past = window.within(TEN, TEN + timedelta(minutes=70))
    search = _search(wish, agents={1: window.all})

    free = Place(7, open=open_, kiosks={3: until_ten_past})
    taken_at_five_past = Place(7, open=open_, kiosks={3: window.within(TEN, TEN + HOURS * 65 / 60)})

    assert _times(search.slots(free, most=9)) == ["10:00", "10:15", "10:30"]
    assert _times(search.slots(taken_at_five_past, most=9)) == ["10:00", "10:15"]


def test_every_further_seat_needs_somebody() -> None:
    wish = _wish()
    window = wish.window(PARIS, turnover_min=10)
    noon = window.within(TEN + 2 * HOURS, TEN + 3 * HOURS)
    interpreters = People({8: noon, 9: 0})
    search = _search(wish, agents={1: window.all}, others=(interpreters,))
    place = Place(7, open=window.all, kiosks={3: window.all})

    (only,) = search.slots(place, most=9)

    assert (only.starts_at, only.others) == (TEN + 2 * HOURS, ((8,),))


def test_nobody_asked_for_a_seat_is_nobody_free() -> None:
    search = _search(_wish(), agents={})

    assert search.starts(Place(7, open=search.window.all, kiosks={3: search.window.all})) == 0


def test_a_start_that_is_no_slot_is_none() -> None:
    search = _search(_wish(), agents={1: (1 << 60) - 1})
    place = Place(7, open=search.window.all, kiosks={3: search.window.all})

    assert search.at(place, TEN) is not None
    assert search.at(place, TEN + timedelta(minutes=5)) is None
    assert search.at(place, TEN + timedelta(seconds=30)) is None
    assert search.at(place, TEN - HOURS) is None


@given(
    st.builds(
        Place,
        site=st.just(7),
        open=MASKS,
        kiosks=st.dictionaries(st.integers(1, 3), MASKS, max_size=3),
        turnover_min=st.integers(0, 20),
    ),
    st.dictionaries(st.integers(1, 3), MASKS, max_size=3),
    st.integers(1, 70),
    st.sampled_from([5, 15, 30]),
)
def test_slots_are_those_that_a_plain_look_at_every_cell_finds(
    place: Place, agents: dict[int, int], duration_min: int, step_min: int
) -> None:
    wish = _wish(duration_min, step_min=step_min)
    window = wish.window(PARIS, turnover_min=place.turnover_min)
    search = Search(window, wish, People(agents))
    length, turnover = cells_for(duration_min), cells_for(place.turnover_min)

    def is_free(mask: int, first: int, count: int) -> bool:
        return all(mask >> cell & 1 for cell in range(first, first + count))

    expected = []
    for cell in range(25):
        start = window.start_of(cell)
        if start > wish.latest or start.minute % step_min or not is_free(place.open, cell, length):
            continue
        here = [key for key, mask in place.kiosks.items() if is_free(mask, cell, length + turnover)]
        there = [key for key, mask in agents.items() if is_free(mask & window.all, cell, length)]
        if here and there:
            expected.append(Slot(start, 7, tuple(sorted(here)), tuple(sorted(there))))

    assert search.slots(place, most=99) == expected
    assert list(search.earliest([place])) == [(slot.starts_at, 7) for slot in expected[:1]]
