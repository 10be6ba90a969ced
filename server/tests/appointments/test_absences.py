from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from opened import ELEVEN, booked, open_world, someone

from cordee.appointments import absences, cascade, closures, outages
from cordee.appointments.models import Proposal
from cordee.directory.models import Absence
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.notices.models import Notice
from cordee.notices.rules import NoticeState
from cordee.territory.models import SiteClosure
from cordee.visits.models import Visit

HOUR = timedelta(hours=1)
MIN_5 = timedelta(minutes=5)
FIRST = Period(TEN, TEN + HOUR)
BOTH = Period(TEN, TEN + 3 * HOUR)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def noted(world: World, period: Period) -> Absence:
    return absences.note_absence(agent=world.agent, period=period, note="", actor=OPERATOR, now=NOW)


def changed(absence: Absence, period: Period) -> Absence:
    return absences.change_absence(absence=absence, period=period, note="", actor=OPERATOR, now=NOW)


def proposed(visit: Visit) -> int:
    return len(cascade.proposals_for(visit.appointment))


def told(visit: Visit, act: str) -> list[Notice]:
    about = Notice.objects.filter(subject_id=str(visit.appointment_id))
    return list(about.filter(key__contains=f" {act} ", key__endswith=" citizen"))


def two_visits(world: World) -> tuple[Visit, Visit]:
    first = booked(world, TEN, citizen=someone(), agent=world.agent)
    return first, booked(world, ELEVEN + HOUR, citizen=someone(), agent=world.agent)


def test_an_absence_that_grows_touches_only_whom_it_did_not_touch_before(opened: World) -> None:
    first, second = two_visits(opened)
    absence = noted(opened, FIRST)
    assert proposed(first)
    assert not proposed(second)
    newly = outages.touched_by_absence(opened.agent, BOTH, now=NOW)
    assert newly == [second.appointment]

    changed(absence, BOTH)

    assert proposed(second)
    assert len(told(first, "touched")) == len(told(second, "touched")) == 1


def test_who_is_no_longer_touched_is_told_once_that_the_appointment_stands(opened: World) -> None:
    first, second = two_visits(opened)
    absence = noted(opened, BOTH)

    for _ in range(2):
        changed(absence, FIRST)

    assert proposed(first)
    assert not proposed(second)
    (stands,) = told(second, "stands")
    assert "a bien lieu" in stands.text
    assert told(first, "stands") == []
    assert Entry.objects.filter(verb="stands").count() == 1


def test_a_removed_absence_takes_back_what_nobody_answered(opened: World) -> None:
    first, second = two_visits(opened)
    absence = noted(opened, BOTH)

    for _ in range(2):
        absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    assert not Proposal.objects.exists()
    for visit in (first, second):
        assert len(told(visit, "stands")) == 1
        (touched,) = told(visit, "touched")
        assert touched.state == NoticeState.DROPPED
    assert cascade.sweep(now=NOW) == 0


def test_what_was_answered_stays_as_it_was_answered(opened: World) -> None:
    first, _second = two_visits(opened)
    absence = noted(opened, FIRST)
    chosen = cascade.proposals_for(first.appointment)[0]
    cascade.choose(proposal=chosen, actor=OPERATOR, now=NOW)

    absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    assert Proposal.objects.filter(pk=chosen.pk, chosen_at=NOW).exists()
    assert told(first, "stands") == []


def test_nobody_is_told_that_it_stands_while_the_place_is_closed(opened: World) -> None:
    first, _second = two_visits(opened)
    absence = noted(opened, FIRST)
    closure = SiteClosure.objects.create(site=opened.site, starts_at=TEN, ends_at=TEN + HOUR)
    cascade.sweep(now=NOW)
    assert len(told(first, "touched")) == 1

    absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    assert proposed(first)
    assert told(first, "stands") == []
    closures.reopen_site(closure=closure, actor=OPERATOR, now=NOW)
    assert len(told(first, "stands")) == 1
    assert len(told(first, "touched")) == 1


def test_a_second_short_absence_within_one_visit_tells_nobody_again(opened: World) -> None:
    first, _second = two_visits(opened)
    absences_of = [noted(opened, Period(TEN + at, TEN + at + MIN_5)) for at in (MIN_5, 3 * MIN_5)]
    assert len(told(first, "touched")) == 1
    for each in absences_of:
        absences.remove_absence(absence=each, actor=OPERATOR, now=NOW)
    assert len(told(first, "stands")) == 1
    noted(opened, FIRST)
    assert len(told(first, "touched")) == 2


def test_who_was_told_that_it_stands_hears_when_it_falls_out_again(opened: World) -> None:
    first, second = two_visits(opened)
    absence = noted(opened, BOTH)
    changed(absence, FIRST)
    changed(absence, BOTH)
    assert proposed(second)
    assert [notice.state for notice in told(second, "touched")] == [
        NoticeState.DROPPED,
        NoticeState.WAITING,
    ]
    assert len(told(first, "touched")) == 1


def test_absences_that_become_one_keep_their_proposals_and_tell_nobody_twice(
    opened: World,
) -> None:
    first, second = two_visits(opened)
    kept = noted(opened, FIRST)
    noted(opened, Period(TEN + 2 * HOUR, TEN + 3 * HOUR))
    before = Proposal.objects.count()

    noted(opened, Period(TEN + HOUR, TEN + 2 * HOUR))

    assert {proposal.cause for proposal in Proposal.objects.all()} == {f"absence {kept.pk}"}
    assert Proposal.objects.count() == before
    assert cascade.sweep(now=NOW) == 0
    for visit in (first, second):
        assert len(told(visit, "touched")) == 1
    absences.remove_absence(absence=Absence.objects.get(), actor=OPERATOR, now=NOW)
    assert not Proposal.objects.exists()
