from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from factories import NOW, TEN, World
from opened import ELEVEN, NEXT_DAY, another_agent, booked, interpreting, open_world, someone

from cordee.appointments import cascade
from cordee.appointments.models import Appointment, HeldCell, Proposal
from cordee.appointments.stand_ins import (
    NothingToTakeOver,
    StandInAway,
    StandInBusy,
    StandInUnfit,
    plans,
    to_take_over,
)
from cordee.directory import openings
from cordee.directory.mandates import AgentClosed
from cordee.directory.mandates import let_go as close
from cordee.directory.models import Absence, Agent
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.live.watch import concerned
from cordee.notices.models import Notice
from cordee.notices.rules import NoticeState
from cordee.visits import stand_ins
from cordee.visits.models import Visit
from cordee.visits.rules import VisitState
from cordee.visits.services import cancel

WITHIN_S = 20
DAY = Period(NOW, NOW + timedelta(hours=10))


@pytest.fixture
def open_day(world: World) -> World:
    return open_world(world)


def take_over(visit: Visit, agent: Agent) -> None:
    chosen = {visit.appointment_id: agent}
    stand_ins.take_over(chosen=chosen, actor=OPERATOR, now=NOW)


def away(agent: Agent, period: Period = DAY) -> Absence:
    absence = openings.add_absence(agent=agent, period=period, actor=OPERATOR, now=NOW)
    cascade.fall_out_of(absence=absence, now=NOW)
    return absence


def cells(visit: Visit, agent: Agent) -> int:
    held = HeldCell.objects.filter(appointment=visit.appointment_id, seat_kind="agent")
    return held.filter(seat_id=agent.pk).count()


def agent_of(visit: Visit) -> int:
    return Appointment.objects.get(pk=visit.appointment_id).agent_id


def written(visit: Visit, act: str) -> list[str]:
    about = Notice.objects.filter(subject_id=str(visit.appointment_id), key__contains=f" {act} ")
    return [notice.to for notice in about.order_by("pk")]


def test_a_stand_in_takes_hour_cells_and_journal_and_the_visit_stays(open_day: World) -> None:
    visit = booked(open_day, agent=open_day.agent)
    other = another_agent(open_day)
    count = cells(visit, open_day.agent)
    take_over(visit, other)
    assert agent_of(visit) == other.pk
    assert cells(visit, other) == count == 6
    assert cells(visit, open_day.agent) == 0
    entry = Entry.objects.get(verb="stood_in")
    assert (entry.detail["agent"], entry.detail["before"]) == (other.pk, open_day.agent.pk)
    assert concerned([entry], now=NOW) == {visit.appointment.kiosk.public_id}
    visit.refresh_from_db()
    assert visit.state == VisitState.BOOKED
    # The hour of the first is free again.
    assert booked(open_day, agent=open_day.agent).appointment.starts_at == TEN


def test_people_are_told_once_and_taking_over_twice_is_once(open_day: World) -> None:
    visit = booked(open_day, agent=open_day.agent, citizen=someone(phone="0612345678"))
    other = another_agent(open_day)
    for _ in range(2):
        take_over(visit, other)
    told = written(visit, "stood in")
    assert len(told) == 2
    assert told[1] == other.user.email
    assert Entry.objects.filter(verb="stood_in").count() == 1


def test_after_an_absence_people_hear_that_it_is_kept_and_are_reminded_again(
    open_day: World,
) -> None:
    at = TEN + timedelta(days=7)
    visit = booked(open_day, at, agent=open_day.agent)
    other = another_agent(open_day)
    away(open_day.agent, Period(at - timedelta(hours=1), at + timedelta(hours=3)))
    assert Proposal.objects.filter(appointment=visit.appointment).exists()
    reminders = Notice.objects.filter(
        subject_id=str(visit.appointment_id), key__contains=" reminder "
    )
    assert {notice.state for notice in reminders} == {NoticeState.DROPPED}
    take_over(visit, other)
    assert not Proposal.objects.filter(appointment=visit.appointment).exists()
    assert {notice.state for notice in reminders.all()} == {NoticeState.WAITING}
    touched = Notice.objects.filter(key__contains=" touched ", subject_id=visit.appointment_id)
    assert {notice.state for notice in touched} == {NoticeState.DROPPED}
    assert len(written(visit, "kept")) == 2
    assert cascade.sweep(now=NOW) == 0


