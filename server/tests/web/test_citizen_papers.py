"""What a citizen takes along, and what they choose when their appointment cannot be kept."""

from __future__ import annotations

import html
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from factories import NOW, TEN, World, signed_in
from icalendar import Calendar
from opened import another_site
from pypdf import PdfReader

from cordee.appointments import cascade
from cordee.appointments.citizens import said_phone
from cordee.appointments.models import Appointment, Proposal
from cordee.appointments.rules import ContactKind, ProposalKind
from cordee.directory.models import Opening
from cordee.journal.rules import OPERATOR
from cordee.territory import services as territory
from cordee.territory.models import SiteClosure, TravelTime
from cordee.visits.models import Visit

pytestmark = pytest.mark.usefixtures("today")

TEN_LOCAL = "2026-12-08T11:00"


@pytest.fixture
def citizen(opened: World) -> Client:
    """Return the browser of somebody who has just booked."""
    client = Client(headers={"accept-language": "fr"})
    form = {
        "motif": str(opened.reason.pk),
        "lieu": str(opened.site.pk),
        "heure": TEN_LOCAL,
        "cle": "0" * 31 + "1",
        "name": "Élodie Girard",
        "contact_kind": "mobile",
        "contact": "06 12 34 56 78",
    }
    assert client.post("/rendez-vous/vous/", form).status_code == 302
    return client


def page_of_one() -> str:
    """Return the address of the one appointment."""
    return f"/mon-rendez-vous/{Visit.objects.get().public_id}/"


def shown(client: Client, address: str) -> str:
    return html.unescape(client.get(address).content.decode())


def propose(opened: World) -> None:
    """Close the site on that morning, and let replacements be proposed."""
    another_site(opened)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=NOW + timedelta(hours=12))
    assert cascade.sweep(now=NOW) == 1


def test_sheet_and_calendar_entry_are_linked_and_given(citizen: Client) -> None:
    page = page_of_one()
    text = shown(citizen, page)
    assert f"{page}papier.pdf" in text
    assert f"{page}agenda.ics" in text

    sheet = citizen.get(f"{page}papier.pdf")
    assert sheet["Content-Type"] == "application/pdf"
    assert "Élodie Girard" in PdfReader(BytesIO(sheet.content)).pages[0].extract_text()

    entry = citizen.get(f"{page}agenda.ics")
    assert entry["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(entry.content).walk("VEVENT")
    assert event.decoded("dtstart") == TEN


def test_what_to_know_stands_apart_from_what_to_bring(opened: World, citizen: Client) -> None:
    assert "À savoir" not in shown(citizen, page_of_one())
    opened.reason.instructions = "Nous remplissons la demande ensemble."
    opened.reason.save()

    text = shown(citizen, page_of_one())

    assert text.index("Venez quand même.") < text.index("<h2>À savoir</h2>")
    assert "<p>Nous remplissons la demande ensemble.</p>" in text


@pytest.mark.parametrize("paper", ["papier.pdf", "agenda.ics"])
def test_another_browser_is_asked_for_code_and_name(citizen: Client, paper: str) -> None:
    answer = Client().get(f"{page_of_one()}{paper}")
    assert (answer.status_code, answer["Location"]) == (302, "/mon-rendez-vous/")


def test_replacement_is_chosen_on_the_page_of_the_appointment(
    opened: World, citizen: Client
) -> None:
    propose(opened)
    page = page_of_one()
    text = shown(citizen, page)
    assert "Ce rendez-vous ne peut pas avoir lieu." in text
    assert "Par téléphone" in text
    assert "papier.pdf" not in text
    assert citizen.get(f"{page}papier.pdf")["Location"] == page
    proposal = Proposal.objects.get(kind=ProposalKind.SITE)

    answer = citizen.post(f"{page}autre/", {"proposition": str(proposal.pk)}, follow=True)

    assert "C’est noté." in html.unescape(answer.content.decode())
    now_standing = Appointment.objects.confirmed().get()
    assert proposal.kiosk is not None
    assert (now_standing.kiosk, now_standing.starts_at) == (proposal.kiosk, TEN)
    # Sent twice, it is the same and leads to the same page.
    twice = citizen.post(f"{page}autre/", {"proposition": str(proposal.pk)}, follow=True)
    assert "C’est noté." in html.unescape(twice.content.decode())
    assert "n’est plus là" not in html.unescape(twice.content.decode())
    assert Appointment.objects.confirmed().get() == now_standing


def test_another_place_is_proposed_with_the_way_from_home(opened: World, citizen: Client) -> None:
    home = territory.add_commune(
        territory=opened.site.commune.territory,
        insee_code="05061",
        name="Gap",
        actor=OPERATOR,
        now=NOW,
    )
    Appointment.objects.update(commune=home)
    propose(opened)
    assert "de route depuis" not in shown(citizen, page_of_one())
    proposal = Proposal.objects.get(kind=ProposalKind.SITE)
    assert proposal.kiosk is not None
    TravelTime.objects.create(commune=home, site=proposal.kiosk.site, minutes=25)

    assert shown(citizen, page_of_one()).count("25\xa0min de route depuis Gap.") == 1


def test_telephone_is_chosen_and_said(opened: World, citizen: Client) -> None:
    propose(opened)
    page = page_of_one()
    proposal = Proposal.objects.get(kind=ProposalKind.TELEPHONE)

    answer = citizen.post(f"{page}autre/", {"proposition": str(proposal.pk)}, follow=True)

    assert "on vous appelle au 06" in html.unescape(answer.content.decode())
    twice = citizen.post(f"{page}autre/", {"proposition": str(proposal.pk)}, follow=True)
    assert "on vous appelle au 06" in html.unescape(twice.content.decode())
    assert "n’est plus là" not in html.unescape(twice.content.decode())
    assert not Appointment.objects.standing().exists()


def test_a_call_whose_hour_is_over_is_said_in_the_past(opened: World, citizen: Client) -> None:
    propose(opened)
    page = page_of_one()
    proposal = Proposal.objects.get(kind=ProposalKind.TELEPHONE)
    citizen.post(f"{page}autre/", {"proposition": str(proposal.pk)})

    # The page is open for half an hour to who comes back to it.
    Appointment.objects.update(starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1))
    text = shown(citizen, page)

    assert "Ce rendez-vous était par téléphone." in text
    assert "on vous appelle" not in text.lower()
    assert "ne vous déplacez pas" not in text.lower()


