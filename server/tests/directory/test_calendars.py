from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from factories import NOW, World, make_user
from outside import Outside, Script, endless, loopback_way, page, redirect, silent

from cordee.accounts.rules import Role
from cordee.accounts.services import close_account
from cordee.directory import calendars, services
from cordee.directory.ical_reader import IcalReader
from cordee.directory.models import Agent, BusyTime
from cordee.directory.rules import calendar_trouble_text
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.fetch import Limits

AT_NINE = datetime(2026, 12, 9, 9, tzinfo=UTC)
OLD = (NOW + timedelta(days=3), NOW + timedelta(days=3, hours=1))
GOOD = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    b"DTSTAMP:20261201T000000Z\r\nDTSTART:20261209T090000Z\r\nDTEND:20261209T100000Z\r\n"
    b"SUMMARY:Chez le notaire\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
FOREVER = GOOD.replace(b"SUMMARY:", b"RRULE:FREQ=SECONDLY\r\nSUMMARY:")


@pytest.fixture(scope="module")
def reader() -> Iterator[IcalReader]:
    with IcalReader(within_s=2) as reader:
        yield reader


@pytest.fixture
def outside() -> Iterator[Outside]:
    with Outside({"/good": page(GOOD)}) as outside:
        yield outside


@pytest.fixture
def agent(world: World) -> Agent:
    """An agent whose calendar said busy once."""
    BusyTime.objects.create(agent=world.agent, starts_at=OLD[0], ends_at=OLD[1])
    return world.agent


def _read(agent: Agent, outside: Outside, reader: IcalReader, path: str = "/good") -> str:
    # As the console of a test would: services take https alone.
    Agent.objects.filter(pk=agent.pk).update(calendar_url=f"{outside.url}{path}")
    agent.refresh_from_db()
    return calendars.read_calendar(agent=agent, reader=reader, now=NOW, way=loopback_way())


def _busy() -> list[tuple[datetime, datetime]]:
    return list(BusyTime.objects.values_list("starts_at", "ends_at").order_by("starts_at"))


def test_busy_times_are_replaced_at_each_reading(
    agent: Agent, outside: Outside, reader: IcalReader
) -> None:
    for _ in range(2):
        assert _read(agent, outside, reader) == ""
        assert _busy() == [(AT_NINE, AT_NINE + timedelta(hours=1))]
    agent.refresh_from_db()
    assert agent.calendar_read_at == NOW
    assert "notaire" not in str(list(BusyTime.objects.values()))


