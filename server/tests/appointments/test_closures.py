from __future__ import annotations

import pytest
from factories import NOW, TEN, World
from opened import ELEVEN, booked, open_world, someone

from cordee.appointments import absences, cascade, outages
from cordee.appointments.closures import reopen_site
from cordee.appointments.models import Proposal
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.notices.models import Notice
from cordee.notices.rules import NoticeState
from cordee.territory import services as territory
from cordee.territory.models import SiteClosure

FIRST = Period(TEN, ELEVEN)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def closed(world: World) -> SiteClosure:
    closure = territory.close_site(site=world.site, period=FIRST, actor=OPERATOR, now=NOW)
    cascade.sweep(now=NOW)
    return closure


def states(act: str) -> list[str]:
    about = Notice.objects.filter(key__contains=act, key__endswith=" citizen").order_by("pk")
    return [notice.state for notice in about]


def test_who_was_told_of_a_closure_is_told_once_that_the_visit_stands(opened: World) -> None:
    visit = booked(opened, citizen=someone())
    closure = closed(opened)
    assert cascade.proposals_for(visit.appointment)

    for _ in range(2):
        reopen_site(closure=closure, actor=OPERATOR, now=NOW)

    assert not SiteClosure.objects.exists()
    assert not Proposal.objects.exists()
    assert states(" touched ") == [NoticeState.DROPPED]
    assert states(" stands ") == [NoticeState.WAITING]
    assert NoticeState.DROPPED not in states(" reminder ")
    assert cascade.sweep(now=NOW) == 0


def test_a_reopened_place_says_nothing_while_the_agent_is_away(opened: World) -> None:
    visit = booked(opened, citizen=someone(), agent=opened.agent)
    absences.note_absence(agent=opened.agent, period=FIRST, note="", actor=OPERATOR, now=NOW)
    closure = closed(opened)

    reopen_site(closure=closure, actor=OPERATOR, now=NOW)

    assert {each.cause for each in cascade.proposals_for(visit.appointment)} != set()
    assert not Proposal.objects.filter(cause=outages.cause_of(closure)).exists()
    assert states(" stands ") == []
