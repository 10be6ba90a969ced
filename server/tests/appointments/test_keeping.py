"""An hour kept before anybody is named becomes theirs, and is nobody's when they go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from factories import NOW, TEN, World
from opened import another_agent, booked, hold, open_world, someone

from cordee.appointments import holding, keeping, queries, refusals, services
from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.citizens import Citizen, NameMissing
from cordee.appointments.models import Appointment, HeldCell
from cordee.appointments.rules import ContactKind, GuestKind
from cordee.directory.models import Absence
from cordee.directory.rules import INTERPRETER_SKILL
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR

pytestmark = pytest.mark.django_db

MIN = timedelta(minutes=1)
ELODIE = Citizen("Élodie Roux", ContactKind.MOBILE, "06 12 34 56 78")


@pytest.fixture
def opened(world: World) -> World:
    """One agent for the reason: an hour that is kept is gone for others."""
    return open_world(world)


def keep(world: World, starts_at: Any = TEN, *, now: Any = NOW, **asked: Any) -> Appointment:
    return keeping.keep(
        asked=Asked(reason=world.reason, **asked),
        site=world.site,
        starts_at=starts_at,
        key="k",
        actor=OPERATOR,
        now=now,
    )


def verbs() -> list[str]:
    rows = Entry.objects.filter(object_kind="appointment").order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_a_kept_hour_is_gone_for_others_until_it_runs_out(opened: World) -> None:
    kept = keep(opened)

    assert kept.hold_ends_at == NOW + 5 * MIN
    with pytest.raises(refusals.SlotTaken):
        hold(opened, now=NOW + 4 * MIN)
    assert hold(opened, now=NOW + 5 * MIN).pk != kept.pk


def test_a_kept_hour_counts_as_booked_nowhere(opened: World) -> None:
    kept = keep(opened)

    assert not Appointment.objects.confirmed().exists()
    day = (TEN - timedelta(hours=9), TEN + timedelta(hours=9))
    assert queries.between(opened.site.pk, *day) == []
    assert queries.to_come_with(kept.agent, now=NOW) == []
    assert (kept.code, kept.citizen) == (None, "")
    with pytest.raises(NameMissing):
        holding.confirm(appointment=kept, actor=OPERATOR, now=NOW)


def test_the_person_gets_the_hour_that_was_kept_and_five_minutes_more(opened: World) -> None:
    kept = keep(opened)

    held = hold(opened, citizen=ELODIE, key="k", now=NOW + 4 * MIN)

    assert held.pk == kept.pk
    held.refresh_from_db()
    assert (held.citizen, held.citizen_phone) == ("Élodie Roux", "+33612345678")
    assert held.hold_ends_at == NOW + 9 * MIN
    assert hold(opened, citizen=ELODIE, key="k", now=NOW + 4 * MIN) == held
    assert holding.confirm(appointment=held, actor=OPERATOR, now=NOW + 5 * MIN).code
    assert verbs() == ["held", "named", "booked"]


def test_the_same_key_keeps_the_same_hour_once_and_no_longer(opened: World) -> None:
    first = keep(opened)

    assert keep(opened, now=NOW + 3 * MIN) == first
    assert Appointment.objects.get().hold_ends_at == NOW + 5 * MIN


def test_another_hour_under_the_key_lets_the_first_go(opened: World) -> None:
    first = keep(opened)
    second = keep(opened, TEN + 60 * MIN)

    assert not HeldCell.objects.filter(appointment=first).exists()
    assert Appointment.objects.holding(NOW).get() == second
    assert hold(opened).pk


def test_a_kept_hour_is_let_go_once(opened: World) -> None:
    keep(opened)

    keeping.let_go("k", actor=OPERATOR, now=NOW)
    keeping.let_go("k", actor=OPERATOR, now=NOW)

    assert not HeldCell.objects.exists()
    assert verbs() == ["held", "let_go"]


def test_nobody_lets_an_appointment_go_by_its_key(opened: World) -> None:
    keep(opened)
    held = hold(opened, citizen=ELODIE, key="k")
    holding.confirm(appointment=held, actor=OPERATOR, now=NOW)

    keeping.let_go("k", actor=OPERATOR, now=NOW)

    assert Appointment.objects.confirmed().get() == held
    with pytest.raises(refusals.KeyReused):
        keep(opened, TEN + 60 * MIN)


def test_an_hour_that_ran_out_is_theirs_while_nobody_took_it(opened: World) -> None:
    kept = keep(opened)

    assert hold(opened, citizen=ELODIE, key="k", now=NOW + 20 * MIN).pk == kept.pk


def test_an_hour_that_was_swept_is_booked_anew(opened: World) -> None:
    kept = keep(opened)
    holding.break_expired(now=NOW + 6 * MIN)

    held = hold(opened, citizen=ELODIE, key="k", now=NOW + 7 * MIN)

    assert held.pk != kept.pk
    assert hold(opened, citizen=ELODIE, key="k", now=NOW + 7 * MIN) == held


def test_an_hour_that_ran_out_and_was_taken_is_refused(opened: World) -> None:
    keep(opened)
    booked(opened, now=NOW + 6 * MIN)

    with pytest.raises(refusals.SlotTaken):
        hold(opened, citizen=ELODIE, key="k", now=NOW + 7 * MIN)


def test_asking_for_another_hour_gives_up_the_one_that_was_kept(opened: World) -> None:
    kept = keep(opened)

    held = hold(opened, TEN + 15 * MIN, citizen=ELODIE, key="k")

    assert held.pk != kept.pk
    assert not HeldCell.objects.filter(appointment=kept).exists()


def test_who_is_booked_already_keeps_the_hour_and_is_told(opened: World) -> None:
    visit = booked(opened, TEN + 60 * MIN, citizen=ELODIE)
    kept = keep(opened)

    with pytest.raises(refusals.AlreadyBooked) as refused:
        hold(opened, citizen=ELODIE, key="k")

    assert refused.value.appointment == visit.appointment
    assert hold(opened, citizen=someone(), key="k").pk == kept.pk


def test_notice_counts_when_the_hour_is_chosen_and_not_again(opened: World) -> None:
    opened.reason.notice_h = 1
    opened.reason.save()
    soon = NOW + timedelta(hours=1)
    kept = keep(opened, soon)

    assert hold(opened, soon, citizen=ELODIE, key="k", now=NOW + 2 * MIN).pk == kept.pk


def test_an_agent_who_fell_out_meanwhile_gives_way_to_another(opened: World) -> None:
    kept = keep(opened)
    Absence.objects.create(agent=kept.agent, starts_at=NOW, ends_at=NOW + timedelta(days=1))

    with pytest.raises(refusals.NobodyThere):
        hold(opened, citizen=ELODIE, key="k")
    other = another_agent(opened)

    assert hold(opened, citizen=ELODIE, key="k").agent == other


def test_who_answers_for_the_person_and_an_interpreter_sit_in(opened: World) -> None:
    speaker = another_agent(opened)
    speaker.languages, speaker.skills = ["uk"], [INTERPRETER_SKILL]
    speaker.save()
    guests = (GuestWish(GuestKind.INTERPRETER, language="uk"),)
    kept = keep(opened, agent=opened.agent, guests=guests)
    child = Citizen("Léa", is_protected=True, responsible="Ana Roux")

    other = hold(opened, citizen=child, key="k", agent=opened.agent, guests=guests)

    assert other.pk == kept.pk
    assert [guest.kind for guest in other.guests.order_by("pk")] == ["interpreter", "guardian"]


def test_a_hold_of_the_same_person_gives_way(opened: World) -> None:
    first = hold(opened, TEN + 60 * MIN, citizen=ELODIE)
    keep(opened)

    held = hold(opened, citizen=ELODIE, key="k")

    assert not services.release(appointment=first, actor=OPERATOR, now=NOW)
    assert Appointment.objects.holding(NOW).get() == held
