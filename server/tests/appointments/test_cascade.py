from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import NOW, TEN, World
from opened import ELEVEN, another_agent, another_site, booked, open_world, someone

from cordee.appointments import availability, calls, cascade, refusals, services, stand_ins
from cordee.appointments.availability import GuestWish
from cordee.appointments.citizens import Citizen, ContactMalformed
from cordee.appointments.models import Appointment, HeldCell, Proposal
from cordee.appointments.outages import Outage
from cordee.appointments.rules import ContactKind, GuestKind, ProposalKind
from cordee.directory.models import Absence, Agent
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice
from cordee.territory.models import Site, SiteClosure, TravelTime
from cordee.visits import booking as visits
from cordee.visits import services as visits_services
from cordee.visits.models import Visit

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LENGTH = timedelta(minutes=30)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _kinds(visit: Visit) -> list[str]:
    return [proposal.kind for proposal in cascade.proposals_for(visit.appointment)]


def _first(visit: Visit, kind: ProposalKind) -> Proposal:
    found = cascade.proposals_for(visit.appointment)
    return next(proposal for proposal in found if proposal.kind == kind)


def test_a_closed_site_proposes_another_one_other_hours_and_the_telephone(opened: World) -> None:
    other, kiosk = another_site(opened)
    visit = booked(opened)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY / 2)

    assert cascade.sweep(now=NOW) == 1

    assert _kinds(visit) == ["site", "hour", "hour", "hour", "telephone"]
    moved = visits.choose(proposal=_first(visit, ProposalKind.SITE), actor=OPERATOR, now=NOW)
    assert moved is not None
    assert (moved.appointment.kiosk, moved.appointment.starts_at) == (kiosk, TEN)
    assert moved.appointment.kiosk.site == other
    assert cascade.proposals_for(visit.appointment) == []


def test_another_site_is_near_and_looking_costs_the_same_however_many_there_are(
    opened: World,
) -> None:
    def look(starts_at: datetime) -> tuple[int, list[int]]:
        visit = booked(opened, starts_at)
        outage = Outage(f"selftest {visit.pk}", NOW, NOW + DAY, site=opened.site.pk)
        with CaptureQueriesContext(connection) as queries:
            assert cascade.fall_out(outage=outage, now=NOW) == 1
        found = cascade.proposals_for(visit.appointment)
        visits_services.cancel(visit=visit, actor=OPERATOR, now=NOW)
        elsewhere = [each.kiosk for each in found if each.kind == ProposalKind.SITE]
        return len(queries), [kiosk.site_id for kiosk in elsewhere if kiosk is not None]

    def far(site: Site, minutes: int) -> None:
        commune = opened.site.commune
        TravelTime.objects.create(commune=commune, site=site, minutes=minutes)

    near, _ = another_site(opened)
    far(near, 60)
    count, found = look(TEN)
    assert found == [near.pk]
    for minutes in (10, 20, 30, 61, 90):
        site, _ = another_site(opened, f"Mairie {minutes}", is_open=minutes > 60)
        far(site, minutes)

    assert look(ELEVEN) == (count, [near.pk])


def test_a_revoked_kiosk_proposes_the_other_one_at_the_same_hour(opened: World) -> None:
    visit = booked(opened)
    fleet.revoke(kiosk=visit.appointment.kiosk, actor=OPERATOR, now=NOW)

    assert cascade.sweep(now=NOW) == 1

    moved = visits.choose(proposal=_first(visit, ProposalKind.KIOSK), actor=OPERATOR, now=NOW)
    assert moved is not None
    assert moved.appointment.kiosk == opened.other_box.kiosk
    assert moved.appointment.agent == visit.appointment.agent
    assert cascade.sweep(now=NOW) == 0


def test_an_absent_agent_is_replaced_at_the_same_hour_or_met_later(opened: World) -> None:
    visit = booked(opened)
    colleague = another_agent(opened)
    Absence.objects.create(agent=opened.agent, starts_at=NOW, ends_at=NOW + DAY)

    assert cascade.sweep(now=NOW) == 1

    proposal = _first(visit, ProposalKind.KIOSK)
    assert (proposal.agent, proposal.starts_at) == (colleague, TEN)


