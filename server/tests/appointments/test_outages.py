"""Hours that are shortened, and holidays that are kept from now on: what lies outside falls out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from opened import ELEVEN, booked, open_world, someone

from cordee.appointments import availability, cascade, outages, services
from cordee.appointments.models import Appointment, Proposal
from cordee.journal.rules import OPERATOR
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.notices.models import Notice
from cordee.notices.rules import NoticeState
from cordee.territory import services as territory
from cordee.territory.models import Site, SiteHours

CHRISTMAS = TEN + timedelta(days=17)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def shorten(site: Site) -> list[WeeklyRule]:
    """Close the site from half past eleven (10:30 UTC) on; return the hours that it had."""
    before = [hours.rule() for hours in SiteHours.objects.filter(site=site)]
    until = 11 * 60 + 30
    rules = [WeeklyRule(rule.weekday, rule.start_min, until) for rule in before]
    territory.set_hours(site=site, rules=rules, actor=OPERATOR, now=NOW)
    return before


def widen(site: Site, rules: list[WeeklyRule]) -> None:
    territory.set_hours(site=site, rules=rules, actor=OPERATOR, now=NOW)


def states(act: str) -> list[str]:
    about = Notice.objects.filter(key__contains=act, key__endswith=" citizen").order_by("pk")
    return [notice.state for notice in about]


def causes(appointment: Appointment) -> set[str]:
    return {proposal.cause for proposal in cascade.proposals_for(appointment)}


def test_who_is_booked_outside_shorter_hours_is_proposed_others_and_told_once(
    opened: World,
) -> None:
    inside = booked(opened, TEN, citizen=someone()).appointment
    outside = booked(opened, ELEVEN, citizen=someone()).appointment
    shorten(opened.site)

    assert [cascade.sweep(now=NOW), cascade.sweep(now=NOW)] == [1, 0]

    assert not causes(inside)
    assert causes(outside) == {f"hours {opened.site.pk}"}
    hours = [one.starts_at for one in cascade.proposals_for(outside) if one.starts_at]
    assert max(at.time() for at in hours) <= TEN.time()
    assert states(" touched ") == [NoticeState.WAITING]


def test_hours_that_are_wide_again_let_it_stand_and_say_so_once(opened: World) -> None:
    visit = booked(opened, ELEVEN, citizen=someone())
    before = shorten(opened.site)
    cascade.sweep(now=NOW)
    widen(opened.site, before)

    assert [cascade.sweep(now=NOW), cascade.sweep(now=NOW)] == [0, 0]

    assert not causes(visit.appointment)
    assert states(" touched ") == [NoticeState.DROPPED]
    assert states(" stands ") == [NoticeState.WAITING]
    shorten(opened.site)
    assert cascade.sweep(now=NOW) == 1
    assert states(" touched ") == [NoticeState.DROPPED, NoticeState.WAITING]


def test_a_holiday_that_the_place_keeps_from_now_on_touches_who_comes_on_it(
    opened: World,
) -> None:
    territory.describe_site(
        site=opened.site, closes_on_public_holidays=False, actor=OPERATOR, now=NOW
    )
    visit = booked(opened, CHRISTMAS)
    assert cascade.sweep(now=NOW) == 0
    for is_kept in (True, False):
        territory.describe_site(
            site=opened.site, closes_on_public_holidays=is_kept, actor=OPERATOR, now=NOW
        )
        cascade.sweep(now=NOW)
        assert bool(causes(visit.appointment)) is is_kept


def test_who_was_booked_by_hand_outside_the_hours_is_left_alone(opened: World) -> None:
    by_hand = services.book(
        kiosk=opened.box.kiosk,
        agent=opened.agent,
        reason=opened.reason,
        citizen="Jeanne",
        starts_at=TEN + timedelta(hours=12),
        actor=OPERATOR,
        now=NOW,
    )
    assert cascade.sweep(now=NOW) == 0
    assert not causes(by_hand)


def test_a_closure_is_no_matter_of_the_hours(opened: World) -> None:
    visit = booked(opened, ELEVEN)
    period = Period(TEN, ELEVEN + timedelta(hours=3))
    closure = territory.close_site(site=opened.site, period=period, actor=OPERATOR, now=NOW)
    cascade.sweep(now=NOW)
    assert causes(visit.appointment) == {outages.cause_of(closure)}


def test_hours_that_are_widened_while_proposals_are_looked_for_tell_nobody(
    opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(opened, ELEVEN)
    before = shorten(opened.site)
    (outage,) = outages.outages(NOW)
    look: Callable[..., object] = availability.slots_at

    def widen_meanwhile(**asked: object) -> object:
        widen(opened.site, before)
        return look(**asked)

    monkeypatch.setattr(availability, "slots_at", widen_meanwhile)
    assert cascade.fall_out(outage=outage, now=NOW) == 0
    assert not Proposal.objects.exists()
