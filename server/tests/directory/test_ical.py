from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cordee.directory.ical import CalendarUnreadable, busy
from cordee.directory.ical_reader import IcalReader
from cordee.kernel.period import Period

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2027, 3, 22, tzinfo=UTC)
WEEKS = Period(START, START + timedelta(days=14))


def calendar(*events: str, head: str = "") -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}@test\r\nDTSTAMP:20270101T000000Z\r\n{event}\r\nEND:VEVENT\r\n"
        for number, event in enumerate(events)
    )
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{head}{body}END:VCALENDAR\r\n"
    ).encode()


def _busy(*events: str, head: str = "") -> list[tuple[datetime, datetime]]:
    found = busy(calendar(*events, head=head), period=WEEKS, zone=PARIS)
    return [(each.start, each.end) for each in found]


def _at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def test_an_event_is_busy_from_its_start_to_its_end() -> None:
    event = "DTSTART:20270323T090000Z\r\nDTEND:20270323T103000Z\r\nSUMMARY:secret"

    assert _busy(event) == [(_at(23, 9), _at(23, 10, 30))]


@pytest.mark.parametrize(
    "mark",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "status:cancelled",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    ],
)
def test_what_is_free_or_cancelled_does_not_count(mark: str) -> None:
    assert _busy(f"DTSTART:20270323T090000Z\r\nDTEND:20270323T103000Z\r\n{mark}") == []


def test_tentative_and_opaque_events_count() -> None:
    event = "DTSTART:20270323T090000Z\r\nDURATION:PT1H\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE"

    assert _busy(event) == [(_at(23, 9), _at(23, 10))]


def test_whole_days_are_local_days_also_when_the_clocks_change() -> None:
    # On 28 March 2027 the clocks go forward in Paris.
    assert _busy("DTSTART;VALUE=DATE:20270327\r\nDTEND;VALUE=DATE:20270329") == [
        (_at(26, 23), _at(28, 22))
    ]
    assert _busy("DTSTART;VALUE=DATE:20270324") == [(_at(23, 23), _at(24, 23))]


def test_hours_are_read_in_their_zone() -> None:
    lisbon = (
        "DTSTART;TZID=Europe/Lisbon:20270323T090000\r\nDTEND;TZID=Europe/Lisbon:20270323T100000"
    )
    floating = "DTSTART:20270324T090000\r\nDTEND:20270324T100000"
    windows = (
        "DTSTART;TZID=Romance Standard Time:20270330T090000\r\n"
        "DTEND;TZID=Romance Standard Time:20270330T100000"
    )

    assert _busy(lisbon, floating, windows) == [
        (_at(23, 9), _at(23, 10)),
        (_at(24, 8), _at(24, 9)),
        (_at(30, 7), _at(30, 8)),
    ]


def test_a_recurrence_keeps_its_local_hour_over_the_change_of_clocks() -> None:
    weekly = (
        "DTSTART;TZID=Europe/Paris:20260105T090000\r\nDTEND;TZID=Europe/Paris:20260105T100000\r\n"
        "RRULE:FREQ=WEEKLY"
    )

    assert _busy(weekly) == [(_at(22, 8), _at(22, 9)), (_at(29, 7), _at(29, 8))]


def test_exceptions_of_a_recurrence_count() -> None:
    series = (
        "DTSTART:20270322T090000Z\r\nDTEND:20270322T100000Z\r\nRRULE:FREQ=DAILY;COUNT=4\r\n"
        "EXDATE:20270323T090000Z"
    )
    moved = "RECURRENCE-ID:20270324T090000Z\r\nDTSTART:20270324T140000Z\r\nDTEND:20270324T150000Z"
    gone = (
        "RECURRENCE-ID:20270325T090000Z\r\nDTSTART:20270325T090000Z\r\n"
        "DTEND:20270325T100000Z\r\nSTATUS:CANCELLED"
    )
    body = calendar(series, moved, gone).replace(b"UID:1@", b"UID:0@").replace(b"UID:2@", b"UID:0@")

    found = busy(body, period=WEEKS, zone=PARIS)

    assert [(each.start, each.end) for each in found] == [
        (_at(22, 9), _at(22, 10)),
        (_at(24, 14), _at(24, 15)),
    ]


def test_what_overlaps_is_joined_and_cut_to_the_period() -> None:
    long = "DTSTART:20270301T000000Z\r\nDTEND:20270322T120000Z"
    inside = "DTSTART:20270322T100000Z\r\nDTEND:20270322T130000Z"
    past = "DTSTART:20270301T000000Z\r\nDTEND:20270302T000000Z"
    empty = "DTSTART:20270323T100000Z\r\nDTEND:20270323T100000Z"

    assert _busy(long, inside, past, empty) == [(START, _at(22, 13))]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>Sign in</body></html>",
        b"\xff\xfe\x00nonsense",
        b"BEGIN:VCALENDAR\r\n",
        b"BEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\n" * 5000,
    ],
)
def test_what_is_no_calendar_is_said_plainly(data: bytes) -> None:
    with pytest.raises(CalendarUnreadable) as unreadable:
        busy(data, period=WEEKS, zone=PARIS)
    assert unreadable.value.trouble == "not_a_calendar"


def test_one_bad_event_does_not_hide_the_others() -> None:
    good = "DTSTART:20270323T090000Z\r\nDTEND:20270323T100000Z"

    for bad in (
        "DTSTART:tomorrow",
        "SUMMARY:no start",
        "DTSTART:20270324T090000Z\r\nRRULE:FREQ=SOMETIMES",
    ):
        assert (_at(23, 9), _at(23, 10)) in _busy(good, bad)


def test_more_stretches_than_a_person_has_are_refused() -> None:
    minutes = (
        "DTSTART:20270322T000000Z\r\nDURATION:PT1M\r\nRRULE:FREQ=MINUTELY;INTERVAL=2;COUNT=2100"
    )

    with pytest.raises(CalendarUnreadable, match="too_many_events"):
        _busy(minutes)


@pytest.fixture(scope="module")
def reader() -> Iterator[IcalReader]:
    with IcalReader(within_s=1) as reader:
        yield reader


ENDLESS = (
    "DTSTART:19700101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY",
    "DTSTART:00010101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
)


@pytest.mark.parametrize("event", ENDLESS)
def test_a_rule_without_end_is_left_in_time_and_the_next_calendar_read(
    reader: IcalReader, event: str
) -> None:
    with pytest.raises(CalendarUnreadable) as unreadable:
        reader.read(calendar(event), period=WEEKS, zone=PARIS)
    assert unreadable.value.trouble in {"too_slow", "not_a_calendar"}
    good = calendar("DTSTART:20270323T090000Z\r\nDTEND:20270323T100000Z")

    assert reader.read(good, period=WEEKS, zone=PARIS) == [Period(_at(23, 9), _at(23, 10))]


def test_the_reader_says_why_it_could_not_read(reader: IcalReader) -> None:
    with pytest.raises(CalendarUnreadable, match="not_a_calendar"):
        reader.read(b"nonsense", period=WEEKS, zone=PARIS)