def test_the_language_that_was_asked_for_outlasts_proposals_and_moves(opened: World) -> None:
    _mute, fluent = another_agent(opened), another_agent(opened)
    Agent.objects.filter(pk=fluent.pk).update(languages=["fr", "it"])
    visit = booked(opened, language="it")
    fleet.revoke(kiosk=visit.appointment.kiosk, actor=OPERATOR, now=NOW)
    cascade.sweep(now=NOW)

    chosen = visits.choose(proposal=_first(visit, ProposalKind.KIOSK), actor=OPERATOR, now=NOW)

    assert chosen is not None
    assert (chosen.appointment.agent, chosen.appointment.spoken) == (fluent, "it")
    asked: dict[str, Any] = {"site": opened.site, "actor": OPERATOR, "now": NOW}
    moved = visits.move(visit=chosen, starts_at=TEN + HOUR, **asked)
    assert (moved.appointment.agent, moved.appointment.spoken) == (fluent, "it")
    # Whom the desk names all the same was chosen knowingly.
    named = visits.move(visit=moved, starts_at=TEN, agent=opened.agent, **asked)
    assert (named.appointment.agent, named.appointment.spoken) == (opened.agent, "")


def test_an_interpreter_who_falls_out_is_replaced_by_another(opened: World) -> None:
    first, second = another_agent(opened), another_agent(opened)
    for interpreter in (first, second):
        interpreter.skills, interpreter.languages = ["interprète"], ["ar"]
        interpreter.save()
    citizen = Citizen("Samia", language="ar")
    seat = GuestWish(GuestKind.INTERPRETER, language="ar")
    visit = booked(opened, citizen=citizen, guests=[seat], agent=opened.agent)
    assert visit.appointment.guests.get().agent == first
    Absence.objects.create(agent=first, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)

    moved = visits.choose(proposal=_first(visit, ProposalKind.KIOSK), actor=OPERATOR, now=NOW)

    assert moved is not None
    assert moved.appointment.guests.get().agent == second


def test_a_kiosk_that_failed_is_not_proposed_for_the_time_that_it_is_out(opened: World) -> None:
    visit = booked(opened)
    kiosk = visit.appointment.kiosk
    outage = Outage("selftest 1", NOW, NOW + 3 * HOUR, kiosk=kiosk.pk)
    fleet.revoke(kiosk=opened.other_box.kiosk, actor=OPERATOR, now=NOW)

    cascade.fall_out(outage=outage, now=NOW)

    assert _kinds(visit) == ["hour", "hour", "hour", "telephone"]
    hours = [_.starts_at for _ in cascade.proposals_for(visit.appointment) if _.starts_at]
    assert min(hours) >= NOW + 3 * HOUR


def test_people_are_told_once_whatever_else_falls_out(opened: World) -> None:
    citizen = Citizen(
        "Léa",
        is_protected=True,
        responsible="Ana",
        responsible_contact="ana@exemple.fr",
        referrer="Mairie",
        referrer_contact="06 99 99 99 99",
    )
    booked(opened, citizen=citizen)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY)

    cascade.sweep(now=NOW)
    cascade.sweep(now=NOW + HOUR)

    touched = Notice.objects.filter(key__contains="touched")
    told = dict(touched.values_list("to", "channel"))
    assert told == {
        "": "slip",
        "ana@exemple.fr": "email",
        "+33699999999": "sms",
        opened.agent.user.email: "email",
    }
    assert touched.count() == 4
    assert not touched.filter(text__contains=opened.reason.label).exists()
    Absence.objects.create(agent=opened.agent, starts_at=NOW, ends_at=NOW + DAY)
    assert cascade.sweep(now=NOW) == 1
    assert touched.count() == 4


