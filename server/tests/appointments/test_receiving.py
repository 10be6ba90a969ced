from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import NOW, TEN, World
from opened import another_site, hold, open_world

from cordee.appointments import availability
from cordee.appointments.availability import Asked
from cordee.appointments.receiving import Receiving, free_periods, receiving
from cordee.directory import queries as directory
from cordee.directory.models import Agent, Reason
from cordee.kernel.period import Period

DAY_END = TEN.replace(hour=16)  # 17:00 in Paris, in winter


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _free(world: World) -> list[Period]:
    return free_periods(
        directory.reasons_open(),
        site=world.site,
        since=TEN,
        until=DAY_END,
        step_min=15,
        now=NOW,
    )


def _now(world: World, **changes: object) -> list[Receiving]:
    wishes = {"site": world.site, "since": TEN, "until": TEN + timedelta(minutes=30), "now": NOW}
    return receiving(directory.reasons_open(), **{**wishes, **changes})  # type: ignore[arg-type]


def test_each_reason_comes_with_the_start_that_the_engine_finds_alone(opened: World) -> None:
    hold(opened, TEN)
    found = {row.reason: row.starts_at for row in _now(opened)}

    alone = {}
    for reason in directory.reasons_open():
        slots = availability.slots(
            asked=Asked(reason=reason, at_desk=True),
            site=opened.site,
            since=TEN,
            until=TEN + timedelta(minutes=30),
            most=1,
            step_min=5,
            now=NOW,
        )
        if slots:
            alone[reason] = slots[0].starts_at
    assert found == alone
    assert found


def test_notice_does_not_count_for_who_stands_at_the_desk(opened: World) -> None:
    Reason.objects.update(notice_h=48)

    assert _now(opened)


def test_a_reason_that_the_site_does_not_offer_is_left_out(opened: World) -> None:
    elsewhere, _ = another_site(opened)
    opened.reason.sites.add(elsewhere)

    assert opened.reason not in {row.reason for row in _now(opened)}


def test_a_closed_site_and_the_past_receive_nobody(opened: World) -> None:
    night = TEN + timedelta(hours=12)
    assert not _now(opened, since=night, until=night + timedelta(hours=1))
    assert not _now(opened, since=NOW - timedelta(hours=2), until=NOW - timedelta(hours=1))


def test_skill_that_nobody_has_is_not_promised(opened: World) -> None:
    Reason.objects.update(skill="rare")

    assert not _now(opened)


def test_an_interpreter_receives_nobody(opened: World) -> None:
    Agent.objects.update(skills=["rare"])
    assert _now(opened)
    Agent.objects.update(skills=["rare", "interprète"])

    assert not _now(opened)
    assert not _free(opened)


def test_looking_costs_the_same_however_many_reasons_there_are(
    opened: World,
) -> None:
    costs, counts = [], []
    for number in range(2):
        reasons = directory.reasons_open()
        with CaptureQueriesContext(connection) as queries:
            found = receiving(reasons, site=opened.site, since=TEN, until=DAY_END, now=NOW)
        costs.append(len(queries))
        counts.append(len(found))
        for each in range(3):
            Reason.objects.create(
                partner=opened.partner, label=f"{number} {each}", duration_min=30, notice_h=0
            )
    assert counts[1] == counts[0] + 3
    assert costs[0] == costs[1]


def test_free_hours_stand_between_what_is_held(opened: World) -> None:
    Agent.objects.exclude(pk=opened.agent.pk).delete()
    (whole,) = _free(opened)
    assert (whole.start, whole.end) == (TEN, DAY_END)

    hold(opened, TEN + timedelta(hours=1))

    before, after = _free(opened)
    assert (before.start, before.end) == (TEN, TEN + timedelta(hours=1))
    minutes = opened.reason.duration_min
    assert after.start == TEN + timedelta(hours=1, minutes=-(-minutes // 15) * 15)


def test_nothing_is_free_without_reasons(opened: World) -> None:
    Reason.objects.update(is_open=False)

    assert not _free(opened)
