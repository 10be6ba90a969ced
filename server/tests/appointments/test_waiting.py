from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from factories import NOW, World
from opened import (
    NEXT_DAY,
    another_agent,
    booked,
    hold,
    nothing_free,
    open_world,
    someone,
)

from cordee.appointments import leaving, services, waiting
from cordee.appointments.availability import GuestWish
from cordee.appointments.citizens import Citizen
from cordee.appointments.holding import citizen_of
from cordee.appointments.models import Appointment, HeldCell, Offer, WaitingEntry
from cordee.appointments.refusals import AlreadyBooked, HoldExpired
from cordee.appointments.rules import ContactKind, GuestKind
from cordee.appointments.telling import CannotBeWritten
from cordee.directory.services import describe_agent
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice
from cordee.territory.models import Site, SiteClosure, Territory
from cordee.visits import booking as visits
from cordee.visits import services as visits_services
from cordee.visits.models import Visit

HOUR = timedelta(hours=1)
SLOT = NOW + 6 * HOUR


@pytest.fixture
def full(world: World) -> World:
    """One kiosk, open for one slot in the coming week."""
    open_world(world)
    fleet.revoke(kiosk=world.other_box.kiosk, actor=OPERATOR, now=NOW)
    closed = SiteClosure.objects.create
    closed(site=world.site, starts_at=NOW - HOUR, ends_at=SLOT)
    closed(site=world.site, starts_at=SLOT + HOUR / 2, ends_at=NOW + timedelta(days=90))
    return world


def _enter(world: World, **changes: object) -> WaitingEntry:
    """Enter the list while nothing is free."""
    entry = {
        "reason": world.reason,
        "site": world.site,
        "citizen": someone(),
        "until_at": NOW + timedelta(days=7),
        "actor": OPERATOR,
        "now": NOW,
        **changes,
    }
    with nothing_free():
        return waiting.enter(**entry)  # type: ignore[arg-type]


@pytest.mark.parametrize("is_of_site", [True, False])
def test_who_waits_sleeps_by_the_clock_of_their_site_or_commune(
    full: World, *, is_of_site: bool
) -> None:
    commune = full.site.commune
    Territory.objects.filter(pk=commune.territory_id).update(time_zone="America/Martinique")
    citizen = replace(someone(), commune_id=None if is_of_site else commune.pk)
    site = Site.objects.get(pk=full.site.pk) if is_of_site else None

    _enter(full, site=site, citizen=citizen)

    assert Notice.objects.get(subject_kind="waiting").quiet_zone == "America/Martinique"


def test_who_waits_anywhere_and_left_no_commune_sleeps_by_our_clock(full: World) -> None:
    Territory.objects.update(time_zone="America/Martinique")

    _enter(full, site=None)

    assert Notice.objects.get(subject_kind="waiting").quiet_zone == "Europe/Paris"


