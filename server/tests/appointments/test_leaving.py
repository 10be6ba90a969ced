"""Who is off the waiting list, and what that frees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from factories import NOW, World
from opened import NEXT_DAY, booked, nothing_free, open_world, someone
from time_machine import travel

from cordee.appointments import waiting
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.appointments.queries import booked_by_who_waits
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


def _migrate() -> None:
    leftovers = import_module("cordee.appointments.migrations.0013_waiting_leftovers")
    migrate: Callable[..., None] = leftovers.end_second_entries
    with travel(NOW, tick=False):
        migrate(apps, None)


def _second_of(world: World, citizen: Citizen) -> WaitingEntry:
    """Enter the list as one could before nobody might wait twice."""
    known = WaitingEntry.objects.get()
    WaitingEntry.objects.update(person_key=None)
    second = _enter(world, citizen)
    WaitingEntry.objects.filter(pk=second.pk).update(person_key=None)
    known.save(update_fields=["person_key"])
    return second


@pytest.mark.parametrize("has_offer", [True, False])
def test_a_second_entry_from_before_ends_with_what_is_offered_by_it(
    opened: World, *, has_offer: bool
) -> None:
    citizen = someone()
    known = _enter(opened, citizen)
    second = _second_of(opened, citizen)
    if has_offer:
        assert waiting.offer_freed(now=NOW) == 2

    _migrate()

    second.refresh_from_db()
    assert second.until_at == (NOW + waiting.OFFER_LASTS if has_offer else NOW)
    if has_offer:
        visits.accept(offer=Offer.objects.get(entry=second), actor=ANYONE, now=NOW)
        known.refresh_from_db()
        assert known.closed_at == NOW
    else:
        assert waiting.offer_freed(now=NOW) == 1
        assert Offer.objects.get().entry == known


def test_who_has_booked_is_off_the_list_by_a_second_entry_from_before(opened: World) -> None:
    citizen = someone()
    _enter(opened, citizen)
    second = _second_of(opened, citizen)
    booked(opened, NEXT_DAY, citizen=citizen)
    second.refresh_from_db()
    assert second.closed_at is None

    _migrate()
    assert waiting.offer_freed(now=NOW) == 0

    second.refresh_from_db()
    assert second.closed_at == NOW


def test_who_waits_no_more_is_known_by_the_appointment_that_they_have(opened: World) -> None:
    citizen = someone()
    entry, other = _enter(opened, citizen), _enter(opened, someone())
    assert booked_by_who_waits(entry, now=NOW) is None

    visit = booked(opened, NEXT_DAY, citizen=citizen)

    assert booked_by_who_waits(entry, now=NOW) == visit.appointment
    assert booked_by_who_waits(other, now=NOW) is None
    assert booked_by_who_waits(entry, now=visit.appointment.ends_at) is None


def test_a_second_entry_from_before_goes_on_when_the_known_one_has_run_out(opened: World) -> None:
    citizen = someone()
    known = _enter(opened, citizen)
    second = _second_of(opened, citizen)
    WaitingEntry.objects.filter(pk=known.pk).update(until_at=NOW)

    _migrate()

    second.refresh_from_db()
    assert second.until_at > NOW
    assert second.person_key is not None