def test_a_stand_in_speaks_the_language_that_was_asked_for(open_day: World) -> None:
    visit = booked(open_day, agent=open_day.agent)
    Appointment.objects.filter(pk=visit.appointment_id).update(spoken="it")
    mute, fluent = another_agent(open_day), another_agent(open_day)
    Agent.objects.filter(pk=fluent.pk).update(languages=["fr", "it"])
    fluent.refresh_from_db()
    away(open_day.agent)
    (plan,) = plans(to_take_over(open_day.partner, now=NOW), now=NOW)
    assert (list(plan.able), plan.proposed) == ([fluent], fluent)
    with pytest.raises(StandInUnfit, match="langue"):
        take_over(visit, mute)
    take_over(visit, fluent)
    assert agent_of(visit) == fluent.pk


def test_an_interpreter_is_no_stand_in(open_day: World) -> None:
    visit = booked(open_day, agent=open_day.agent)
    interpreter = interpreting(another_agent(open_day), "fr", "it")
    away(open_day.agent)
    (plan,) = plans(to_take_over(open_day.partner, now=NOW), now=NOW)
    assert (list(plan.able), plan.proposed) == ([], None)
    with pytest.raises(StandInUnfit):
        take_over(visit, interpreter)


def test_whoever_cannot_is_refused_and_nothing_is_written(open_day: World) -> None:
    visit = booked(open_day, agent=open_day.agent)
    open_day.reason.skill = "logement"
    open_day.reason.save()
    busy, gone, absent = (another_agent(open_day) for _ in range(3))
    unskilled = another_agent(open_day)
    for agent in (busy, gone, absent):
        Agent.objects.filter(pk=agent.pk).update(skills=["logement"])
        agent.refresh_from_db()
    booked(open_day, agent=busy)
    close(agent=gone, actor=OPERATOR, now=NOW)
    gone.user.refresh_from_db()
    away(absent)
    refused = {
        unskilled: StandInUnfit,
        open_day.stranger: StandInUnfit,
        busy: StandInBusy,
        gone: AgentClosed,
        absent: StandInAway,
    }
    for agent, refusal in refused.items():
        with pytest.raises(refusal):
            take_over(visit, agent)
    assert agent_of(visit) == open_day.agent.pk
    assert cells(visit, open_day.agent) == 6
    assert not Entry.objects.filter(verb="stood_in").exists()


