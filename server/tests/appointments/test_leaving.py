"""Who is off the waiting list, and what that frees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, World
from opened import NEXT_DAY, booked, nothing_free, open_world, someone

from cordee.appointments import waiting
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.appointments.refusals import AlreadyBooked
from cordee.journal.models import Entry
from cordee.journal.rules import ANYONE, OPERATOR
from cordee.visits import booking as visits
from cordee.visits import services as visits_services

DAY = timedelta(days=1)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _enter(world: World, citizen: Citizen, replaces: Appointment | None = None) -> WaitingEntry:
    """Enter the list while nothing is free."""
    with nothing_free():
        return waiting.enter(
            reason=world.reason,
            site=world.site,
            citizen=citizen,
            until_at=NOW + 30 * DAY,
            replaces=replaces,
            actor=ANYONE,
            now=NOW,
        )


@pytest.mark.parametrize("change", ["moved", "cancelled"])
def test_an_entry_whose_appointment_stands_no_more_is_in_nobodys_way(
    opened: World, change: str
) -> None:
    citizen = someone()
    visit = booked(opened, NEXT_DAY + 2 * DAY, citizen=citizen)
    earlier = _enter(opened, citizen, visit.appointment)
    assert waiting.offer_freed(now=NOW) == 1
    offer, replaces = Offer.objects.get(), None
    if change == "moved":
        to = NEXT_DAY + DAY
        moved = visits.move(visit=visit, site=opened.site, starts_at=to, actor=ANYONE, now=NOW)
        replaces = moved.appointment
    else:
        visits_services.cancel(visit=visit, actor=ANYONE, now=NOW)

    anew = _enter(opened, citizen, replaces)

    earlier.refresh_from_db()
    assert (earlier.closed_at, anew.closed_at) == (NOW, None)
    offer.refresh_from_db()
    assert offer.answered_at == NOW
    assert not Appointment.objects.standing().filter(pk=offer.appointment_id).exists()
    left = Entry.objects.get(object_kind="waiting", verb="withdrawn")
    assert left.object_id == str(earlier.pk)


def test_an_entry_whose_appointment_stands_is_still_the_only_one(opened: World) -> None:
    citizen = someone()
    has = booked(opened, NEXT_DAY, citizen=citizen).appointment
    _enter(opened, citizen, has)

    with pytest.raises(waiting.WaitedAlready):
        _enter(opened, citizen, has)

    assert WaitingEntry.objects.get().closed_at is None


def test_who_is_refused_stays_as_they_were(opened: World) -> None:
    citizen = someone()
    visit = booked(opened, NEXT_DAY, citizen=citizen)
    earlier = _enter(opened, citizen, visit.appointment)
    visits.move(visit=visit, site=opened.site, starts_at=NEXT_DAY + DAY, actor=OPERATOR, now=NOW)

    with pytest.raises(AlreadyBooked):
        _enter(opened, citizen)

    earlier.refresh_from_db()
    assert earlier.closed_at is None
