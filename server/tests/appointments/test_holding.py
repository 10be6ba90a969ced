from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from opened import (
    another_agent,
    another_site,
    booked,
    hold,
    interpreting,
    open_world,
    someone,
)

from cordee.appointments import holding, refusals, services
from cordee.appointments.availability import GuestWish
from cordee.appointments.citizens import Citizen, ResponsibleMissing
from cordee.appointments.models import Appointment, GuestSeat, HeldCell
from cordee.appointments.queries import appointment_by_code
from cordee.appointments.rules import ContactKind, GuestKind
from cordee.directory.models import Absence
from cordee.fleet import services as fleet
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.refusal import Refusal
from cordee.visits import booking as visits
from cordee.visits.models import Visit

MIN = timedelta(minutes=1)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _confirm(held: Appointment, *, now: object = NOW) -> Visit:
    return visits.confirm(appointment=held, actor=OPERATOR, now=now)  # type: ignore[arg-type]


def test_a_hold_keeps_kiosk_with_turnover_and_agent_for_five_minutes(opened: World) -> None:
    held = hold(opened)

    assert held.hold_ends_at == NOW + 5 * MIN
    cells = HeldCell.objects.filter(appointment=held)
    assert cells.filter(seat_kind="agent", seat_id=opened.agent.pk).count() == 6
    assert cells.filter(seat_kind="kiosk", seat_id=held.kiosk_id).count() == 8


def test_a_confirmed_hold_has_a_code_and_a_visit_once(opened: World) -> None:
    held = hold(opened)

    visit = _confirm(held)
    again = _confirm(held)

    assert again == visit
    held.refresh_from_db()
    assert held.hold_ends_at is None
    assert len(held.code or "") == 8
    assert Entry.objects.filter(verb="booked").count() == 1


def test_the_next_booking_breaks_a_hold_that_ran_out(opened: World) -> None:
    first = hold(opened, agent=opened.agent)

    with pytest.raises(refusals.SlotTaken):
        hold(opened, agent=opened.agent, now=NOW + 4 * MIN)
    second = hold(opened, agent=opened.agent, now=NOW + 5 * MIN)

    assert _confirm(second, now=NOW + 6 * MIN).pk
    with pytest.raises(refusals.HoldExpired):
        _confirm(first, now=NOW + 6 * MIN)


def test_a_hold_that_ran_out_is_still_confirmed_when_nobody_took_the_hour(opened: World) -> None:
    held = hold(opened)

    assert _confirm(held, now=NOW + 20 * MIN).pk
    assert holding.break_expired(now=NOW + 30 * MIN) == 0


def test_holds_that_ran_out_are_swept(opened: World) -> None:
    held = hold(opened)

    assert holding.break_expired(now=NOW + 4 * MIN) == 0
    assert holding.break_expired(now=NOW + 5 * MIN) == 1
    assert holding.break_expired(now=NOW + 5 * MIN) == 0
    assert not HeldCell.objects.exists()
    with pytest.raises(refusals.HoldExpired):
        _confirm(held, now=NOW + 6 * MIN)


def test_a_hold_let_go_is_free_at_once_and_an_appointment_is_none(opened: World) -> None:
    held = hold(opened, agent=opened.agent)

    assert services.release(appointment=held, actor=OPERATOR, now=NOW)
    assert not services.release(appointment=held, actor=OPERATOR, now=NOW)
    visit = booked(opened, agent=opened.agent)
    assert not services.release(appointment=visit.appointment, actor=OPERATOR, now=NOW)


def test_the_same_key_gets_the_same_appointment(opened: World) -> None:
    citizen = someone()

    first = hold(opened, citizen=citizen, key="k1")
    again = hold(opened, citizen=citizen, key="k1", now=NOW + MIN)

    assert again == first
    assert Appointment.objects.count() == 1
    with pytest.raises(refusals.KeyReused):
        hold(opened, TEN + 60 * MIN, citizen=citizen, key="k1")


def test_the_same_person_is_not_booked_twice_for_a_reason(opened: World) -> None:
    visit = booked(opened, citizen=someone("Élodie Roux", phone="06 12 34 56 78"))

    with pytest.raises(refusals.AlreadyBooked) as refused:
        hold(opened, TEN + 60 * MIN, citizen=someone("elodie roux", phone="+33612345678"))

    assert refused.value.appointment == visit.appointment
    services.cancel(appointment=visit.appointment, actor=OPERATOR, now=NOW)
    assert hold(opened, citizen=someone("Élodie Roux", phone="0612345678")).pk


def test_another_hour_in_another_tab_lets_the_first_go(opened: World) -> None:
    citizen = someone()
    first = hold(opened, citizen=citizen)
    second = hold(opened, TEN + 60 * MIN, citizen=citizen)

    with pytest.raises(refusals.HoldReplaced):
        _confirm(first)
    assert _confirm(second).pk
    assert HeldCell.objects.filter(appointment=first).count() == 0


