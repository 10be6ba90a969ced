"""The waiting list by its pages: entered, offered, answered, left."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from factories import NOW, World
from opened import booked, someone
from time_machine import travel
from web.browsing import SLOT

from cordee.appointments import leaving, waiting
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice
from cordee.visits import services as visits_services

HOUR = timedelta(hours=1)
NAME, PHONE = "Élodie Girard", "06 12 34 56 78"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    cache.clear()
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def citizen() -> Client:
    return Client(headers={"accept-language": "fr"})


def text_of(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def wish(world: World, **changes: str) -> dict[str, str]:
    return {
        "motif": str(world.reason.pk),
        "lieu": str(world.site.pk),
        "place": "ici",
        "name": NAME,
        "contact": PHONE,
        **changes,
    }


def enter(client: Client, world: World, **changes: str) -> str:
    """Enter the list by its page; return the text of what follows."""
    return text_of(client.post("/rendez-vous/attente/", wish(world, **changes), follow=True))


def free_today(world: World, client: Client) -> Offer:
    """Book today's hour for somebody, let the citizen wait, give it back, and make the offer."""
    visit = booked(world, SLOT)
    enter(client, world)
    visits_services.cancel(visit=visit, actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW) == 1
    return Offer.objects.get()


def test_list_is_entered_from_the_hours_and_opened_again_by_code(
    full: World, citizen: Client
) -> None:
    hours = text_of(citizen.get(f"/rendez-vous/heure/?motif={full.reason.pk}&lieu={full.site.pk}"))
    link = re.search(r'href="(/rendez-vous/attente/[^"]+)"', hours)
    assert link is not None
    assert "Vous prévenir d’une heure libre" in text_of(citizen.get(link[1]))

    text = enter(citizen, full)

    entry = WaitingEntry.objects.get()
    assert (entry.site, entry.citizen_phone) == (full.site, "+33612345678")
    assert entry.code is not None
    assert f"{entry.code[:4]} {entry.code[4:]}" in text
    assert entry.code in Notice.objects.get(to="+33612345678").text
    other = Client(headers={"accept-language": "fr"})
    assert other.get(f"/liste-attente/{entry.pk}/")["Location"] == "/mon-rendez-vous/"
    found = other.post("/mon-rendez-vous/", {"code": entry.code, "name": NAME}, follow=True)
    assert "Vous êtes sur la liste d’attente." in text_of(found)
    wrong = Client().post("/mon-rendez-vous/", {"code": entry.code, "name": "Paul"}, follow=True)
    assert "Aucun rendez-vous n’a ce code et ce nom." in text_of(wrong)


def test_offer_is_opened_by_its_own_code_and_taken_once(full: World, citizen: Client) -> None:
    offer = free_today(full, citizen)
    phone = Client(headers={"accept-language": "fr"})
    seen = text_of(phone.post("/mon-rendez-vous/", {"code": offer.code, "name": NAME}, follow=True))
    assert "Une heure s’est libérée." in seen
    assert "Mardi 8 décembre, 15" in seen
    page = f"/liste-attente/{offer.entry_id}/"

    taken = phone.post(f"{page}reponse/", {"place": offer.code, "reponse": "oui"}, follow=True)
    again = phone.post(f"{page}reponse/", {"place": offer.code, "reponse": "oui"}, follow=True)

    assert "C’est noté." in text_of(taken)
    assert "C’est noté." in text_of(again)
    assert Appointment.objects.confirmed().get().starts_at == SLOT
    assert "Vous n’êtes plus sur la liste d’attente." in text_of(phone.get(page))


def test_no_gives_the_hour_to_the_next_and_keeps_the_place(full: World, citizen: Client) -> None:
    offer = free_today(full, citizen)
    page = f"/liste-attente/{offer.entry_id}/"

    said = citizen.post(f"{page}reponse/", {"place": offer.code, "reponse": "non"}, follow=True)

    assert "Vous restez sur la liste." in text_of(said)
    assert not Appointment.objects.standing().exists()
    assert WaitingEntry.objects.get().closed_at is None