def test_by_telephone_the_place_is_given_back_and_the_agent_keeps_the_hour_to_call(
    opened: World,
) -> None:
    visit = booked(opened, citizen=someone(phone="06 12 34 56 78"))
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)
    proposal = _first(visit, ProposalKind.TELEPHONE)

    assert visits.choose(proposal=proposal, actor=OPERATOR, now=NOW) is None
    assert visits.choose(proposal=proposal, actor=OPERATOR, now=NOW) is None

    visit.refresh_from_db()
    assert visit.state == "cancelled"
    asked = Notice.objects.get(title="Rendez-vous par téléphone")
    assert "06\u00a012\u00a034\u00a056\u00a078" in asked.text
    held = HeldCell.objects.filter(appointment=visit.appointment)
    assert set(held.values_list("seat_kind", "seat_id")) == {("agent", opened.agent.pk)}
    other, _ = another_site(opened)
    with pytest.raises(refusals.SlotTaken):
        booked(opened, site=other, agent=opened.agent)
    with pytest.raises(refusals.SlotTaken):
        opened.book(box=opened.other_box)
    assert calls.calls_of(opened.agent, now=TEN + LENGTH - DAY / 1440) == [visit.appointment]
    assert calls.calls_of(opened.agent, now=TEN + LENGTH) == []
    assert calls.calls_without_agent(opened.partner, now=NOW) == []
    # Who falls out later has a call that nobody makes.
    Absence.objects.create(agent=opened.agent, starts_at=TEN, ends_at=NOW + DAY)
    assert calls.calls_without_agent(opened.partner, now=NOW) == [visit.appointment]


def test_by_telephone_an_agent_who_is_away_keeps_nothing_and_a_manager_sees_the_call(
    opened: World,
) -> None:
    visit = booked(opened)
    Absence.objects.create(agent=opened.agent, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)

    visits.choose(proposal=_first(visit, ProposalKind.TELEPHONE), actor=OPERATOR, now=NOW)

    assert not HeldCell.objects.exists()
    assert calls.calls_without_agent(opened.partner, now=NOW) == [visit.appointment]
    assert calls.calls_without_agent(opened.stranger.partner, now=NOW) == []


def test_a_visit_that_took_place_all_the_same_needs_no_call(opened: World) -> None:
    visit = booked(opened)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)
    visits.choose(proposal=_first(visit, ProposalKind.TELEPHONE), actor=OPERATOR, now=NOW)

    services.reinstate(appointment=visit.appointment, now=TEN)

    assert Appointment.objects.get().cancelled_why == ""
    assert not HeldCell.objects.exists()
    assert calls.calls_of(opened.agent, now=NOW) == []


def test_who_left_no_number_says_where_to_be_called(opened: World) -> None:
    visit = booked(opened, citizen=Citizen("Élodie", ContactKind.EMAIL, "elodie@exemple.fr"))
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)
    proposal = _first(visit, ProposalKind.TELEPHONE)

    with pytest.raises(refusals.NumberMissing):
        visits.choose(proposal=proposal, phone="  ", actor=OPERATOR, now=NOW)
    with pytest.raises(ContactMalformed):
        visits.choose(proposal=proposal, phone="12", actor=OPERATOR, now=NOW)
    visit.refresh_from_db()
    proposal.refresh_from_db()
    assert (visit.state, proposal.chosen_at) == ("booked", None)
    assert visits.choose(proposal=proposal, phone="04 92 45 00 00", actor=OPERATOR, now=NOW) is None

    asked = Notice.objects.get(title="Rendez-vous par téléphone")
    assert "04\u00a092\u00a045\u00a000\u00a000" in asked.text
    visit.appointment.refresh_from_db()
    assert visit.appointment.citizen_phone == "+33492450000"
    assert visit.appointment.contact_kind == ContactKind.EMAIL


def test_a_proposal_that_somebody_else_took_leaves_everything_as_it_was(opened: World) -> None:
    visit = booked(opened)
    fleet.revoke(kiosk=visit.appointment.kiosk, actor=OPERATOR, now=NOW)
    cascade.sweep(now=NOW)
    another_agent(opened)
    booked(opened)

    with pytest.raises(refusals.SlotTaken):
        visits.choose(proposal=_first(visit, ProposalKind.KIOSK), actor=OPERATOR, now=NOW)

    visit.refresh_from_db()
    assert visit.state == "booked"
    assert Appointment.objects.confirmed().count() == 2
    assert _first(visit, ProposalKind.KIOSK).chosen_at is None


def test_what_an_outage_does_not_touch_is_left_alone(opened: World) -> None:
    booked(opened, TEN)
    SiteClosure.objects.create(site=opened.site, starts_at=TEN + LENGTH, ends_at=TEN + HOUR)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=TEN)

    assert cascade.sweep(now=NOW) == 0
    assert cascade.sweep(now=TEN + LENGTH) == 0