def test_the_database_refuses_who_is_busy_though_the_look_did_not_see_it(
    open_day: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (
        booked(open_day, agent=open_day.agent),
        booked(open_day, agent=another_agent(open_day)),
    )
    busy = Agent.objects.get(pk=second.appointment.agent_id)
    # As when the other was booked between the look and the writing.
    monkeypatch.setattr("cordee.appointments.stand_ins.check_free", lambda *_: None)
    with pytest.raises(StandInBusy):
        take_over(first, busy)
    assert agent_of(first) == open_day.agent.pk


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_one_stand_in_at_once_one_is_refused(committed: World) -> None:
    world = open_world(committed)
    second_agent, wanted = another_agent(world), another_agent(world)
    visits = [booked(world, agent=world.agent), booked(world, agent=second_agent)]
    together = Barrier(len(visits))

    def race(visit: Visit) -> str:
        try:
            together.wait(WITHIN_S)
            take_over(visit, wanted)
        except StandInBusy:
            return "busy"
        finally:
            connections.close_all()
        return "taken"

    with ThreadPoolExecutor(len(visits)) as pool:
        assert sorted(pool.map(race, visits)) == ["busy", "taken"]
    assert HeldCell.objects.filter(seat_kind="agent", seat_id=wanted.pk).count() == 6
    assert [agent_of(visit) for visit in visits].count(wanted.pk) == 1


def test_all_are_taken_over_or_none(open_day: World) -> None:
    first = booked(open_day, agent=open_day.agent)
    second = booked(open_day, ELEVEN, agent=open_day.agent)
    other = another_agent(open_day)
    booked(open_day, ELEVEN, agent=other)
    chosen = {first.appointment_id: other, second.appointment_id: other}
    with pytest.raises(StandInBusy):
        stand_ins.take_over(chosen=chosen, actor=OPERATOR, now=NOW)
    assert {agent_of(first), agent_of(second)} == {open_day.agent.pk}
    assert not Notice.objects.filter(key__contains="stood in").exists()


@pytest.mark.parametrize("state", [VisitState.LIVE, VisitState.ENDED])
def test_a_visit_that_has_begun_is_not_taken_over(open_day: World, state: VisitState) -> None:
    visit = booked(open_day, agent=open_day.agent)
    Visit.objects.filter(pk=visit.pk).update(state=state)
    with pytest.raises(NothingToTakeOver):
        take_over(visit, another_agent(open_day))


def test_what_is_cancelled_or_past_is_not_taken_over(open_day: World) -> None:
    visit, other = booked(open_day, agent=open_day.agent), another_agent(open_day)
    chosen = {visit.appointment_id: other}
    with pytest.raises(NothingToTakeOver):
        stand_ins.take_over(chosen=chosen, actor=OPERATOR, now=TEN)
    cancel(visit=visit, actor=OPERATOR, now=NOW)
    with pytest.raises(NothingToTakeOver):
        take_over(visit, other)


def test_plans_name_who_can_and_propose_nobody_twice_for_one_time(open_day: World) -> None:
    one, two = another_agent(open_day, label="A"), another_agent(open_day, label="B")
    gone = another_agent(open_day, label="C")
    visits = [booked(open_day, agent=open_day.agent), booked(open_day, agent=gone)]
    away(open_day.agent)
    close(agent=gone, actor=OPERATOR, now=NOW)
    found = plans(to_take_over(open_day.partner, now=NOW), now=NOW)
    assert [plan.appointment.pk for plan in found] == [visit.appointment_id for visit in visits]
    assert [{agent.pk for agent in plan.able} for plan in found] == [{one.pk, two.pk}] * 2
    proposed = {plan.proposed.pk for plan in found if plan.proposed is not None}
    assert proposed == {one.pk, two.pk}
    assert to_take_over(open_day.stranger.partner, now=NOW) == []


def test_nobody_is_proposed_when_nobody_can(open_day: World) -> None:
    booked(open_day, agent=open_day.agent)
    away(open_day.agent)
    [plan] = plans(to_take_over(open_day.partner, now=NOW), now=NOW)
    assert (list(plan.able), plan.proposed) == ([], None)


def test_an_absence_with_a_stand_in_tells_people_one_thing(open_day: World) -> None:
    kept = booked(open_day, agent=open_day.agent)
    lost = booked(open_day, ELEVEN, agent=open_day.agent)
    other = another_agent(open_day)
    stand_ins.note_absence(
        agent=open_day.agent,
        period=DAY,
        note="",
        chosen={kept.appointment_id: other},
        actor=OPERATOR,
        now=NOW,
    )
    assert agent_of(kept) == other.pk
    told = Notice.objects.filter(subject_id=str(kept.appointment_id))
    assert not told.filter(key__contains=" touched ").exists()
    assert Proposal.objects.filter(appointment=lost.appointment).exists()
    assert written(lost, "stood in") == []


def test_an_absence_whose_stand_in_cannot_is_not_noted(open_day: World) -> None:
    visit = booked(open_day, agent=open_day.agent)
    with pytest.raises(StandInUnfit):
        stand_ins.note_absence(
            agent=open_day.agent,
            period=DAY,
            note="",
            chosen={visit.appointment_id: open_day.stranger},
            actor=OPERATOR,
            now=NOW,
        )
    assert not Absence.objects.exists()
    assert not Proposal.objects.exists()


def test_whoever_leaves_leaves_stand_ins_or_proposals(open_day: World) -> None:
    kept, lost = (
        booked(open_day, agent=open_day.agent),
        booked(open_day, NEXT_DAY, agent=open_day.agent),
    )
    other = another_agent(open_day)
    stand_ins.let_go(
        agent=open_day.agent, chosen={kept.appointment_id: other}, actor=OPERATOR, now=NOW
    )
    assert agent_of(kept) == other.pk
    proposals = Proposal.objects.filter(appointment=lost.appointment)
    assert {proposal.cause for proposal in proposals} == {f"account {open_day.agent.pk}"}
    assert cascade.sweep(now=NOW) == 0
    open_day.agent.user.refresh_from_db()
    assert not open_day.agent.user.is_active
