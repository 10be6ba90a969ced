"""The day at the desk: hours that are free, people to remind by voice, people who pass by."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from factories import NOW, World
from opened import ELEVEN, another_site, booked
from time_machine import travel
from web.browsing import HOUR, books, page

from cordee.appointments import absences
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Appointment
from cordee.appointments.rules import ContactKind
from cordee.appointments.to_remind import to_remind
from cordee.directory.models import Agent, Reason
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period

pytestmark = pytest.mark.usefixtures("today")

DAY = "/accueil/?jour=2026-12-08"
CALLED = Citizen("Marcelle Oury", ContactKind.LANDLINE, "04 92 45 00 21")
BEFORE = NOW - timedelta(days=1)


def _told(desk: Client, appointment: Appointment) -> str:
    return page(desk, "/accueil/rappele/", {"rendez-vous": str(appointment.pk)})


def test_free_hours_stand_in_the_day_and_lead_to_booking_with_place_and_hour(
    opened: World, desk: Client
) -> None:
    Agent.objects.exclude(pk=opened.agent.pk).delete()
    booked(opened, ELEVEN, citizen=Citizen("Jeanne Blanc"))
    shown = page(desk, DAY)
    before, after = shown.split("Jeanne Blanc", 1)
    assert "Libre jusqu’à 12\u00a0h\u00a000" in before
    assert "Libre jusqu’à 17\u00a0h\u00a000" in after
    assert "/accueil/rendez-vous/?heure=2026-12-08T09:15" in before

    proposed = f"/accueil/rendez-vous/?heure={HOUR}"
    need = page(desk, proposed)
    assert "11\u00a0h\u00a000" in need
    assert f'name="heure" value="{HOUR}"' in need
    kept = {"heure": HOUR, "motif": str(opened.reason.pk)}
    assert "gardée jusqu’à 9\u00a0h\u00a005" in page(desk, "/accueil/rendez-vous/heure/", kept)


def test_no_hour_is_proposed_on_a_day_that_is_over(desk: Client) -> None:
    assert "Proposer" not in page(desk, "/accueil/?jour=2026-12-07")


def test_only_what_can_be_received_at_that_hour_is_offered(opened: World, desk: Client) -> None:
    Reason.objects.filter(pk=opened.reason.pk).update(skill="rare")

    need = page(desk, f"/accueil/rendez-vous/?heure={HOUR}")
    assert f'value="{opened.reason.pk}"' not in need
    assert f'value="{opened.foreign_reason.pk}"' in need
    searched = page(desk, f"/accueil/rendez-vous/?heure={HOUR}&mots=logement")
    assert "Personne ne peut recevoir pour cela à cette heure" in searched
    assert 'action="/accueil/rendez-vous/heure/"' in searched


@pytest.mark.parametrize("hour", ["2026-12-08T03:00", "2020-01-01T10:00"])
def test_an_hour_that_is_not_free_is_said_and_booking_goes_on_without_it(
    desk: Client, hour: str
) -> None:
    need = page(desk, f"/accueil/rendez-vous/?heure={hour}")
    assert "Cette heure n’est pas libre" in need
    assert 'action="/accueil/rendez-vous/heure/"' in need


@pytest.mark.parametrize("hour", ["demain", "2026-12-08T99:99", "2027-03-28T02:30", "9999-99"])
def test_what_is_no_hour_is_left_out(desk: Client, hour: str) -> None:
    need = page(desk, f"/accueil/rendez-vous/?heure={hour}")
    assert 'action="/accueil/rendez-vous/heure/"' in need


def test_people_whom_no_message_reaches_are_called_and_leave_the_list_for_everyone(
    opened: World, desk: Client
) -> None:
    appointment = booked(opened, citizen=CALLED, now=BEFORE, at_desk=True).appointment
    shown = page(desk, "/accueil/")
    assert "Rappels à faire de vive voix" in shown
    assert "04\u00a092\u00a045\u00a000\u00a021" in shown
    assert 'href="tel:+33492450021"' in shown
    assert "À rappeler par téléphone" in page(desk, DAY)

    assert "Noté : Marcelle Oury connaît l’heure." in _told(desk, appointment)

    assert "Rappels à faire de vive voix" not in page(desk, "/accueil/")
    assert "À rappeler par téléphone" not in page(desk, DAY)
    assert not to_remind(opened.site, now=NOW)
    _told(desk, appointment)
    kept = Entry.objects.filter(verb="reminded", object_id=str(appointment.pk))
    assert [entry.actor_id for entry in kept] == [str(opened.host.pk)]


def test_who_is_touched_by_an_absence_is_not_reminded_and_is_moved_from_the_desk(
    opened: World, desk: Client
) -> None:
    visit = booked(opened, citizen=CALLED, agent=opened.agent, now=BEFORE, at_desk=True)
    appointment, shown = visit.appointment, f"/accueil/rendez-vous/{visit.public_id}/"
    assert "papier.pdf" in page(desk, shown)
    away = Period(appointment.starts_at, appointment.ends_at)
    absence = absences.note_absence(
        agent=opened.agent, period=away, note="", actor=OPERATOR, now=NOW
    )

    today = page(desk, "/accueil/")
    assert "Rappels à faire de vive voix" not in today
    assert "ne peut pas avoir lieu. Dites-lui de ne pas venir" in today
    that_day = page(desk, DAY)
    assert "À rappeler par téléphone" not in that_day
    assert f'<a class="button" href="{shown}">Déplacer' in that_day
    assert "N’aura pas lieu" in page(desk, DAY.replace("?", "liste/?"))
    touched = page(desk, shown)
    assert "Ce rendez-vous ne peut pas avoir lieu" in touched
    assert "papier.pdf" not in touched
    assert desk.get(f"{shown}papier.pdf")["Location"] == shown

    absences.remove_absence(absence=absence, actor=OPERATOR, now=NOW)

    assert "Rappels à faire de vive voix" in page(desk, "/accueil/")
    assert "N’aura pas lieu" not in page(desk, DAY)
    assert "papier.pdf" in page(desk, shown)


def test_who_left_no_number_is_listed_apart(opened: World, desk: Client) -> None:
    booked(opened, citizen=Citizen("Odette Garcin"), now=BEFORE, at_desk=True)
    shown = page(desk, "/accueil/")
    assert "1 personne sans numéro" in shown
    assert "Odette Garcin" in shown


def test_nobody_is_called_too_early_too_late_or_when_somebody_is_written_to(
    opened: World,
) -> None:
    booked(opened, citizen=CALLED, now=NOW, at_desk=True)  # has just booked
    far = ELEVEN + timedelta(days=6)
    booked(opened, far, citizen=Citizen("Paul", ContactKind.LANDLINE, "0492450022"), now=BEFORE)
    written = Citizen("Jeanne", referrer="Sa fille", referrer_contact="06 12 34 56 78")
    booked(opened, ELEVEN + timedelta(hours=2), citizen=written, now=BEFORE, at_desk=True)
    assert not to_remind(opened.site, now=NOW)
    later = far - timedelta(hours=47)
    assert [one.appointment.citizen for one in to_remind(opened.site, now=later)] == ["Paul"]


def test_a_referrer_with_a_landline_is_called_in_the_person_s_place(opened: World) -> None:
    asked = Citizen("Jeanne", referrer="Sa fille", referrer_contact="04 92 45 00 40")
    booked(opened, citizen=asked, now=BEFORE, at_desk=True)
    (one,) = to_remind(opened.site, now=NOW)
    assert (one.phone, one.by) == ("+33492450040", "Sa fille")


def test_reminders_of_another_site_are_nobody_s_here(opened: World, desk: Client) -> None:
    site, _ = another_site(opened)
    there = booked(opened, site=site, citizen=CALLED, now=BEFORE, at_desk=True).appointment
    assert "Marcelle" not in page(desk, "/accueil/")
    for key in (str(there.pk), "0", "x", "9" * 40, ""):
        assert desk.post("/accueil/rappele/", {"rendez-vous": key}).status_code == 404
    there.refresh_from_db()
    assert there.reminded_at is None


def test_an_hour_that_has_gone_is_not_reminded_of(opened: World, desk: Client) -> None:
    appointment = booked(opened, citizen=CALLED, now=BEFORE, at_desk=True).appointment
    with travel(appointment.ends_at, tick=False):
        assert "annulé ou passé" in _told(desk, appointment)
    appointment.refresh_from_db()
    assert appointment.reminded_at is None


def test_the_panel_answers_words_with_who_can_receive_now(opened: World, desk: Client) -> None:
    found = page(desk, "/accueil/?mots=alocation logment")
    assert books(opened.reason, "2026-12-08T09:05") in found
    assert "autofocus" in found


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/accueil/?mots=logement", {}),
        ("/accueil/?mots=logement", {"HX-Request": "true", "HX-Target": "maintenant"}),
        ("/accueil/maintenant/?mots=logement", {}),
        ("/accueil/maintenant/", {}),
    ],
)
def test_whoever_waits_is_given_one_hour_however_often_it_is_pressed(
    opened: World, desk: Client, path: str, headers: dict[str, str]
) -> None:
    found = desk.get(path, headers=headers).content.decode()
    keys = re.findall(
        r'name="heure" value="[^"]+"><input type="hidden" name="cle" value="(.*?)"', found
    )
    assert keys
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


def test_the_panel_says_when_nobody_can_receive_for_it_and_offers_a_later_hour(
    opened: World, desk: Client
) -> None:
    Reason.objects.filter(pk=opened.reason.pk).update(skill="rare")
    found = page(desk, "/accueil/?mots=logement")
    assert "Personne ne peut recevoir pour cela dans la demi-heure" in found
    assert f'name="motif" value="{opened.reason.pk}"' in found
    assert "Nous n’avons rien trouvé avec ces mots" in page(desk, "/accueil/?mots=zzzz")


def test_the_panel_is_quiet_when_nobody_can_receive_and_absent_on_other_days(
    desk: Client,
) -> None:
    with travel(NOW + timedelta(hours=12), tick=False):
        closed = page(desk, "/accueil/")
    assert "Personne ne peut recevoir dans la demi-heure" in closed
    assert 'id="mots"' not in closed
    assert 'id="maintenant"' not in page(desk, "/accueil/?jour=2026-12-09")


def test_everything_that_is_free_is_listed_by_partner(opened: World, desk: Client) -> None:
    every = page(desk, "/accueil/maintenant/")
    assert f"<summary>{opened.partner.label}</summary>" in every
    assert books(opened.reason, "2026-12-08T09:05") in every
