from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from factories import NOW, World
from icalendar import Calendar
from opened import NEXT_DAY, another_site, booked, open_world, someone
from pytest_django import Settings

from cordee.appointments import services
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Appointment
from cordee.appointments.rules import ContactKind
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice
from cordee.territory.models import Site
from cordee.visits import booking as visits
from cordee.visits.models import Visit

DAY = timedelta(days=1)
NEXT_WEEK = NEXT_DAY + 6 * DAY
"""Tuesday 15 December 2026, 11:00 in Paris."""


@pytest.fixture
def opened(world: World, settings: Settings) -> World:
    settings.PUBLIC_URL = "https://cordee.hautes-alpes.example"
    return open_world(world)


def by_mail(name: str = "Élodie", **changes: str) -> Citizen:
    return Citizen(name, ContactKind.EMAIL, "elodie@exemple.fr", **changes)  # type: ignore[arg-type]


def told(act: str, who: str = "citizen") -> Notice:
    return Notice.objects.get(key__endswith=f"{act} {who}")


def moved(visit: Visit, starts_at: datetime, *, site: Site | None = None) -> Appointment:
    site = site or visit.appointment.kiosk.site
    done = visits.move(visit=visit, site=site, starts_at=starts_at, actor=OPERATOR, now=NOW)
    return done.appointment


def test_a_text_message_says_hour_place_code_and_address_and_never_why(opened: World) -> None:
    code = booked(opened, NEXT_WEEK, citizen=someone()).appointment.code

    notice = told("confirmed")
    assert notice.text == (
        "Rendez-vous mar. 15 déc. à 11 h, Maison de la vallée, Guillestre. "
        f"Code {code}. Changer : https://cordee.hautes-alpes.example/rdv/{code}"
    )
    assert (notice.channel, notice.due_at, notice.title) == ("sms", NOW, "")


def test_texts_are_in_the_language_of_the_appointment(opened: World) -> None:
    booked(opened, NEXT_WEEK, citizen=replace(someone(), language="en"))

    assert told("confirmed").text.startswith("Appointment Tue 15 Dec at 11:00, Maison")


def test_a_language_that_we_lack_is_told_in_french(opened: World) -> None:
    booked(opened, NEXT_WEEK, citizen=replace(someone(), language="ar"))

    assert told("confirmed").text.startswith("Rendez-vous mar.")


def test_a_mail_says_all_and_brings_the_calendar_entry(opened: World) -> None:
    opened.reason.documents = ["Carte d’identité", "Avis d’imposition"]
    opened.reason.save()
    booked(opened, NEXT_WEEK, citizen=by_mail())

    notice = told("confirmed")
    assert notice.title == "Rendez-vous mardi 15 décembre 2026 à 11\u00a0h"
    assert "Bonjour Élodie," in notice.text
    assert "- Avis d’imposition" in notice.text
    assert opened.reason.label in notice.text
    event = Calendar.from_ical(notice.calendar).events[0]
    assert event.start == NEXT_WEEK
    assert opened.reason.label not in notice.calendar


def test_moving_and_cancelling_keep_the_calendar_entry_and_raise_its_sequence(
    opened: World,
) -> None:
    visit = booked(opened, NEXT_WEEK, citizen=by_mail())
    row = moved(visit, NEXT_WEEK + DAY)
    services.cancel(appointment=row, actor=OPERATOR, now=NOW)

    calendars = [told(act).calendar for act in ("confirmed", "moved", "cancelled")]
    events = [Calendar.from_ical(text).events[0] for text in calendars]
    assert len({str(event["uid"]) for event in events}) == 1
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_reminders_are_planned_with_the_booking(opened: World) -> None:
    booked(opened, NEXT_WEEK, citizen=someone())

    assert told("reminder 48").due_at == NEXT_WEEK - 2 * DAY
    assert told("reminder 2").due_at == NEXT_WEEK - timedelta(hours=2)
    assert told("reminder 2").useless_at == NEXT_WEEK


def test_a_reminder_of_an_early_hour_goes_out_the_evening_before(opened: World) -> None:
    # 9:00 in Paris: two hours before, telephones are silent, and at 8:00 people have left.
    booked(opened, NEXT_WEEK - timedelta(hours=2), citizen=someone())

    assert told("reminder 2").due_at == NEXT_WEEK - timedelta(hours=15.5)