def test_who_is_told_to_telephone_reads_the_number(opened: World, citizen: Client) -> None:
    page = page_of_one()
    number = f'<bdi dir="ltr">{said_phone(opened.site.phone)}</bdi>'
    assert number not in shown(citizen, f"{page}changer/")
    assert number in shown(citizen, f"{page}changer/?depuis=2027-12-08")
    Opening.objects.all().delete()
    assert number in shown(citizen, f"{page}changer/?lieu=autre")
    Appointment.objects.update(starts_at=NOW - timedelta(minutes=5))

    text = shown(citizen, f"{page}changer/")

    assert "Ce rendez-vous ne peut plus être changé." in text
    assert number in text


def test_who_left_no_number_is_asked_where_to_be_called(opened: World, citizen: Client) -> None:
    propose(opened)
    page = page_of_one()
    row = Appointment.objects.confirmed().get()
    row.citizen_phone, row.citizen_email = "", "elodie@exemple.fr"
    row.contact_kind = ContactKind.EMAIL
    row.save()
    assert "À quel numéro vous appelle-t-on" in shown(citizen, page)
    asked = {"proposition": str(Proposal.objects.get(kind=ProposalKind.TELEPHONE).pk)}

    refused = html.unescape(
        citizen.post(f"{page}autre/", {**asked, "numero": "12"}).content.decode()
    )
    assert "Relisez ce numéro" in refused
    assert 'value="12"' in refused
    missing = html.unescape(citizen.post(f"{page}autre/", asked).content.decode())
    assert "Écrivez le numéro auquel on vous appelle" in missing
    assert Appointment.objects.confirmed().exists()
    number = {**asked, "numero": "06 12 34 56 79"}
    text = html.unescape(citizen.post(f"{page}autre/", number, follow=True).content.decode())
    assert "on vous appelle au 06\u00a012\u00a034\u00a056\u00a079." in text
    assert not Appointment.objects.standing().exists()


@pytest.mark.parametrize("asked", ["", "abc", "999999"])
def test_proposal_that_is_none_changes_nothing(opened: World, citizen: Client, asked: str) -> None:
    propose(opened)
    page = page_of_one()

    answer = citizen.post(f"{page}autre/", {"proposition": asked})

    text = html.unescape(answer.content.decode())
    assert "Cette proposition n’est plus là. Choisissez-en une autre." in text
    assert Appointment.objects.confirmed().get().starts_at == TEN
    assert not Proposal.objects.exclude(chosen_at=None).exists()


def test_nobody_else_chooses(opened: World, citizen: Client) -> None:
    propose(opened)
    proposal = Proposal.objects.get(kind=ProposalKind.TELEPHONE)

    answer = Client().post(f"{page_of_one()}autre/", {"proposition": str(proposal.pk)})

    assert answer["Location"] == "/mon-rendez-vous/"
    assert Appointment.objects.confirmed().count() == 1


@pytest.mark.parametrize("has_room", [True, False])
def test_room_with_a_door_is_said_where_it_is_chosen_and_on_all_papers(
    opened: World, citizen: Client, *, has_room: bool
) -> None:
    territory.describe_site(
        site=opened.site, has_confidential_room=has_room, actor=OPERATOR, now=NOW
    )
    places = shown(citizen, f"/rendez-vous/lieu/?motif={opened.reason.pk}")
    assert ("Salle fermée" in places) is has_room
    page = page_of_one()
    assert ("Salle fermée" in shown(citizen, page)) is has_room
    sheet = PdfReader(BytesIO(citizen.get(f"{page}papier.pdf").content))
    assert ("Salle fermée." in sheet.pages[0].extract_text()) is has_room
    territory.post_host(user=opened.host, site=opened.site, actor=OPERATOR, now=NOW)
    at_desk = shown(signed_in(opened.host), f"/accueil/rendez-vous/{page.split('/')[2]}/")
    assert ("Pas de salle fermée" in at_desk) is not has_room
    assert "alle fermée" in at_desk