@pytest.mark.parametrize("meanwhile", ["cancelled", "opened again"])
def test_what_changes_while_proposals_are_looked_for_is_told_nothing(
    opened: World, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    visit = booked(opened)
    closure = SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY)
    look = availability.slots

    def look_slowly(**asked: Any) -> Any:
        if meanwhile == "cancelled":
            visits_services.cancel(visit=visit, actor=OPERATOR, now=NOW)
        else:
            SiteClosure.objects.filter(pk=closure.pk).delete()
        return look(**asked)

    monkeypatch.setattr(availability, "slots", look_slowly)

    assert cascade.sweep(now=NOW) == 0

    assert not Proposal.objects.exists()
    assert not Notice.objects.filter(key__contains="touched").exists()


def test_who_comes_in_a_wheelchair_is_proposed_no_place_with_steps(opened: World) -> None:
    steps, _ = another_site(opened, "Mairie aux marches")
    ramp, _ = another_site(opened, "Mairie de plain-pied")
    Site.objects.exclude(pk=steps.pk).update(is_wheelchair_accessible=True)
    visit = booked(opened, citizen=replace(someone(), is_wheelchair_needed=True))
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + DAY / 2)

    cascade.sweep(now=NOW)

    found = cascade.proposals_for(visit.appointment)
    places = {one.kiosk.site for one in found if one.kind == ProposalKind.SITE and one.kiosk}
    assert places == {ramp}


def test_the_seat_of_a_second_agent_who_has_left_is_given_up_with_the_first_proposal(
    opened: World,
) -> None:
    colleague = another_agent(opened)
    seat = GuestWish(GuestKind.SECOND_AGENT, colleague.pk)
    visit = booked(opened, guests=[seat], agent=opened.agent)
    colleague.user.is_active = False
    colleague.user.save()
    cascade.sweep(now=NOW)

    moved = visits.choose(proposal=_first(visit, ProposalKind.KIOSK), actor=OPERATOR, now=NOW)

    assert moved is not None
    assert (moved.appointment.starts_at, moved.appointment.agent) == (TEN, opened.agent)
    assert not moved.appointment.guests.exists()
    assert cascade.sweep(now=NOW) == 0


def test_a_stand_in_takes_back_only_what_was_proposed_for_who_is_replaced(opened: World) -> None:
    stand_in, interpreter = another_agent(opened), another_agent(opened)
    interpreter.skills, interpreter.languages = ["interprète"], ["ar"]
    interpreter.save()
    seat = GuestWish(GuestKind.INTERPRETER, language="ar")
    visit = booked(opened, guests=[seat], agent=opened.agent)
    for away in (opened.agent, interpreter):
        Absence.objects.create(agent=away, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)

    stand_ins.stand_in(appointment=visit.appointment, agent=stand_in, actor=OPERATOR, now=NOW)

    causes = set(Proposal.objects.values_list("cause", flat=True))
    assert causes == {f"absence {Absence.objects.get(agent=interpreter).pk}"}
    told = Notice.objects.filter(to=visit.appointment.citizen_phone).values_list("key", flat=True)
    assert told
    assert not any(" kept " in key or " stood in " in key for key in told)


def test_an_absence_that_touches_again_after_a_stand_in_is_told_again(opened: World) -> None:
    stand_in = another_agent(opened)
    visit = booked(opened, agent=opened.agent)
    absence = Absence.objects.create(agent=opened.agent, starts_at=NOW, ends_at=NOW + DAY)
    cascade.sweep(now=NOW)
    for agent in (stand_in, opened.agent):
        if agent == opened.agent:
            Absence.objects.filter(pk=absence.pk).update(ends_at=NOW + HOUR)
        stand_ins.stand_in(appointment=visit.appointment, agent=agent, actor=OPERATOR, now=NOW)
    Absence.objects.filter(pk=absence.pk).update(ends_at=NOW + DAY)

    assert cascade.sweep(now=NOW) == 1

    told = Notice.objects.filter(to=visit.appointment.citizen_phone, key__contains=" touched ")
    assert told.count() == 2