BAD: dict[str, tuple[Script, str]] = {
    "too big": (page(b"x" * 2_000_001), "too_big"),
    "endless": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"BEGIN:VEVENT\r\n" * 500), "too_big"),
    "a web page": (page(b"<html>Sign in</html>"), "not_a_calendar"),
    "empty": (page(b""), "not_a_calendar"),
    "not there": (page(b"", status="404 Not Found"), "http_404"),
    "to the inside": (redirect("http://169.254.169.254/latest/meta-data/"), "private_address"),
    "to a file": (redirect("file:///etc/passwd"), "bad_address"),
    "round and round": (redirect("/round%20and%20round"), "too_many_redirects"),
    "a rule without end": (page(FOREVER), "too_slow"),
    "silent": (silent, "too_slow"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_calendar_leaves_the_old_busy_times_and_says_why(
    agent: Agent,
    outside: Outside,
    reader: IcalReader,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
) -> None:
    script, trouble = BAD[case]
    if script is silent:
        monkeypatch.setattr(calendars, "LIMITS", replace(calendars.LIMITS, time_s=0.3))
    path = "/" + case.replace(" ", "%20")
    outside.scripts[path] = script

    for _ in range(2):
        assert _read(agent, outside, reader, path) == trouble
    agent.refresh_from_db()
    assert agent.calendar_trouble == trouble
    assert _busy() == [OLD]
    entries = Entry.objects.about("agent", str(agent.pk)).filter(verb="calendar_unread")
    assert [entry.detail for entry in entries] == [{"trouble": trouble}]
    assert "bloquées" in calendar_trouble_text(trouble)


def test_the_trouble_ends_with_the_next_good_reading(
    agent: Agent, outside: Outside, reader: IcalReader
) -> None:
    assert _read(agent, outside, reader, "/nothing") == "http_404"
    assert _read(agent, outside, reader) == ""

    agent.refresh_from_db()
    assert agent.calendar_trouble == ""
    verbs = [entry.verb for entry in Entry.objects.about("agent", str(agent.pk))]
    assert verbs[-2:] == ["calendar_unread", "calendar_read_again"]


def test_a_calendar_exchanged_while_it_was_fetched_is_not_kept(
    agent: Agent, outside: Outside, reader: IcalReader
) -> None:
    Agent.objects.filter(pk=agent.pk).update(calendar_url=f"{outside.url}/good")
    agent.refresh_from_db()
    Agent.objects.filter(pk=agent.pk).update(calendar_url=f"{outside.url}/new")

    calendars.read_calendar(agent=agent, reader=reader, now=NOW, way=loopback_way())

    assert _busy() == [OLD]


def test_the_limits_are_those_that_were_promised() -> None:
    assert Limits(size_bytes=2_000_000, time_s=10.0, redirects=3) == calendars.LIMITS


def test_the_command_reads_no_inside_address_and_says_so(world: World) -> None:
    services.describe_agent(
        agent=world.agent, calendar_url="https://127.0.0.1/a.ics", actor=OPERATOR, now=NOW
    )
    out, err = StringIO(), StringIO()

    call_command("read_calendars", stdout=out, stderr=err)

    assert "0 agenda(s) lu(s) sur 1" in out.getvalue()
    assert "réseau privé" in err.getvalue()
    assert world.agent.user.email in err.getvalue()


def test_calendars_of_closed_accounts_are_not_read(world: World) -> None:
    services.describe_agent(
        agent=world.agent, calendar_url="https://calendar.example/a.ics", actor=OPERATOR, now=NOW
    )
    assert calendars.calendars_to_read() == [world.agent]
    close_account(user=world.agent.user, actor=OPERATOR, now=NOW)

    assert calendars.calendars_to_read() == []


def _turns(world: World, *names: str, **fields: object) -> list[Agent]:
    agents = []
    for name in names:
        user = make_user(f"{name}@demo.invalid", Role.AGENT, name)
        agent = services.add_agent(
            user=user, partner=world.partner, label=name, actor=OPERATOR, now=NOW
        )
        Agent.objects.filter(pk=agent.pk).update(
            calendar_url="https://calendar.example/a.ics", **fields
        )
        agents.append(agent)
    return agents


def test_those_whose_turn_is_longest_ago_come_first(world: World) -> None:
    (lately,) = _turns(world, "a", calendar_tried_at=NOW)
    (before,) = _turns(world, "b", calendar_tried_at=NOW - timedelta(hours=1))
    (never,) = _turns(world, "c")

    assert calendars.calendars_to_read() == [never, before, lately]


def test_a_provider_that_is_silent_delays_no_calendar_that_was_read(
    world: World, outside: Outside, reader: IcalReader
) -> None:
    dead, good, other_dead = _turns(world, "a", "b", "c")
    for hours, agent in enumerate((dead, good, other_dead, dead)):
        path = "/good" if agent == good else "/nothing"
        Agent.objects.filter(pk=agent.pk).update(calendar_url=f"{outside.url}{path}")
        agent.refresh_from_db()
        now = NOW + timedelta(hours=hours)
        calendars.read_calendar(agent=agent, reader=reader, now=now, way=loopback_way())

    # The first of the two was asked again after the other: their turns alternate.
    assert calendars.calendars_to_read() == [good, other_dead, dead]


def test_another_calendar_is_read_before_the_others(world: World) -> None:
    (changed,) = _turns(world, "a", calendar_tried_at=NOW, calendar_trouble="http_404")
    (healthy,) = _turns(world, "b", calendar_tried_at=NOW - timedelta(hours=1))
    changed.refresh_from_db()

    services.describe_agent(
        agent=changed, calendar_url="https://calendar.example/b.ics", actor=OPERATOR, now=NOW
    )

    assert calendars.calendars_to_read() == [changed, healthy]