def test_someone_whose_visit_is_over_may_come_again(opened: World) -> None:
    citizen = someone()
    booked(opened, citizen=citizen)

    assert hold(opened, TEN + 60 * MIN, citizen=citizen, now=TEN + 40 * MIN).pk


def test_two_people_of_one_name_without_a_contact_are_two(opened: World) -> None:
    booked(opened, citizen=Citizen("Jean Martin"))

    assert booked(opened, TEN + 60 * MIN, citizen=Citizen("Jean Martin")).pk


def test_appointments_are_spread_fairly_and_the_same_way_each_time(opened: World) -> None:
    second, third = another_agent(opened), another_agent(opened)
    for hour in range(5):
        booked(opened, TEN + hour * 60 * MIN, now=NOW + hour * MIN)

    found = Appointment.objects.order_by("starts_at").values_list("agent", flat=True)
    mine = opened.agent.pk
    assert list(found) == [mine, second.pk, third.pk, mine, second.pk]


def test_the_next_week_begins_with_who_was_booked_least_recently(opened: World) -> None:
    second = another_agent(opened)
    booked(opened)
    week = timedelta(weeks=1)

    assert booked(opened, TEN + week, now=NOW + MIN).appointment.agent == second
    assert booked(opened, TEN + 2 * week, now=NOW + 2 * MIN).appointment.agent == opened.agent


def test_a_named_agent_is_booked_though_others_have_less(opened: World) -> None:
    another_agent(opened)
    for hour in range(3):
        visit = booked(opened, TEN + hour * 60 * MIN, agent=opened.agent)
        assert visit.appointment.agent == opened.agent


def test_a_guest_of_ours_is_held_too_and_free_again_with_it(opened: World) -> None:
    second = another_agent(opened)
    seat = GuestWish(GuestKind.SECOND_AGENT, agent_id=second.pk)
    visit = booked(opened, guests=[seat])

    assert HeldCell.objects.filter(seat_kind="agent", seat_id=second.pk).count() == 6
    with pytest.raises(refusals.SlotTaken):
        hold(opened, agent=second)
    services.cancel(appointment=visit.appointment, actor=OPERATOR, now=NOW)
    assert hold(opened, agent=second).pk


def test_an_interpreter_of_the_partners_own_sits_in_and_receives_nobody(opened: World) -> None:
    interpreter = interpreting(another_agent(opened), "uk")
    booked(opened, TEN + 60 * MIN)  # So the interpreter has fewer minutes than the only agent.
    seat = GuestWish(GuestKind.INTERPRETER, language="uk")

    visit = booked(opened, guests=[seat])

    assert visit.appointment.agent == opened.agent
    assert visit.appointment.guests.get().agent == interpreter
    with pytest.raises(refusals.SlotTaken):
        hold(opened)
    with pytest.raises(refusals.AgentUnfit):
        hold(opened, TEN + 180 * MIN, agent=interpreter)


def test_an_interpreter_brought_along_is_a_name_only(opened: World) -> None:
    seat = GuestWish(GuestKind.INTERPRETER, name="Samir", contact="06 12 34 56 78")
    held = hold(opened, guests=[seat])

    (kept,) = GuestSeat.objects.filter(appointment=held)
    assert (kept.agent, kept.name, kept.contact) == (None, "Samir", "+33612345678")
    with pytest.raises(refusals.GuestMissing):
        hold(opened, guests=[GuestWish(GuestKind.SECOND_AGENT)])


def test_a_protected_person_comes_with_who_answers_for_them(opened: World) -> None:
    child = Citizen("Léa", is_protected=True)
    with pytest.raises(ResponsibleMissing):
        hold(opened, citizen=child)

    held = hold(opened, citizen=Citizen("Léa", is_protected=True, responsible="Ana Roux"))

    (seat,) = GuestSeat.objects.filter(appointment=held)
    assert (seat.kind, seat.name) == (GuestKind.GUARDIAN, "Ana Roux")


def test_an_address_and_a_number_go_to_their_columns(opened: World) -> None:
    by_mail = hold(opened, citizen=Citizen("Ana", ContactKind.EMAIL, "Ana@Exemple.fr"))
    by_phone = hold(opened, TEN + 60 * MIN, citizen=someone(phone="0612345678"))

    assert (by_mail.citizen_email, by_mail.citizen_phone) == ("ana@exemple.fr", "")
    assert (by_phone.citizen_email, by_phone.citizen_phone) == ("", "+33612345678")


def test_an_appointment_keeps_the_room_that_its_reason_had_when_it_was_booked(
    opened: World,
) -> None:
    room = "https://visio.allocations.example/salle-5"
    opened.reason.video_url = room
    opened.reason.save(update_fields=["video_url"])
    before = booked(opened).appointment
    opened.reason.video_url = ""
    opened.reason.save(update_fields=["video_url"])

    before.refresh_from_db()
    assert before.video_url == room
    assert booked(opened, TEN + timedelta(hours=2)).appointment.video_url == ""