def test_texts_keep_the_quiet_hours_but_for_who_has_just_booked(opened: World) -> None:
    visit = booked(opened, NEXT_WEEK, citizen=someone())
    services.cancel(appointment=visit.appointment, actor=OPERATOR, now=NOW)

    assert told("confirmed").awake_until_at == NOW + timedelta(minutes=30)
    for act, before in (
        ("confirmed", NEXT_WEEK),
        ("reminder 2", NEXT_WEEK),
        ("cancelled", NEXT_WEEK - timedelta(hours=1)),
    ):
        assert (told(act).quiet_zone, told(act).wait_before_at) == ("Europe/Paris", before)
        assert act == "confirmed" or told(act).awake_until_at is None


def test_an_hour_of_today_has_no_reminder_of_48_hours(opened: World) -> None:
    booked(opened, NOW + timedelta(hours=6), citizen=someone())

    acts = sorted(key.split(" ", 2)[2] for key in Notice.objects.values_list("key", flat=True))
    assert acts == ["confirmed citizen", "reminder 2 citizen"]


def test_moving_drops_what_was_planned_and_plans_anew(opened: World) -> None:
    visit = booked(opened, NEXT_WEEK, citizen=someone())
    old = Notice.objects.filter(subject_id=str(visit.appointment.pk))
    other, _ = another_site(opened)
    row = moved(visit, NEXT_WEEK + DAY, site=other)

    assert set(old.values_list("state", flat=True)) == {"dropped"}
    new = Notice.objects.filter(subject_id=str(row.pk))
    assert sorted(notice.key.split(" ", 2)[2] for notice in new) == [
        "moved citizen",
        "reminder 2 citizen",
        "reminder 48 citizen",
    ]
    assert told("moved").text.startswith("Nouvelle heure de rendez-vous : mer. 16 déc. à 11 h, Mai")


def test_cancelling_drops_the_reminders_and_is_told_once(opened: World) -> None:
    row = booked(opened, NEXT_WEEK, citizen=someone()).appointment
    for _ in range(2):
        services.cancel(appointment=row, actor=OPERATOR, now=NOW)

    waiting = Notice.objects.filter(state="waiting")
    assert [notice.key for notice in waiting] == [f"appointment {row.pk} cancelled citizen"]


def test_the_responsible_person_and_the_referrer_are_told_in_rows_of_their_own(
    opened: World,
) -> None:
    citizen = Citizen(
        "Léa",
        is_protected=True,
        responsible="Ana",
        responsible_contact="ana@exemple.fr",
        referrer="Mairie",
        referrer_contact="06 99 99 99 99",
    )
    booked(opened, NEXT_WEEK, citizen=citizen)

    channels = {
        who: told("confirmed", who).channel for who in ("citizen", "responsible", "referrer")
    }
    assert channels == {"citizen": "slip", "responsible": "email", "referrer": "sms"}
    assert told("confirmed", "referrer").text.startswith("Rendez-vous pour Léa mar. 15 déc.")
    assert "Bonjour Ana," in told("confirmed", "responsible").text
    # Léa cannot be written to: both are reminded.
    assert told("reminder 2", "referrer").channel == "sms"
    assert told("reminder 2", "responsible").channel == "email"
    assert not Notice.objects.filter(key__endswith="reminder 2 citizen").exists()


def test_a_contact_that_two_people_share_is_told_once(opened: World) -> None:
    citizen = replace(someone(phone="0699999999"), referrer="Ana", referrer_contact="0699999999")
    booked(opened, NEXT_WEEK, citizen=citizen)

    assert Notice.objects.filter(key__contains="confirmed").count() == 1


def test_a_landline_gets_a_slip_with_its_number(opened: World) -> None:
    booked(opened, NEXT_WEEK, citizen=Citizen("Jean", ContactKind.LANDLINE, "04 92 11 22 33"))

    notice = told("confirmed")
    assert (notice.channel, notice.state, notice.to) == ("slip", "sent", "+33492112233")
    assert Notice.objects.count() == 1