def test_a_slot_given_back_is_offered_to_the_first_on_the_list_only(full: World) -> None:
    visit = booked(full, SLOT)
    first, second = _enter(full), _enter(full)
    assert waiting.offer_freed(now=NOW) == 0

    visits_services.cancel(visit=visit, actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 1
    assert waiting.offer_freed(now=NOW) == 0

    offer = Offer.objects.get()
    assert (offer.entry, offer.appointment.starts_at) == (first, SLOT)
    assert offer.expires_at == NOW + 2 * HOUR
    assert Notice.objects.get(key=f"offer {offer.pk}").useless_at == offer.expires_at
    assert Notice.objects.get(key=f"offer {offer.pk}").to == first.citizen_phone
    told = Notice.objects.filter(to=second.citizen_phone)
    assert [notice.key for notice in told] == [f"waiting {second.pk}"]


def test_an_earlier_hour_keeps_the_interpreter_and_who_answers_for_the_person(
    world: World,
) -> None:
    open_world(world)
    interpreter = another_agent(world, label="Interprète")
    describe_agent(
        agent=interpreter, languages=["uk"], skills=["interprète"], actor=OPERATOR, now=NOW
    )
    asked = Citizen(
        "Nina",
        ContactKind.MOBILE,
        "06 12 34 56 78",
        is_protected=True,
        responsible="Olha",
        responsible_contact="06 12 34 56 79",
        is_wheelchair_needed=True,
    )
    wish = GuestWish(GuestKind.INTERPRETER, language="uk")
    later = booked(world, NEXT_DAY, citizen=asked, guests=[wish]).appointment
    _enter(world, citizen=citizen_of(later), until_at=later.starts_at, replaces=later)

    assert waiting.offer_freed(now=NOW) == 1

    offer = Offer.objects.get()
    held = HeldCell.objects.filter(appointment=offer.appointment, seat_id=interpreter.pk)
    assert held.exists()
    visit = visits.accept(offer=offer, actor=OPERATOR, now=NOW)
    earlier = Appointment.objects.get(pk=visit.appointment_id)
    assert earlier.starts_at < later.starts_at
    assert (earlier.responsible, earlier.responsible_contact) == ("Olha", "+33612345679")
    assert earlier.is_wheelchair_needed
    seats = earlier.guests.order_by("pk").values_list("kind", "agent", "name")
    assert set(seats) == {
        (GuestKind.INTERPRETER, interpreter.pk, ""),
        (GuestKind.GUARDIAN, None, "Olha"),
    }
    assert Notice.objects.filter(to="+33612345679", key__contains=str(earlier.pk)).exists()
    # The later hour is nobody's any more: neither agent nor interpreter is held for it.
    assert not HeldCell.objects.filter(appointment=later).exists()


def test_a_wish_for_an_interpreter_is_held_with_the_offer(world: World) -> None:
    open_world(world)
    interpreter = another_agent(world, label="Interprète")
    describe_agent(
        agent=interpreter, languages=["uk"], skills=["interprète"], actor=OPERATOR, now=NOW
    )
    _enter(world, interpreted="uk")

    assert waiting.offer_freed(now=NOW) == 1

    held = HeldCell.objects.filter(seat_kind="agent", seat_id=interpreter.pk)
    assert held.exists()
    Offer.objects.get().appointment.guests.get(agent=interpreter)


def test_an_offer_that_is_taken_becomes_an_appointment_with_a_visit(full: World) -> None:
    entry = _enter(full)
    waiting.offer_freed(now=NOW)
    offer = waiting.offer_by_code(Offer.objects.get().code)
    assert offer is not None

    visit = visits.accept(offer=offer, actor=OPERATOR, now=NOW + HOUR)

    assert visits.accept(offer=offer, actor=OPERATOR, now=NOW + HOUR) == visit
    visit.appointment.refresh_from_db()
    assert visit.appointment.code
    entry.refresh_from_db()
    assert entry.closed_at == NOW + HOUR
    assert Visit.objects.open().count() == 1


@pytest.mark.parametrize("answer", ["declined", "run out"])
def test_an_offer_declined_or_run_out_goes_to_the_next(full: World, answer: str) -> None:
    first, second = _enter(full), _enter(full)
    waiting.offer_freed(now=NOW)
    offer = Offer.objects.get()
    later = NOW if answer == "declined" else NOW + 2 * HOUR
    if answer == "declined":
        waiting.decline(offer=offer, actor=OPERATOR, now=NOW)

    assert waiting.offer_freed(now=later) == 1
    assert waiting.offer_freed(now=later) == 0

    assert Offer.objects.get(answered_at=None).entry == second
    with pytest.raises(waiting.OfferGone):
        visits.accept(offer=offer, actor=OPERATOR, now=later)
    first.refresh_from_db()
    assert first.closed_at is None


def test_an_earlier_hour_replaces_the_appointment_that_the_person_has(full: World) -> None:
    SiteClosure.objects.filter(site=full.site, ends_at=NOW + timedelta(days=90)).update(
        ends_at=NOW + timedelta(days=2)
    )
    citizen = someone()
    has = booked(full, NOW + timedelta(days=2), citizen=citizen)
    entry = _enter(full, citizen=citizen, replaces=has.appointment)
    assert entry.until_at == has.appointment.starts_at, "a later hour is not sooner"
    assert waiting.offer_freed(now=NOW) == 1

    visit = visits.accept(offer=Offer.objects.get(), actor=OPERATOR, now=NOW)

    assert visit.appointment.starts_at == SLOT
    has.refresh_from_db()
    assert has.state == "cancelled"
    assert Appointment.objects.confirmed().count() == 1


def test_nobody_is_offered_an_hour_at_night_or_one_too_near(full: World) -> None:
    _enter(full)

    assert waiting.offer_freed(now=NOW - 3 * HOUR) == 0
    assert waiting.offer_freed(now=SLOT - 3 * HOUR) == 0
    assert not Offer.objects.exists()


def test_the_next_booking_takes_an_offer_that_ran_out(full: World) -> None:
    _enter(full)
    waiting.offer_freed(now=NOW)

    assert hold(full, SLOT, now=NOW + 2 * HOUR).pk
    with pytest.raises(waiting.OfferGone) as refused:
        visits.accept(offer=Offer.objects.get(), actor=OPERATOR, now=NOW + 2 * HOUR)
    assert isinstance(refused.value.__cause__, HoldExpired)


def test_who_leaves_the_list_gives_back_what_was_offered(full: World) -> None:
    entry = _enter(full)
    waiting.offer_freed(now=NOW)

    leaving.withdraw(entry=entry, actor=OPERATOR, now=NOW)
    leaving.withdraw(entry=entry, actor=OPERATOR, now=NOW)

    assert hold(full, SLOT).pk
    assert waiting.offer_freed(now=NOW) == 0


def test_who_cannot_be_written_to_or_waits_already_is_told(full: World) -> None:
    with pytest.raises(CannotBeWritten):
        _enter(full, citizen=Citizen("Jean"))
    citizen = someone()
    _enter(full, citizen=citizen)
    with pytest.raises(waiting.WaitedAlready):
        _enter(full, citizen=citizen)


def test_who_books_waits_no_more_and_their_offer_goes_to_the_next(full: World) -> None:
    citizen = someone()
    entry = _enter(full, citizen=citizen)
    second = _enter(full)
    assert waiting.offer_freed(now=NOW) == 1
    offer = Offer.objects.get()
    SiteClosure.objects.filter(starts_at__gt=SLOT).delete()

    has = booked(full, NEXT_DAY, citizen=citizen)

    entry.refresh_from_db()
    assert entry.closed_at == NOW
    assert waiting.offer_freed(now=NOW) == 1
    assert Offer.objects.get(answered_at=None).entry == second
    with pytest.raises(waiting.OfferGone):
        visits.accept(offer=offer, actor=OPERATOR, now=NOW)
    # Who has an appointment moves it, or waits for an earlier hour in its place.
    with pytest.raises(AlreadyBooked) as refused:
        _enter(full, citizen=citizen)
    assert refused.value.appointment == has.appointment
    sooner = _enter(full, citizen=citizen, replaces=has.appointment)
    assert visits.confirm(appointment=has.appointment, actor=OPERATOR, now=NOW) == has
    sooner.refresh_from_db()
    assert sooner.closed_at is None


def test_an_offer_that_is_taken_makes_its_person_known(full: World) -> None:
    citizen = someone()
    _enter(full, citizen=citizen)
    waiting.offer_freed(now=NOW)
    SiteClosure.objects.all().delete()
    typing = hold(full, NEXT_DAY, citizen=citizen)

    visit = visits.accept(offer=Offer.objects.get(), actor=OPERATOR, now=NOW)

    typing.refresh_from_db()
    assert typing.cancelled_why == "replaced"
    with pytest.raises(AlreadyBooked) as refused:
        hold(full, NEXT_DAY, citizen=citizen)
    assert refused.value.appointment == visit.appointment


def test_nobody_is_given_a_second_appointment_by_an_offer(full: World) -> None:
    citizen = someone()
    entry = _enter(full, citizen=citizen)
    waiting.offer_freed(now=NOW)
    offer = Offer.objects.get()
    # As when both happen at the same moment: the entry was not seen by who confirmed.
    key = entry.person_key
    WaitingEntry.objects.update(person_key=None)
    SiteClosure.objects.all().delete()
    booked(full, NEXT_DAY, citizen=citizen)

    with pytest.raises(AlreadyBooked):
        visits.accept(offer=offer, actor=OPERATOR, now=NOW)

    offer.refresh_from_db()
    assert offer.answered_at is None
    WaitingEntry.objects.update(person_key=key)
    waiting.offer_freed(now=NOW)
    entry.refresh_from_db()
    assert entry.closed_at == NOW


def test_who_waited_in_vain_may_enter_anew(full: World) -> None:
    citizen = someone()
    _enter(full, citizen=citizen, until_at=NOW + HOUR)
    anew = partial(_enter, full, citizen=citizen)

    with pytest.raises(waiting.WaitedAlready):
        anew()
    again = anew(now=NOW + HOUR)

    assert waiting.offer_freed(now=NOW + HOUR) == 1
    assert Offer.objects.get().entry == again


def test_the_same_request_enters_once(full: World) -> None:
    citizen = someone()
    entry = _enter(full, citizen=citizen, key="0" * 32)

    assert _enter(full, citizen=citizen, key="0" * 32) == entry
    with pytest.raises(waiting.WaitedAlready):
        _enter(full, citizen=citizen, site=None, key="0" * 32)
    assert Notice.objects.filter(subject_kind="waiting").count() == 1


def test_a_freed_seat_of_a_released_hold_is_offered_too(full: World) -> None:
    held = hold(full, SLOT)
    waiting.enter(
        reason=full.reason,
        site=None,
        citizen=someone(),
        until_at=NOW + timedelta(days=7),
        actor=OPERATOR,
        now=NOW,
    )
    assert waiting.offer_freed(now=NOW) == 0

    services.release(appointment=held, actor=OPERATOR, now=NOW)

    assert waiting.offer_freed(now=NOW) == 1


def test_a_form_sent_again_for_somebody_else_or_after_leaving_enters_anew(full: World) -> None:
    lucie = someone("Lucie")
    first = _enter(full, citizen=lucie, key="a" * 32)
    assert _enter(full, citizen=lucie, key="a" * 32) == first
    other = _enter(full, citizen=someone("Paul"), key="a" * 32)
    assert other != first

    leaving.withdraw(entry=first, actor=OPERATOR, now=NOW)
    again = _enter(full, citizen=lucie, key="a" * 32)

    assert again != first
    assert again.closed_at is None
    with pytest.raises(waiting.WaitedAlready):
        _enter(full, citizen=lucie, key="a" * 32)


def test_who_is_off_the_list_is_not_told_that_they_stay(full: World) -> None:
    entry = _enter(full)
    waiting.offer_freed(now=NOW)
    leaving.withdraw(entry=entry, actor=OPERATOR, now=NOW)

    with pytest.raises(waiting.WaitingOver):
        visits.accept(offer=Offer.objects.get(), actor=OPERATOR, now=NOW)
    with pytest.raises(waiting.WaitingOver):
        waiting.decline(offer=Offer.objects.get(), actor=OPERATOR, now=NOW)
