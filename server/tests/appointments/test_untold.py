from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from opened import another_site, booked, nothing_free, open_world, someone
from pytest_django import DjangoAssertNumQueries

from cordee.appointments import absences, cascade, services, waiting
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Offer, Proposal, WaitingEntry
from cordee.appointments.rules import ContactKind, ProposalKind
from cordee.appointments.untold import Change, Whom, is_of, untold_at
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.notices.models import Notice
from cordee.territory import services as territory
from cordee.territory.models import Commune, Site, SiteClosure
from cordee.visits import booking as visits

CALLED = Citizen("Jean", ContactKind.LANDLINE, "04 92 11 22 33")


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def test_who_was_not_reached_is_called_once(opened: World) -> None:
    booked(opened, citizen=someone("Lucie", phone="0612345678"))
    booked(opened, TEN + timedelta(hours=1), citizen=someone("Paul"))
    Notice.objects.filter(to="+33612345678").update(state="failed")

    (untold,) = untold_at(opened.site, since=NOW)

    assert (untold.citizen, untold.contact, untold.starts_at) == ("Lucie", "+33612345678", TEN)
    assert untold.whom == Whom.CITIZEN


def test_who_helps_and_who_works_are_told_apart_from_the_person(opened: World) -> None:
    helped = Citizen(
        "Lucie",
        referrer="Mairie",
        referrer_contact="04 92 11 22 33",
        is_protected=True,
        responsible="Ana",
        responsible_contact="ana@exemple.fr",
    )
    row = booked(opened, citizen=helped).appointment
    away = Period(TEN, TEN + timedelta(hours=1))
    absences.note_absence(agent=row.agent, period=away, note="", actor=OPERATOR, now=NOW)
    Notice.objects.update(state="failed")

    assert {one.contact: one.whom for one in untold_at(opened.site, since=NOW)} == {
        "": Whom.CITIZEN,
        "ana@exemple.fr": Whom.COMPANION,
        "+33492112233": Whom.COMPANION,
        row.agent.user.email: Whom.STAFF,
    }


def test_other_sites_and_past_days_are_not_shown(opened: World) -> None:
    booked(opened)
    Notice.objects.update(state="failed")
    other, _ = another_site(opened)

    assert untold_at(other, since=NOW) == []
    assert untold_at(opened.site, since=NOW + timedelta(days=1)) == []


def test_a_landline_is_called_about_a_change_and_not_about_the_booking(opened: World) -> None:
    row = booked(opened, citizen=CALLED).appointment
    assert untold_at(opened.site, since=NOW) == []

    services.cancel(appointment=row, actor=OPERATOR, now=NOW)

    (untold,) = untold_at(opened.site, since=NOW)
    assert (untold.contact, untold.change) == ("+33492112233", Change.CANCELLED)


def test_the_desk_says_the_last_change_alone(opened: World) -> None:
    booked(opened, citizen=CALLED, agent=opened.agent)
    away = Period(TEN, TEN + timedelta(hours=1))
    absence = absences.note_absence(
        agent=opened.agent, period=away, note="", actor=OPERATOR, now=NOW
    )
    assert [one.change for one in untold_at(opened.site, since=NOW)] == [Change.TOUCHED]

    absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    assert [one.change for one in untold_at(opened.site, since=NOW)] == [Change.STANDS]


def test_a_person_who_was_told_of_a_failure_hears_that_it_stands(opened: World) -> None:
    booked(opened, citizen=CALLED, agent=opened.agent)
    away = Period(TEN, TEN + timedelta(hours=1))
    absence = absences.note_absence(
        agent=opened.agent, period=away, note="", actor=OPERATOR, now=NOW
    )
    (one,) = untold_at(opened.site, since=NOW)
    services.note_told(appointment_id=one.key, contact=one.contact, actor=OPERATOR, now=NOW)
    assert untold_at(opened.site, since=NOW) == []

    absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    assert [one.change for one in untold_at(opened.site, since=NOW)] == [Change.STANDS]


def test_a_text_message_that_failed_before_is_not_read_out_when_the_visit_stands(
    opened: World,
) -> None:
    booked(opened, citizen=someone("Lucie", phone="0612345678"), agent=opened.agent)
    away = Period(TEN, TEN + timedelta(hours=1))
    absence = absences.note_absence(
        agent=opened.agent, period=away, note="", actor=OPERATOR, now=NOW
    )
    Notice.objects.filter(key__contains=" touched ", key__endswith=" citizen").update(
        state="failed"
    )

    absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    assert untold_at(opened.site, since=NOW) == []


def test_the_desk_knows_of_a_call_that_the_agent_has_not_heard_of(opened: World) -> None:
    visit = booked(opened, citizen=someone("Lucie", phone="0612345678"), agent=opened.agent)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + timedelta(days=1))
    cascade.sweep(now=NOW)
    (telephone,) = Proposal.objects.filter(kind=ProposalKind.TELEPHONE)
    visits.choose(proposal=telephone, actor=OPERATOR, now=NOW)
    assert untold_at(opened.site, since=NOW) == []
    Notice.objects.filter(key__endswith=" by telephone").update(state="failed")

    (one,) = untold_at(opened.site, since=NOW)

    assert (one.change, one.contact) == (Change.TO_CALL, opened.agent.user.email)
    assert (one.key, one.phone) == (visit.appointment_id, "+33612345678")
    services.note_told(appointment_id=one.key, contact=one.contact, actor=OPERATOR, now=NOW)
    assert untold_at(opened.site, since=NOW) == []


