from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World, make_user
from opened import booked, open_world, someone

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.appointments import absences, calls, cascade, services, to_call
from cordee.appointments.citizens import said_phone
from cordee.appointments.models import Appointment, Proposal
from cordee.appointments.rules import ProposalKind
from cordee.appointments.untold import Change, untold_at
from cordee.directory import mandates
from cordee.directory.models import Absence
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.notices.models import Notice
from cordee.notices.queries import about
from cordee.notices.rules import NoticeState
from cordee.territory.models import SiteClosure
from cordee.visits import booking as visits

DAY = timedelta(days=1)
AWAY = Period(TEN, TEN + timedelta(hours=1))


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


@pytest.fixture
def manager(opened: World) -> User:
    found = make_user("direction@demo.invalid", Role.MANAGER, "Madame Faure")
    mandates.appoint_manager(user=found, partner=opened.partner, actor=OPERATOR, now=NOW)
    return found


def _call(opened: World) -> Appointment:
    """A visit that the agent, who is there, holds by telephone."""
    citizen = someone("Lucie", phone="0612345678")
    visit = booked(opened, citizen=citizen, agent=opened.agent)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)
    telephone = Proposal.objects.get(kind=ProposalKind.TELEPHONE)
    visits.choose(proposal=telephone, actor=OPERATOR, now=NOW)
    return visit.appointment


def _asked_of_others(row: Appointment) -> list[tuple[str, str]]:
    found = Notice.objects.filter(subject_id=str(row.pk), key__contains=" by telephone ")
    return list(found.values_list("to", "state"))


def _told_of(row: Appointment) -> list[tuple[str, str]]:
    """Whom of the staff was told what of the call, oldest first."""
    found = [each for each in about("appointment", str(row.pk)) if to_call.TITLE in each.title]
    return [(each.to, each.text) for each in found]


def test_calls_that_an_absence_would_leave_to_others_are_those_of_its_hours(
    opened: World, manager: User
) -> None:
    row = _call(opened)
    before = Period(NOW, TEN)
    assert calls.calls_left(opened.agent, before, now=NOW) == []
    assert calls.calls_left(opened.agent, AWAY, now=NOW) == [row]
    assert calls.calls_left(opened.agent, None, now=NOW) == [row]
    assert calls.calls_left(opened.agent, AWAY, now=row.ends_at) == []
    Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)
    assert calls.calls_left(opened.agent, AWAY, now=NOW) == []


def test_a_manager_is_asked_once_about_a_call_whose_agent_falls_out_later(
    opened: World, manager: User
) -> None:
    row = _call(opened)
    cascade.sweep(now=NOW)
    assert _asked_of_others(row) == []
    Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)

    for _ in range(2):
        assert cascade.sweep(now=NOW) == 0

        assert _asked_of_others(row) == [(manager.email, "waiting")]


def test_a_manager_is_asked_at_once_when_the_absence_is_noted(opened: World, manager: User) -> None:
    row = _call(opened)

    absences.note_absence(agent=opened.agent, period=AWAY, note="", actor=OPERATOR, now=NOW)

    assert _asked_of_others(row) == [(manager.email, "waiting")]


def test_a_manager_is_asked_at_once_when_the_account_is_closed(
    opened: World, manager: User
) -> None:
    row = _call(opened)
    User.objects.filter(pk=opened.agent.user_id).update(is_active=False)

    cascade.fall_out_of_account(agent=opened.agent, now=NOW)

    assert _asked_of_others(row) == [(manager.email, "waiting")]


def test_a_call_whose_hour_is_over_is_asked_of_nobody(opened: World, manager: User) -> None:
    row = _call(opened)
    Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)

    cascade.sweep(now=row.ends_at)

    assert _asked_of_others(row) == []
    assert manager.is_active