def test_code_and_name_find_an_appointment_and_nothing_else_does(opened: World) -> None:
    appointment = booked(opened, citizen=someone("Élodie Roux")).appointment
    appointment.refresh_from_db()
    code = appointment.code or ""

    found = appointment_by_code(code=f"{code[:4]} {code[4:].lower()}", name="elodie roux")

    assert found == appointment
    assert appointment_by_code(code=code, name="Élodie") is None
    assert appointment_by_code(code="22222222", name="Élodie Roux") is None
    assert appointment_by_code(code="", name="") is None
    assert appointment_by_code(code=code, name="") is None


def test_a_move_takes_the_new_hour_gives_the_old_back_and_keeps_the_code(opened: World) -> None:
    visit = booked(opened, agent=opened.agent)
    code = Appointment.objects.get().code

    # Fifteen minutes later overlaps the old hour of the same agent.
    moved = visits.move(
        visit=visit, site=opened.site, starts_at=TEN + 15 * MIN, actor=OPERATOR, now=NOW
    )

    assert moved.appointment.code == code
    assert moved.appointment.moved_from == visit.appointment
    visit.refresh_from_db()
    assert (visit.state, moved.state) == ("cancelled", "booked")
    assert not HeldCell.objects.filter(appointment=visit.appointment).exists()
    assert HeldCell.objects.filter(appointment=moved.appointment).count() == 14
    with pytest.raises(refusals.AppointmentOver):
        visits.move(visit=visit, site=opened.site, starts_at=TEN, actor=OPERATOR, now=NOW)


def test_a_move_to_a_taken_hour_changes_nothing(opened: World) -> None:
    visit = booked(opened)
    booked(opened, TEN + 60 * MIN)
    before = set(HeldCell.objects.values_list("pk", flat=True))

    with pytest.raises(refusals.SlotTaken):
        visits.move(
            visit=visit, site=opened.site, starts_at=TEN + 60 * MIN, actor=OPERATOR, now=NOW
        )

    visit.refresh_from_db()
    assert visit.state == "booked"
    assert set(HeldCell.objects.values_list("pk", flat=True)) == before


def test_the_desk_notes_who_came_and_who_did_not(opened: World) -> None:
    appointment = booked(opened).appointment

    with pytest.raises(refusals.AppointmentOver):
        services.note_no_show(appointment=appointment, actor=OPERATOR, now=TEN - MIN)
    services.note_no_show(appointment=appointment, actor=OPERATOR, now=TEN + 20 * MIN)
    services.check_in(appointment=appointment, actor=OPERATOR, now=TEN + 21 * MIN)

    appointment.refresh_from_db()
    assert appointment.no_show_at is None
    assert appointment.checked_in_at == TEN + 21 * MIN
    services.cancel(appointment=appointment, actor=OPERATOR, now=TEN + 22 * MIN)
    with pytest.raises(refusals.AppointmentOver):
        services.check_in(appointment=appointment, actor=OPERATOR, now=TEN + 23 * MIN)


def _close_reason(world: World) -> None:
    world.reason.is_open = False


def _wait_two_hours(world: World) -> None:
    world.reason.notice_h = 3


def _near_only(world: World) -> None:
    world.reason.horizon_days = 0


def _elsewhere(world: World) -> None:
    world.reason.sites.add(another_site(world)[0])


def _no_kiosk(world: World) -> None:
    for box in (world.box, world.other_box):
        fleet.revoke(kiosk=box.kiosk, actor=OPERATOR, now=NOW)


def _away(world: World) -> None:
    Absence.objects.create(agent=world.agent, starts_at=NOW, ends_at=TEN + 5 * MIN)


def _nothing(_world: World) -> None:
    pass


@pytest.mark.parametrize(
    ("change", "minutes", "code"),
    [
        (_nothing, -120, "slot_started"),
        (_nothing, 2, "slot_misaligned"),
        (_nothing, 10 * 60, "site_closed"),
        (_nothing, 365 * 24 * 60, "slot_too_far"),
        (_close_reason, 0, "reason_closed"),
        (_wait_two_hours, 0, "slot_too_soon"),
        (_near_only, 0, "slot_too_far"),
        (_elsewhere, 0, "reason_not_here"),
        (_no_kiosk, 0, "kiosk_not_ready"),
        (_away, 0, "nobody_there"),
    ],
)
def test_each_bad_hour_has_its_own_answer_and_nothing_is_written(
    opened: World, change: Callable[[World], None], minutes: int, code: str
) -> None:
    change(opened)

    with pytest.raises(Refusal) as refused:
        hold(opened, TEN + minutes * MIN)

    assert refused.value.code == code
    assert refused.value.message
    assert not Appointment.objects.exists()


def test_an_agent_of_another_partner_or_without_the_language_is_refused(opened: World) -> None:
    with pytest.raises(refusals.ReasonElsewhere):
        hold(opened, agent=opened.stranger)
    with pytest.raises(refusals.AgentUnfit):
        hold(opened, agent=opened.agent, language="it")


def test_a_long_key_is_a_key_too(opened: World) -> None:
    citizen = someone()
    first = hold(opened, citizen=citizen, key="k" * 300)

    assert hold(opened, citizen=citizen, key="k" * 300) == first
