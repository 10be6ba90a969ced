from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connections
from factories import NOW, World

from cordee.directory import openings
from cordee.directory.models import Absence, Opening
from cordee.journal.rules import OPERATOR
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.territory import services as territory
from cordee.territory.models import SiteHours

AT_ONCE = 4
WEEK = [WeeklyRule(day, 9 * 60, 12 * 60) for day in range(5)]
TOMORROW = Period(NOW + timedelta(days=1), NOW + timedelta(days=2))


def test_weeks_and_absences_set_at_once_are_never_added_up(committed: World) -> None:
    agent, site = committed.agent, committed.box.kiosk.site
    start = Barrier(AT_ONCE)

    def run(number: int) -> None:
        week = WEEK[number:]
        start.wait()
        try:
            openings.set_openings(agent=agent, rules=week, actor=OPERATOR, now=NOW)
            openings.add_absence(agent=agent, period=TOMORROW, actor=OPERATOR, now=NOW)
            territory.set_hours(site=site, rules=week, actor=OPERATOR, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, range(AT_ONCE)))

    weeks = [set(WEEK[number:]) for number in range(AT_ONCE)]
    for rows in (Opening.objects.all(), SiteHours.objects.all()):
        rules = [row.rule() for row in rows]
        assert set(rules) in weeks
        assert len(rules) == len(set(rules))
    assert Absence.objects.count() == 1


def test_absences_that_overlap_and_are_added_at_once_become_one(committed: World) -> None:
    start = Barrier(AT_ONCE)

    def run(number: int) -> None:
        begin = NOW + timedelta(hours=1 + number)
        start.wait()
        try:
            openings.add_absence(
                agent=committed.agent,
                period=Period(begin, begin + timedelta(hours=1)),
                note=f"jour {number}",
                actor=OPERATOR,
                now=NOW,
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, range(AT_ONCE)))

    joined = Absence.objects.get()
    hour = timedelta(hours=1)
    assert joined.period() == Period(NOW + hour, NOW + hour * (1 + AT_ONCE))
    assert set(joined.note.split(" ; ")) == {f"jour {number}" for number in range(AT_ONCE)}
