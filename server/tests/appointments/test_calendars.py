from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from icalendar import Calendar
from opened import booked, hold, open_world, someone
from pytest_django import Settings

from cordee.appointments import cascade, services
from cordee.appointments.calendars import (
    feed_of_agent,
    feed_of_site,
    first_name,
    own_calendar,
)
from cordee.appointments.models import GuestSeat, Proposal
from cordee.appointments.rules import GuestKind, ProposalKind
from cordee.journal.rules import OPERATOR
from cordee.territory.models import SiteClosure
from cordee.visits import booking as visits


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def test_an_agent_s_feed_says_hour_place_and_first_name_only(opened: World) -> None:
    booked(opened, citizen=someone("Lucie Bonnard"))
    hold(opened, TEN + timedelta(hours=1))

    text = feed_of_agent(opened.agent, now=NOW)

    event = Calendar.from_ical(text).events[0]
    assert len(Calendar.from_ical(text).events) == 1
    assert (str(event["summary"]), event.start) == ("Lucie", TEN)
    assert str(event["location"]) == "Maison de la vallée, Guillestre"
    assert "Bonnard" not in text
    assert opened.reason.label not in text


def test_an_agent_s_feed_has_the_visits_where_they_sit_in(opened: World) -> None:
    row = booked(opened).appointment
    GuestSeat.objects.create(appointment=row, kind=GuestKind.SECOND_AGENT, agent=opened.stranger)

    assert "BEGIN:VEVENT" in feed_of_agent(opened.stranger, now=NOW)


def test_an_agent_s_feed_has_the_calls_that_visits_became_without_a_place(opened: World) -> None:
    visit = booked(opened, citizen=someone("Lucie Oury", phone="0612345678"), agent=opened.agent)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + timedelta(days=1))
    cascade.sweep(now=NOW)
    telephone = Proposal.objects.get(kind=ProposalKind.TELEPHONE)
    visits.choose(proposal=telephone, actor=OPERATOR, now=NOW)

    text = feed_of_agent(opened.agent, now=NOW)
    assert text.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:Appel : Lucie" in text
    assert f"DTSTART:{visit.appointment.starts_at:%Y%m%dT%H%M%SZ}" in text
    assert "LOCATION" not in text
    assert "BEGIN:VEVENT" not in feed_of_site(opened.site, now=NOW)


def test_a_site_s_feed_names_neither_people_nor_reasons_nor_partners(opened: World) -> None:
    row = booked(opened, citizen=someone("Lucie Bonnard")).appointment

    text = feed_of_site(opened.site, now=NOW)

    assert str(Calendar.from_ical(text).events[0]["summary"]) == row.kiosk.name
    for secret in ("Lucie", opened.reason.label, opened.partner.label, row.code or "?"):
        assert secret not in text


def test_a_cancelled_appointment_leaves_the_feeds(opened: World) -> None:
    row = booked(opened).appointment
    services.cancel(appointment=row, actor=OPERATOR, now=NOW)

    assert "BEGIN:VEVENT" not in feed_of_agent(opened.agent, now=NOW)
    assert "BEGIN:VEVENT" not in feed_of_site(opened.site, now=NOW)


def test_a_feed_that_did_not_change_reads_the_same(opened: World) -> None:
    booked(opened)

    later = NOW + timedelta(minutes=5)
    assert feed_of_agent(opened.agent, now=NOW) == feed_of_agent(opened.agent, now=later)


def test_one_s_own_calendar_entry_leads_to_the_page_and_says_no_reason(
    opened: World, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://cordee.example"
    row = booked(opened).appointment

    text = own_calendar(row, now=NOW)

    calendar = Calendar.from_ical(text)
    assert str(calendar["method"]) == "PUBLISH"
    assert str(calendar.events[0]["url"]) == f"https://cordee.example/rdv/{row.code}"
    assert opened.reason.label not in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lucie Bonnard", "Lucie"),
        ("BONNARD Lucie", "Lucie"),
        ("Mme Bonnard", "Mme B."),
        ("M. Jean Roux", "M. R."),
        ("Lucie", "Lucie"),
        ("LUCIE", "LUCIE"),
        ("Madame", "Madame"),
        ("", ""),
    ],
)
def test_first_names_are_told_from_whatever_people_type(name: str, shown: str) -> None:
    assert first_name(name) == shown