def test_a_call_follows_the_agent_who_is_back_and_away_again(opened: World, manager: User) -> None:
    row = _call(opened)
    absence = Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)
    cascade.sweep(now=NOW)
    Notice.objects.filter(to=manager.email).update(state=NoticeState.SENT)
    Absence.objects.filter(pk=absence.pk).update(starts_at=AWAY.end, ends_at=AWAY.end + DAY)

    for _ in range(2):
        cascade.sweep(now=NOW)

        first, *_, again, done = _told_of(row)
        assert first[0] == again[0] == opened.agent.user.email
        assert "c’est de nouveau à vous d’appeler Lucie" in again[1]
        assert done[0] == manager.email
        assert "et appellera Lucie : vous n’avez plus besoin de trouver quelqu’un" in done[1]
        assert len(_told_of(row)) == 4

    Absence.objects.filter(pk=absence.pk).update(starts_at=AWAY.start, ends_at=AWAY.end)
    for _ in range(2):
        cascade.sweep(now=NOW)

        assert len(_told_of(row)) == 5
        assert _told_of(row)[-1][0] == manager.email
        assert "demandez à quelqu’un d’appeler" in _told_of(row)[-1][1]


def test_a_manager_who_was_not_reached_hears_nothing_of_an_agent_who_is_back(
    opened: World, manager: User
) -> None:
    row = _call(opened)
    absence = Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)
    cascade.sweep(now=NOW)
    absence.delete()

    cascade.sweep(now=NOW)

    assert _asked_of_others(row) == [(manager.email, "dropped")]
    assert [to for to, _ in _told_of(row) if to == manager.email] == [manager.email]


def test_an_hour_that_the_agent_gave_back_stays_with_the_others(
    opened: World, manager: User
) -> None:
    visit = booked(opened, agent=opened.agent)
    absences.note_absence(agent=opened.agent, period=AWAY, note="", actor=OPERATOR, now=NOW)
    visits.choose(proposal=Proposal.objects.get(kind="telephone"), actor=OPERATOR, now=NOW)
    Notice.objects.filter(to=manager.email).update(state=NoticeState.SENT)
    told = _told_of(visit.appointment)

    absences.remove_absence(absence=Absence.objects.get(), actor=OPERATOR, now=NOW)
    cascade.sweep(now=NOW)

    assert calls.calls_of(opened.agent, now=NOW) == []
    assert calls.calls_without_agent(opened.partner, now=NOW) == [visit.appointment]
    assert _told_of(visit.appointment) == told


def test_whom_the_desk_has_told_hears_that_the_agent_calls_after_all(opened: World) -> None:
    row = _call(opened)
    absence = absences.note_absence(
        agent=opened.agent, period=AWAY, note="", actor=OPERATOR, now=NOW
    )
    services.note_told(appointment_id=row.pk, contact="", actor=OPERATOR, now=NOW)
    assert untold_at(opened.site, since=NOW) == []

    absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    (one,) = untold_at(opened.site, since=NOW)
    assert (one.change, one.contact, one.partner) == (Change.CALLED, "", opened.partner.label)
    assert calls.calls_of(opened.agent, now=NOW) == [row]
    services.note_told(appointment_id=row.pk, contact="", actor=OPERATOR, now=NOW)
    cascade.sweep(now=NOW)
    assert untold_at(opened.site, since=NOW) == []


def test_what_was_told_long_ago_may_be_purged_while_the_call_is_to_come(
    opened: World, manager: User
) -> None:
    row = _call(opened)
    for _ in range(2):
        absence = Absence.objects.create(agent=opened.agent, starts_at=TEN, ends_at=AWAY.end)
        cascade.sweep(now=NOW)
        about("appointment", str(row.pk))[0].delete()
        absence.delete()
        cascade.sweep(now=NOW)

        assert _told_of(row)[-1][0] == opened.agent.user.email