def test_an_offer_that_did_not_arrive_is_told_while_it_stands(opened: World) -> None:
    _waits(opened, opened.site)
    assert waiting.offer_freed(now=NOW) == 1
    offer = Offer.objects.get()
    assert untold_at(opened.site, since=NOW) == []
    Notice.objects.filter(key__startswith="offer ").update(state="failed")

    (one,) = untold_at(opened.site, since=NOW)

    assert (one.change, one.whom, one.code) == (Change.OFFERED, Whom.CITIZEN, offer.code)
    assert (one.citizen, one.contact) == ("Lucie", "+33612345678")
    assert is_of(opened.site, one.key)
    waiting.decline(offer=offer, actor=OPERATOR, now=NOW)
    assert untold_at(opened.site, since=NOW) == []
    assert not is_of(opened.site, one.key)


def test_an_offer_that_was_taken_is_nothing_to_tell(opened: World) -> None:
    _waits(opened, opened.site)
    waiting.offer_freed(now=NOW)
    Notice.objects.filter(key__startswith="offer ").update(state="failed")

    visits.accept(offer=Offer.objects.get(), actor=OPERATOR, now=NOW)

    assert untold_at(opened.site, since=NOW) == []


@pytest.mark.parametrize("is_anywhere", [False, True])
def test_who_does_not_know_that_they_wait_is_told(opened: World, *, is_anywhere: bool) -> None:
    entry = _waits(opened, None if is_anywhere else opened.site, commune=opened.site.commune)
    other, _ = another_site(opened)
    assert untold_at(opened.site, since=NOW) == []
    Notice.objects.filter(subject_kind="waiting").update(state="failed")

    (one,) = untold_at(opened.site, since=NOW)

    assert (one.change, one.key, one.code) == (Change.WAITS, entry.pk, entry.code)
    assert bool(untold_at(other, since=NOW)) == is_anywhere
    waiting.note_told(entry_id=one.key, contact=one.contact, actor=OPERATOR, now=NOW)
    assert untold_at(opened.site, since=NOW) == []


def test_who_waits_anywhere_is_called_in_their_territory_alone(opened: World) -> None:
    _waits(opened, None, commune=opened.site.commune)
    Notice.objects.filter(subject_kind="waiting").update(state="failed")

    assert [one.citizen for one in untold_at(opened.site, since=NOW)] == ["Lucie"]
    assert untold_at(_far_away(), since=NOW) == []


def test_who_left_no_commune_is_called_where_their_reason_is_offered_and_without_the_code(
    opened: World,
) -> None:
    _waits(opened, None)
    Notice.objects.filter(subject_kind="waiting").update(state="failed")
    far = _far_away()
    assert [one.code for one in untold_at(far, since=NOW)] == [""]

    opened.reason.sites.set([opened.site])

    (one,) = untold_at(opened.site, since=NOW)
    assert (one.change, one.citizen, one.code) == (Change.WAITS, "Lucie", "")
    assert untold_at(far, since=NOW) == []


def test_who_waits_and_was_reached_is_not_even_looked_at(
    opened: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _waits(opened, opened.site)
    site = Site.objects.select_related("commune").get(pk=opened.site.pk)

    with django_assert_num_queries(3) as asked:
        assert untold_at(site, since=NOW) == []

    assert not any("waitingentry" in query["sql"] for query in asked.captured_queries)


def _far_away() -> Site:
    where = territory.open_territory(code="972", name="Martinique", actor=OPERATOR, now=NOW)
    commune = territory.add_commune(
        territory=where, insee_code="97209", name="Fort-de-France", actor=OPERATOR, now=NOW
    )
    return territory.open_site(
        commune=commune, name="Mairie", phone="05 96 00 00 00", actor=OPERATOR, now=NOW
    )


def _waits(opened: World, site: Site | None, *, commune: Commune | None = None) -> WaitingEntry:
    citizen = someone("Lucie", phone="0612345678")
    with nothing_free():
        return waiting.enter(
            reason=opened.reason,
            site=site,
            citizen=replace(citizen, commune_id=commune.pk if commune else None),
            until_at=NOW + timedelta(days=3),
            actor=OPERATOR,
            now=NOW,
        )


def test_a_moved_visit_says_its_new_hour(opened: World) -> None:
    visit = booked(opened, citizen=CALLED, agent=opened.agent)
    later = TEN + timedelta(hours=2)
    visits.move(
        visit=visit, site=opened.site, starts_at=later, at_desk=True, actor=OPERATOR, now=NOW
    )

    (one,) = untold_at(opened.site, since=NOW)

    assert (one.change, one.starts_at) == (Change.MOVED, later)