def test_who_left_the_list_in_another_tab_is_not_told_that_they_stay(
    full: World, citizen: Client
) -> None:
    offer = free_today(full, citizen)
    page = f"/liste-attente/{offer.entry_id}/"
    leaving.withdraw(entry=offer.entry, actor=OPERATOR, now=NOW)

    for answer in ("oui", "non"):
        form = {"place": offer.code, "reponse": answer}
        said = text_of(citizen.post(f"{page}reponse/", form, follow=True))
        assert "vous n’êtes plus sur la liste d’attente." in said
        assert "Vous restez" not in said


def test_offer_that_has_run_out_is_told_in_plain_words(full: World, citizen: Client) -> None:
    offer = free_today(full, citizen)
    page = f"/liste-attente/{offer.entry_id}/"
    with travel(NOW + waiting.OFFER_LASTS, tick=False):
        waiting.end_expired(now=NOW + waiting.OFFER_LASTS)
        phone = Client(headers={"accept-language": "fr"})
        found = phone.post("/mon-rendez-vous/", {"code": offer.code, "name": NAME}, follow=True)
        late = phone.post(f"{page}reponse/", {"place": offer.code, "reponse": "oui"})
    assert "L’heure proposée n’est plus gardée pour vous." in text_of(found)
    assert "Cette proposition n’est plus valable." in text_of(late)
    assert not Appointment.objects.confirmed().exists()


@pytest.mark.parametrize("forged", ["", "ABCDEFGH", "\0", "é" * 300])
def test_forged_offer_changes_nothing(full: World, citizen: Client, forged: str) -> None:
    offer = free_today(full, citizen)
    page = f"/liste-attente/{offer.entry_id}/"
    answer = citizen.post(f"{page}reponse/", {"place": forged, "reponse": "oui"})
    assert "Cette proposition n’est plus valable." in text_of(answer)
    assert not Appointment.objects.confirmed().exists()
    stranger = Client().post(f"{page}reponse/", {"place": offer.code, "reponse": "oui"})
    assert stranger["Location"] == "/mon-rendez-vous/"
    assert not Appointment.objects.confirmed().exists()


def test_offer_of_somebody_else_is_not_taken(full: World, citizen: Client) -> None:
    offer = free_today(full, citizen)
    other = Client(headers={"accept-language": "fr"})
    enter(other, full, name="Paul", contact="paul@exemple.fr")
    own = WaitingEntry.objects.get(citizen="Paul")
    answer = other.post(
        f"/liste-attente/{own.pk}/reponse/", {"place": offer.code, "reponse": "oui"}
    )
    assert "Cette proposition n’est plus valable." in text_of(answer)
    assert not Appointment.objects.confirmed().exists()


def test_list_is_left_twice_as_once(full: World, citizen: Client) -> None:
    enter(citizen, full)
    entry = WaitingEntry.objects.get()
    for _ in range(2):
        left = citizen.post(f"/liste-attente/{entry.pk}/quitter/", follow=True)
        assert "Vous n’êtes plus sur la liste d’attente." in text_of(left)
    assert waiting.offer_freed(now=NOW) == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"place": ""}, "Choisissez où vous viendriez."),
        ({"place": "lune"}, "Choisissez où vous viendriez."),
        ({"name": ""}, "Écrivez le nom de la personne"),
        ({"contact": ""}, "Écrivez où vous prévenir."),
        ({"contact": "04 92 51 00 00"}, "Donnez un numéro de mobile ou une adresse e-mail"),
        ({"contact": "moi@"}, "Relisez ce numéro ou cette adresse"),
        ({"referrer_contact": "paul@exemple.fr"}, "Écrivez aussi votre nom."),
    ],
)
def test_each_mistake_is_told_and_nobody_waits(
    full: World, citizen: Client, changes: dict[str, str], said: str
) -> None:
    assert said in enter(citizen, full, **changes)
    assert not WaitingEntry.objects.exists()