def test_without_a_manager_the_desk_of_the_site_sees_to_the_call_until_the_agent_is_back(
    opened: World,
) -> None:
    row = _call(opened)
    absence = Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)
    cascade.sweep(now=NOW)

    (one,) = untold_at(opened.site, since=NOW)

    assert (one.key, one.change, one.contact) == (row.pk, Change.TO_CALL, "")
    assert (one.phone, one.partner) == ("+33612345678", opened.partner.label)
    Absence.objects.filter(pk=absence.pk).update(starts_at=AWAY.end, ends_at=AWAY.end + DAY)
    assert untold_at(opened.site, since=NOW) == []


def test_a_call_that_the_desk_has_seen_to_does_not_come_back(opened: World) -> None:
    row = _call(opened)
    Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)
    cascade.sweep(now=NOW)
    assert [one.key for one in untold_at(opened.site, since=NOW)] == [row.pk]
    services.note_told(appointment_id=row.pk, contact="", actor=OPERATOR, now=NOW)

    cascade.sweep(now=NOW)

    assert untold_at(opened.site, since=NOW) == []


def test_when_every_manager_who_was_asked_has_left_the_next_one_is_asked(
    opened: World, manager: User
) -> None:
    row = _call(opened)
    absence = Absence.objects.create(agent=opened.agent, starts_at=AWAY.start, ends_at=AWAY.end)
    cascade.sweep(now=NOW)
    Notice.objects.filter(to=manager.email).update(state=NoticeState.SENT)
    mandates.dismiss_manager(user=manager, partner=opened.partner, actor=OPERATOR, now=NOW)
    following = make_user("suite@demo.invalid", Role.MANAGER, "Monsieur Roux")
    mandates.appoint_manager(user=following, partner=opened.partner, actor=OPERATOR, now=NOW)

    for _ in range(2):
        cascade.sweep(now=NOW)

        assert _asked_of_others(row) == [(manager.email, "sent"), (following.email, "waiting")]

    Notice.objects.filter(to=following.email).update(state=NoticeState.SENT)
    absence.delete()
    cascade.sweep(now=NOW)

    told = _told_of(row)
    assert [to for to, _ in told[-2:]] == [opened.agent.user.email, following.email]
    assert [to for to, _ in told].count(manager.email) == 1


def test_when_the_only_manager_has_left_the_desk_sees_to_the_call(
    opened: World, manager: User
) -> None:
    row = _call(opened)
    absences.note_absence(agent=opened.agent, period=AWAY, note="", actor=OPERATOR, now=NOW)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert untold_at(opened.site, since=NOW) == []

    for _ in range(2):
        cascade.sweep(now=NOW)

        assert [one.key for one in untold_at(opened.site, since=NOW)] == [row.pk]
        assert calls.calls_without_agent(opened.partner, now=NOW) == [row]


def test_who_is_away_already_when_the_telephone_is_chosen_leaves_the_call_to_the_desk(
    opened: World,
) -> None:
    booked(opened, agent=opened.agent)
    absences.note_absence(agent=opened.agent, period=AWAY, note="", actor=OPERATOR, now=NOW)
    telephone = Proposal.objects.get(kind=ProposalKind.TELEPHONE)

    visits.choose(proposal=telephone, actor=OPERATOR, now=NOW)

    assert [one.change for one in untold_at(opened.site, since=NOW)] == [Change.TO_CALL]


def test_when_the_agent_is_away_a_call_is_asked_of_who_leads_them(
    opened: World, manager: User
) -> None:
    visit = booked(opened, agent=opened.agent)
    Absence.objects.create(agent=opened.agent, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)
    telephone = Proposal.objects.get(kind=ProposalKind.TELEPHONE)

    visits.choose(proposal=telephone, actor=OPERATOR, now=NOW)

    asked = Notice.objects.get(key__contains=" by telephone")
    assert asked.to == manager.email
    assert opened.agent.label in asked.text
    assert said_phone(visit.appointment.citizen_phone) in asked.text
