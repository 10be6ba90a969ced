"""Which hours are news to who waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from factories import NOW, World
from opened import (
    NEXT_DAY,
    another_agent,
    another_site,
    booked,
    hold,
    nothing_free,
    open_world,
    someone,
)

from cordee.appointments import availability, holding, leaving, waiting
from cordee.appointments.models import Offer, WaitingEntry
from cordee.directory.models import Reason
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.territory.models import SiteClosure
from cordee.visits import services as visits_services

HOUR = timedelta(hours=1)
SLOT = NOW + 6 * HOUR


def _offered() -> list[tuple[datetime, bool]]:
    """Return the hours offered so far, and whether each was answered."""
    rows = Offer.objects.order_by("pk").select_related("appointment")
    return [(offer.appointment.starts_at, offer.answered_at is not None) for offer in rows]


def _turn_down() -> None:
    waiting.decline(offer=Offer.objects.get(answered_at=None), actor=OPERATOR, now=NOW)


def _enter_now(world: World, **changes: object) -> WaitingEntry:
    """Enter the list with the free hours that there are."""
    asked = {"reason": world.reason, "site": world.site, "citizen": someone(), **changes}
    until_at = NOW + timedelta(days=60)
    return waiting.enter(**{"until_at": until_at, "actor": OPERATOR, "now": NOW, **asked})  # type: ignore[arg-type]


@pytest.mark.parametrize("is_of_site", [True, False])
def test_hours_that_were_free_at_entering_are_never_offered(
    world: World, *, is_of_site: bool
) -> None:
    open_world(world)
    taken = [booked(world, SLOT + HOUR * n, agent=world.agent) for n in (0, 24)]
    _enter_now(world, site=world.site if is_of_site else None)

    for days in range(60):
        assert waiting.offer_freed(now=NOW + timedelta(days=days)) == 0
    # Freed later it is, also one that comes after hours that they saw.
    visits_services.cancel(visit=taken[1], actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 1
    _turn_down()
    assert waiting.offer_freed(now=NOW) == 0
    visits_services.cancel(visit=taken[0], actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 1
    # A visit may also begin a quarter of an hour before what is given back.
    quarter = HOUR / 4
    assert _offered() == [(SLOT + 24 * HOUR - quarter, True), (SLOT - quarter, False)]


def test_an_offer_tells_of_its_day_at_its_place(world: World) -> None:
    open_world(world)
    mairie, _ = another_site(world)
    fleet.revoke(kiosk=world.other_box.kiosk, actor=OPERATOR, now=NOW)
    with nothing_free():
        _enter_now(world, site=None, until_at=NOW + timedelta(days=2))

    for _ in range(4):
        assert waiting.offer_freed(now=NOW) == 1
        _turn_down()
    assert waiting.offer_freed(now=NOW) == 0

    places = Offer.objects.order_by("pk").values_list("appointment__kiosk__site", flat=True)
    assert {*places[:2]} == {*places[2:]} == {world.site.pk, mairie.pk}
    days = [hour.date() - NOW.date() for hour, _ in _offered()]
    assert [day.days for day in days] == [0, 0, 1, 1]


def test_hours_that_only_come_into_reach_are_freed_by_nobody(world: World) -> None:
    open_world(world)
    world.reason.horizon_days = 3
    world.reason.save()

    entry = _enter_now(world)
    with nothing_free():
        other = _enter_now(world)

    # Whoever saw no free hour at all is offered any, for as long as they wished.
    assert entry.until_at == NOW + timedelta(days=3)
    assert other.until_at == NOW + timedelta(days=60)
    assert waiting.offer_freed(now=NOW + timedelta(days=2)) == 1
    assert Offer.objects.get().entry == other


def test_hours_before_an_appointment_that_were_free_when_it_was_taken_are_no_news(
    world: World,
) -> None:
    open_world(world)
    citizen = someone()
    has = booked(world, NEXT_DAY, citizen=citizen).appointment
    taken = booked(world, SLOT, agent=has.agent)
    _enter_now(world, citizen=citizen, until_at=has.starts_at, replaces=has)

    assert waiting.offer_freed(now=NOW) == 0
    visits_services.cancel(visit=taken, actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 1


def test_an_hour_that_was_taken_and_is_given_back_is_news_again(world: World) -> None:
    open_world(world)
    entry = _enter_now(world)
    booked(world, SLOT, agent=world.agent)
    other = booked(world, SLOT, agent=another_agent(world))
    assert waiting.offer_freed(now=NOW) == 0

    visits_services.cancel(visit=other, actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 1

    assert Offer.objects.get().entry == entry
    # The half hour before was taken too: no kiosk was ready again in time.
    assert _offered() == [(SLOT - HOUR / 2, False)]


def test_an_hour_that_was_only_held_is_no_news(world: World) -> None:
    open_world(world)
    _enter_now(world)
    held = hold(world, SLOT)

    assert waiting.offer_freed(now=NOW) == 0
    holding.break_expired(now=NOW + HOUR)
    held.refresh_from_db()
    assert held.released_at is not None
    assert waiting.offer_freed(now=NOW + HOUR) == 0


def test_an_hour_that_was_out_of_reach_for_a_time_is_no_news(world: World) -> None:
    open_world(world)
    _enter_now(world)
    outages = [
        fleet.put_out_of_service(kiosk=box.kiosk, ends_at=None, actor=OPERATOR, now=NOW)
        for box in (world.box, world.other_box)
    ]
    assert waiting.offer_freed(now=NOW) == 0

    for outage in outages:
        fleet.put_back(outage=outage, actor=OPERATOR, now=NOW)

    assert waiting.offer_freed(now=NOW) == 0


def test_who_waits_for_a_closed_reason_is_not_looked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_world(world)
    with nothing_free():
        _enter_now(world)
    world.reason.is_open = False
    world.reason.save()
    searches: list[object] = []
    monkeypatch.setattr(availability, "free_starts", lambda **given: searches.append(given))

    assert waiting.offer_freed(now=NOW) == 0

    assert searches == []


def test_an_hour_held_for_another_is_not_told_of(world: World) -> None:
    open_world(world)
    fleet.revoke(kiosk=world.other_box.kiosk, actor=OPERATOR, now=NOW)
    other = Reason.objects.create(partner=world.reason.partner, label="Autre", notice_h=0)
    with nothing_free():
        first = _enter_now(world)
        second = _enter_now(world, reason=other)
    assert waiting.offer_freed(now=NOW) == 2
    hour = Offer.objects.get(entry=first)

    for offer in Offer.objects.all():
        waiting.decline(offer=offer, actor=OPERATOR, now=NOW)
    leaving.withdraw(entry=first, actor=OPERATOR, now=NOW)
    closed = SiteClosure.objects.create
    closed(site=world.site, starts_at=NOW, ends_at=hour.appointment.starts_at)
    closed(
        site=world.site,
        starts_at=hour.appointment.ends_at,
        ends_at=NOW + timedelta(days=90),
    )

    # What was held for the first while the second was told of the day is news to the second.
    assert waiting.offer_freed(now=NOW) == 1
    newest = Offer.objects.get(answered_at=None)
    assert (newest.entry, newest.appointment.starts_at) == (second, hour.appointment.starts_at)
