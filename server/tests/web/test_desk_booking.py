"""A host books for someone, moves it, receives who passes by."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from factories import NOW, World, signed_in
from opened import another_agent, another_site, booked
from time_machine import travel
from web.browsing import HOUR, books, page

from cordee.appointments.models import Appointment
from cordee.directory.models import Absence, Agent
from cordee.kernel.period import Period
from cordee.visits.models import Visit

pytestmark = pytest.mark.usefixtures("today")

WHO = "/accueil/rendez-vous/qui/"
LATER = "2026-12-08T14:00"


def _choices(shown: str, name: str) -> list[str]:
    """Return the values of a list to choose from."""
    _before, _, found = shown.partition(f'<select class="input" id="{name}"')
    return re.findall(r'<option value="(\w*)"', found.partition("</select>")[0])


def form_of(world: World, **changes: str) -> dict[str, str]:
    return {
        "motif": str(world.reason.pk),
        "heure": HOUR,
        "cle": "0" * 31 + "1",
        "name": "Jeanne",
        "contact_kind": "none",
        **changes,
    }


def test_need_in_plain_words_leads_to_hours_and_to_the_slip(opened: World, desk: Client) -> None:
    assert f'name="motif" value="{opened.reason.pk}"' in page(
        desk, "/accueil/rendez-vous/?mots=alocation logment"
    )
    hours = page(desk, f"/accueil/rendez-vous/heure/?motif={opened.reason.pk}")
    assert f'name="heure" value="{HOUR}"' in hours
    assert "Qui vient" in page(desk, f"{WHO}?motif={opened.reason.pk}&heure={HOUR}")
    sent = desk.post(WHO, form_of(opened))
    visit = Visit.objects.get()
    assert sent["Location"] == f"/accueil/rendez-vous/{visit.public_id}/"
    assert f"{sent['Location']}papier.pdf" in page(desk, sent["Location"])
    printed = desk.get(f"{sent['Location']}papier.pdf")
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")


def test_the_desk_writes_down_a_wheelchair(opened: World, desk: Client) -> None:
    assert "La personne vient en fauteuil roulant" in page(
        desk, f"{WHO}?motif={opened.reason.pk}&heure={HOUR}"
    )
    desk.post(WHO, form_of(opened, is_wheelchair_needed="on"))
    assert Appointment.objects.get().is_wheelchair_needed


def test_form_sent_twice_is_one_appointment(opened: World, desk: Client) -> None:
    first = desk.post(WHO, form_of(opened))
    assert desk.post(WHO, form_of(opened))["Location"] == first["Location"]
    assert Appointment.objects.count() == 1


def test_notice_does_not_count_at_the_desk(opened: World, desk: Client) -> None:
    opened.reason.notice_h = 48
    opened.reason.save(update_fields=["notice_h"])
    desk.post(WHO, form_of(opened))
    assert Appointment.objects.count() == 1


def test_named_agent_second_agent_and_responsible_person_have_their_seats(
    opened: World, desk: Client
) -> None:
    data = form_of(
        opened, agent=str(opened.agent.pk), is_protected="on", responsible="Madame Petit"
    )
    desk.post(WHO, data)
    found = Appointment.objects.get()
    assert (found.agent, found.responsible) == (opened.agent, "Madame Petit")
    assert [guest.name for guest in found.guests.all()] == ["Madame Petit"]


def test_who_speaks_a_language_is_asked_for_and_receives(opened: World, desk: Client) -> None:
    colleague = another_agent(opened)
    Agent.objects.filter(pk=colleague.pk).update(languages=["fr", "it"])
    Agent.objects.filter(pk=opened.stranger.pk).update(languages=["uk"], skills=["interprète"])
    asked = f"/accueil/rendez-vous/heure/?motif={opened.reason.pk}"
    hours = page(desk, asked)
    assert _choices(hours, "langue") == ["", "it"]
    assert _choices(hours, "interprete") == ["", "uk"]
    assert f'value="{HOUR}"' in page(desk, f"{asked}&langue=it")
    chosen = {"motif": str(opened.reason.pk), "langue": "it", "heure": HOUR, "cle": "0" * 31 + "1"}
    form = page(desk, "/accueil/rendez-vous/heure/", chosen)
    assert "Une personne qui parle italien" in form

    done = page(desk, WHO, form_of(opened, langue="it"))

    found = Appointment.objects.confirmed().get()
    assert (found.agent, found.spoken, found.language) == (colleague, "it", "fr")
    assert "Une personne qui parle italien" in done
    assert not Appointment.objects.filter(citizen="").exists(), "the kept hour is theirs"


def test_nobody_who_speaks_the_language_is_said(opened: World, desk: Client) -> None:
    shown = page(desk, f"/accueil/rendez-vous/heure/?motif={opened.reason.pk}&langue=it")
    assert "Aucune heure n’est libre ici dans cette langue." in shown
    assert _choices(shown, "langue") == ["", "it"]
    refused = page(desk, WHO, form_of(opened, langue="it"))
    assert "Rien n’est encore réservé" in refused
    assert not Appointment.objects.exists()


def test_no_interpreter_who_is_free_is_said(opened: World, desk: Client) -> None:
    shown = page(desk, f"/accueil/rendez-vous/heure/?motif={opened.reason.pk}&interprete=uk")
    assert "Aucun interprète de cette langue n’est libre ici." in shown
    assert "quelqu’un qui parle cette langue" in shown


def test_an_interpreter_of_the_list_sits_in_and_is_said(opened: World, desk: Client) -> None:
    Agent.objects.filter(pk=opened.stranger.pk).update(languages=["uk"], skills=["interprète"])
    assert "Un interprète : ukrainien" in page(desk, WHO, form_of(opened, interprete="uk"))
    assert Appointment.objects.get().guests.get().agent == opened.stranger


def test_messages_are_in_the_language_of_the_person_not_of_the_host(
    opened: World, desk: Client
) -> None:
    in_english = signed_in(opened.host)
    in_english.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    in_english.post(WHO, form_of(opened))
    assert Appointment.objects.get().language == "fr"

    form = page(desk, f"{WHO}?motif={opened.reason.pk}&heure={LATER}")
    assert '<option value="fr" selected>' in form
    in_english_written = form_of(opened, language="en", name="Ann", cle="2" * 32, heure=LATER)
    desk.post(WHO, in_english_written)
    assert Appointment.objects.get(citizen="Ann").language == "en"


def test_messages_are_proposed_in_the_language_that_is_spoken(opened: World, desk: Client) -> None:
    Agent.objects.filter(pk=opened.agent.pk).update(languages=["fr", "en"])
    form = page(desk, f"{WHO}?motif={opened.reason.pk}&heure={HOUR}&langue=en")
    assert '<option value="en" selected>' in form
    assert "Rien n’est encore réservé" in page(desk, WHO, form_of(opened, language="it"))


@pytest.mark.parametrize("value", ["", "xxxx", "<b>", "it' or 1", "é" * 300])
def test_a_language_that_is_none_is_left_out(opened: World, desk: Client, value: str) -> None:
    desk.post(WHO, form_of(opened, langue=value))
    assert Appointment.objects.get().spoken == ""


def test_hour_at_a_near_site_is_booked_and_shown_to_its_host_alone(
    opened: World, desk: Client
) -> None:
    there, _kiosk = another_site(opened)
    sent = desk.post(WHO, form_of(opened, lieu=str(there.pk)))
    assert Appointment.objects.get().kiosk.site == there
    assert "Mairie" in page(desk, sent["Location"])
    other = signed_in(opened.host)
    assert other.get(sent["Location"]).status_code == 404
    assert other.post(f"{sent['Location']}annuler/").status_code == 404


def test_what_was_booked_elsewhere_is_cancelled_by_whoever_booked_it_here(
    opened: World, desk: Client
) -> None:
    there, _kiosk = another_site(opened)
    visit_page = desk.post(WHO, form_of(opened, lieu=str(there.pk)))["Location"]
    said = page(desk, visit_page)
    assert "Ce rendez-vous a lieu ailleurs : Mairie, Guillestre." in said
    assert "appelez ce lieu : 04 92 00 00 00" in said
    asked = page(desk, f"{visit_page}annuler/")
    assert "Ce rendez-vous a lieu ailleurs : Mairie, 04 92 00 00 00." in asked
    assert not Appointment.objects.exclude(cancelled_at=None).exists()

    sent = desk.post(f"{visit_page}annuler/")

    assert sent["Location"] == "/accueil/"
    assert Appointment.objects.get().cancelled_at is not None


def test_a_visit_here_that_was_booked_elsewhere_is_like_any_other(
    opened: World, desk: Client
) -> None:
    visit = booked(opened)
    said = page(desk, f"/accueil/rendez-vous/{visit.public_id}/")
    assert "a lieu ailleurs" not in said
    assert f"/accueil/rendez-vous/{visit.public_id}/annuler/" in said
    assert "a lieu ailleurs" not in page(desk, f"/accueil/rendez-vous/{visit.public_id}/annuler/")


def test_same_person_is_recognised_and_led_to_their_appointment(
    opened: World, desk: Client
) -> None:
    theirs = {"contact_kind": "mobile", "contact": "06 12 34 56 78"}
    desk.post(WHO, form_of(opened, **theirs))
    again = form_of(opened, **theirs, heure="2026-12-08T14:00", cle="0" * 31 + "2")
    said = page(desk, WHO, again)
    assert "a déjà un rendez-vous" in said
    assert f"/accueil/rendez-vous/{Visit.objects.get().public_id}/" in said
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        ("2026-12-08T08:00", "déjà passée"),
        ("2026-12-08T11:02", "de cinq en cinq minutes"),
        ("2026-12-08T20:00", "fermé à cette heure"),
        ("2027-03-28T02:30", "n’existe pas ce jour-là"),
        ("demain", "Choisissez une heure dans la liste"),
        ("9999-12-31T23:55", "Choisissez"),
        ("", "Choisissez une heure dans la liste"),
    ],
)
def test_an_hour_that_cannot_be_held_is_explained_and_nothing_is_written(
    opened: World, desk: Client, hour: str, words: str
) -> None:
    said = page(desk, WHO, form_of(opened, heure=hour))
    assert "Rien n’est encore réservé" in said
    assert words in said
    assert 'value="Jeanne"' in said
    assert not Appointment.objects.exists()


def test_an_hour_that_comes_twice_is_no_hour_of_the_site(opened: World, desk: Client) -> None:
    with travel(datetime(2026, 10, 20, 8, 0, tzinfo=UTC), tick=False):
        said = page(desk, WHO, form_of(opened, heure="2026-10-25T02:30"))
    assert "fermé à cette heure" in said
    assert not Appointment.objects.exists()


def test_an_hour_just_taken_offers_others_beside_what_was_typed(
    opened: World, desk: Client
) -> None:
    booked(opened)
    said = page(desk, WHO, form_of(opened))
    assert "Choisissez une autre heure" in said
    assert 'value="Jeanne"' in said


def test_nothing_is_chosen_beforehand_and_each_missing_answer_is_named(
    opened: World, desk: Client
) -> None:
    said = page(desk, WHO, form_of(opened, name="", contact_kind=""))
    assert "Écrivez le nom de la personne" in said
    assert "Choisissez comment vous prévenir." in said
    assert " checked" not in said


def test_moving_keeps_the_code(opened: World, desk: Client) -> None:
    visit = booked(opened)
    code = visit.appointment.code
    address = f"/accueil/rendez-vous/{visit.public_id}/deplacer/"
    assert 'value="2026-12-08T14:00"' in page(desk, address)
    sent = desk.post(address, {"heure": "2026-12-08T14:00"})
    moved = Visit.objects.exclude(pk=visit.pk).get()
    assert sent["Location"] == f"/accueil/rendez-vous/{moved.public_id}/"
    assert moved.appointment.code == code


def test_only_hours_of_who_speaks_the_language_are_offered_for_moving(
    opened: World, desk: Client
) -> None:
    opened.agent.languages = ["fr", "it"]
    opened.agent.save()
    another_agent(opened)
    visit = booked(opened, language="it")
    address = f"/accueil/rendez-vous/{visit.public_id}/deplacer/"
    assert 'value="2026-12-08T14:00"' in page(desk, address)

    away = Period(NOW, NOW + timedelta(days=1))
    Absence.objects.create(agent=opened.agent, starts_at=away.start, ends_at=away.end)

    assert 'value="2026-12-08T14:00"' not in page(desk, address)


def test_who_can_receive_now_is_shown_with_their_hour(opened: World, desk: Client) -> None:
    found = page(desk, "/accueil/maintenant/?mots=logement")
    assert books(opened.reason, "2026-12-08T09:05") in found


def test_nobody_is_promised_now_when_the_place_is_closed(opened: World, desk: Client) -> None:
    with travel(NOW + timedelta(hours=12), tick=False):
        assert "Personne ne peut recevoir" in page(desk, "/accueil/maintenant/")
