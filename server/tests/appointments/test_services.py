from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World

from cordee.appointments import refusals, services
from cordee.appointments.models import Appointment, HeldCell
from cordee.fleet import services as fleet
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.visits.models import Visit


def test_a_booking_holds_the_kiosk_and_the_agent(world: World) -> None:
    appointment = world.book().appointment

    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=30)
    held = HeldCell.objects.filter(appointment=appointment)
    assert held.filter(seat_kind="kiosk", seat_id=world.box.kiosk.pk).count() == 6
    assert held.filter(seat_kind="agent", seat_id=world.agent.pk).count() == 6


def test_a_taken_kiosk_is_refused_and_nothing_is_written(world: World) -> None:
    world.book()
    entries = Entry.objects.count()

    with pytest.raises(refusals.SlotTaken):
        world.book(TEN + timedelta(minutes=25), agent=world.stranger)
    assert Appointment.objects.count() == 1
    assert HeldCell.objects.count() == 12
    assert Entry.objects.count() == entries


def test_a_taken_agent_leaves_the_other_kiosk_free(world: World) -> None:
    world.book()

    with pytest.raises(refusals.SlotTaken):
        world.book(box=world.other_box)
    assert not HeldCell.objects.filter(seat_id=world.other_box.kiosk.pk, seat_kind="kiosk")
    assert world.book(box=world.other_box, agent=world.stranger).pk


def test_the_next_appointment_may_begin_where_one_ends(world: World) -> None:
    world.book()

    assert world.book(TEN + timedelta(minutes=30)).pk


@pytest.mark.parametrize("late_s", [0, 1])
def test_an_hour_that_has_begun_is_refused(world: World, late_s: int) -> None:
    with pytest.raises(refusals.SlotStarted):
        world.book(TEN, now=TEN + timedelta(seconds=late_s))


def test_an_hour_between_two_marks_is_refused_in_plain_words(world: World) -> None:
    with pytest.raises(refusals.SlotMisaligned) as refused:
        world.book(TEN + timedelta(minutes=2))
    assert "cinq en cinq minutes" in refused.value.message


def test_someone_already_there_is_booked_off_the_grid_without_overlap(world: World) -> None:
    world.book(TEN + timedelta(minutes=2), off_grid=True)

    with pytest.raises(refusals.SlotTaken):
        world.book(TEN + timedelta(minutes=30))
    with pytest.raises(refusals.SlotTaken):
        world.book(TEN - timedelta(minutes=25))
    assert world.book(TEN + timedelta(minutes=35)).pk


def test_an_agent_receives_for_their_own_partner_only(world: World) -> None:
    with pytest.raises(refusals.ReasonElsewhere):
        services.book(
            kiosk=world.box.kiosk,
            agent=world.agent,
            reason=world.foreign_reason,
            citizen="Élodie",
            starts_at=TEN,
            actor=OPERATOR,
            now=NOW,
        )


def test_a_revoked_kiosk_cannot_be_booked(world: World) -> None:
    fleet.revoke(kiosk=world.box.kiosk, actor=OPERATOR, now=NOW)
    world.box.kiosk.refresh_from_db()

    with pytest.raises(refusals.KioskNotReady):
        world.book()


def test_a_cancelled_hour_is_free_again(world: World) -> None:
    visit = world.book()

    services.cancel(appointment=visit.appointment, actor=OPERATOR, now=NOW)
    services.cancel(appointment=visit.appointment, actor=OPERATOR, now=NOW)

    assert world.book().pk
    assert Visit.objects.count() == 2
    assert Entry.objects.filter(verb="cancelled", object_kind="appointment").count() == 1