def test_parent_and_who_enters_the_person_are_kept_without_a_script(
    full: World, citizen: Client
) -> None:
    asked = text_of(citizen.get("/rendez-vous/attente/", wish(full)))
    folded = re.findall(r'<details class="more"( open)?>', asked)
    assert folded == ["", ""]
    companions = {
        "referrer": "Paul",
        "referrer_contact": "paul@exemple.fr",
        "is_protected": "on",
        "responsible": "Anne",
        "responsible_contact": "06 12 34 56 79",
    }
    assert set(companions) <= set(re.findall(r'name="([a-z_]+)"', asked))
    assert "Nous vous préviendrons quand l’heure sera prise." in asked
    assert "Nous vous préviendrons aussi." not in asked

    enter(citizen, full, **companions)

    entry = WaitingEntry.objects.get()
    assert (entry.referrer, entry.referrer_contact) == ("Paul", "paul@exemple.fr")
    assert (entry.responsible, entry.responsible_contact) == ("Anne", "+33612345679")


def test_person_alone_is_asked_for_nobody_else(full: World, citizen: Client) -> None:
    enter(citizen, full, responsible="Anne")
    assert not WaitingEntry.objects.get().responsible


def test_missing_parent_is_told_beside_the_open_field(full: World, citizen: Client) -> None:
    said = enter(citizen, full, is_protected="on")
    field = re.search(
        r'<div id="id_responsible_error">.*?donnez le nom du parent.*?<input[^>]*>', said, re.DOTALL
    )
    assert field is not None
    assert 'name="responsible"' in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert re.findall(r'<details class="more"( open)?>', said) == ["", " open"]
    assert 'href="#id_responsible"' in said
    assert not WaitingEntry.objects.exists()


def test_who_waits_already_is_led_to_what_they_asked_for(full: World, citizen: Client) -> None:
    enter(citizen, full)
    refused = enter(citizen, full)
    assert "déjà sur la liste d’attente" in refused
    assert '<a href="/mon-rendez-vous/">Retrouver ma demande avec son code</a>' in refused
    assert WaitingEntry.objects.count() == 1


def test_form_that_is_sent_twice_enters_once(full: World, citizen: Client) -> None:
    asked = text_of(citizen.get("/rendez-vous/attente/", wish(full)))
    key = re.search(r'name="cle" value="([0-9a-f]{32})"', asked)
    assert key is not None
    first = enter(citizen, full, cle=key[1])
    # The second click of two carries no cookie of the first's answer yet.
    second = enter(Client(headers={"accept-language": "fr"}), full, cle=key[1])
    assert "Vous êtes sur la liste d’attente." in first
    assert "Vous êtes sur la liste d’attente." in second
    assert WaitingEntry.objects.count() == 1


def test_who_has_an_appointment_is_led_to_it(full: World, citizen: Client) -> None:
    booked(full, SLOT, citizen=someone(NAME, phone=PHONE))
    refused = enter(citizen, full)
    assert "a déjà un rendez-vous pour cette démarche" in refused
    assert "Retrouver ce rendez-vous avec son code" in refused
    assert not WaitingEntry.objects.exists()


def test_entry_says_why_it_is_over(full: World, citizen: Client) -> None:
    enter(citizen, full)
    page = f"/liste-attente/{WaitingEntry.objects.get().pk}/"
    with travel(NOW + timedelta(days=60), tick=False):
        # By then no browser may still see it without the code.
        code = {"code": WaitingEntry.objects.get().code, "name": NAME}
        late = text_of(Client().post("/mon-rendez-vous/", code, follow=True))
    assert "Votre attente durait jusqu’au samedi 6 février." in late
    assert "rendez-vous pour cette démarche" not in late

    visit = booked(full, SLOT, citizen=someone(NAME, phone=PHONE))

    said = text_of(citizen.get(page))
    assert "Vous n’êtes plus sur la liste d’attente." in said
    assert "Vous avez un rendez-vous pour cette démarche." in said
    assert "Retrouver ce rendez-vous avec son code" in said
    assert "Nous ne vous écrirons plus" not in said
    assert visit.public_id not in said
    visits_services.cancel(visit=visit, actor=OPERATOR, now=NOW)
    left = text_of(citizen.get(page))
    assert "Nous ne vous écrirons plus à ce sujet." in left
    assert "Votre attente durait" not in left


def test_reason_that_is_gone_leads_back(full: World, citizen: Client) -> None:
    full.reason.is_open = False
    full.reason.save()
    answer = citizen.post("/rendez-vous/attente/", wish(full), follow=True)
    assert "Cette démarche n’est plus proposée." in text_of(answer)
