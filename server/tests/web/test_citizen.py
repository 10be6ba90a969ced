"""A citizen books by the pages alone, without script or account."""

from __future__ import annotations

import gzip
import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from factories import NOW, World
from opened import another_site, nothing_free
from time_machine import travel
from web.browsing import form_of, hidden_of, page

import cordee.web
from cordee.appointments import cascade, citizens, hours, waiting
from cordee.appointments import refusals as refusals_of_booking
from cordee.appointments.models import Appointment, Proposal
from cordee.appointments.rules import ProposalKind
from cordee.kernel.refusal import Refusal
from cordee.territory.models import SiteClosure
from cordee.visits.models import Visit
from cordee.visits.rules import VisitState
from cordee.web.citizen import asking

pytestmark = pytest.mark.usefixtures("today")

MOST_BYTES = 60_000


def test_citizen_books_by_following_the_pages(opened: World, citizen: Client) -> None:
    found = page(citizen, "/rendez-vous/?mots=alocation+logment")
    motif = re.search(r'name="motif" value="(\d+)"', found)
    assert motif
    assert motif[1] == str(opened.reason.pk)
    places = page(citizen, f"/rendez-vous/lieu/?motif={motif[1]}&depart=guilestre")
    link = re.search(r'href="(/rendez-vous/heure/[^"]+)"', places)
    assert link
    hours = page(citizen, link[1])
    value = re.search(r'name="heure" value="([^"]+)"', hours)
    assert value
    assert '<form class="days" method="post" action="/rendez-vous/heure/">' in hours
    who = page(citizen, "/rendez-vous/heure/", {**hidden_of(hours), "heure": value[1]})
    hidden = hidden_of(who)
    given = {"name": "Zoé", "contact_kind": "none", "contact": "", "commune": "Guillestre"}
    done = citizen.post("/rendez-vous/vous/", {**hidden, **given}, follow=True)
    said = html.unescape(done.content.decode())
    appointment = Appointment.objects.get()
    assert appointment.hold_ends_at is None
    assert Visit.objects.get().appointment == appointment
    assert "C’est noté." in said
    assert appointment.code
    assert f"{appointment.code[:4]} {appointment.code[4:]}" in said
    assert appointment.commune == opened.site.commune


def test_form_sent_twice_is_one_appointment(opened: World, citizen: Client) -> None:
    first = citizen.post("/rendez-vous/vous/", form_of(opened))
    again = citizen.post("/rendez-vous/vous/", form_of(opened))
    assert first["Location"] == again["Location"]
    assert Appointment.objects.count() == 1


def test_every_refusal_of_booking_is_in_the_catalogue() -> None:
    refusals = [
        one
        for module in (refusals_of_booking, citizens, hours, asking)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Refusal) and one is not Refusal
    ]
    # The desk chooses agents and guests; a citizen never does.
    of_the_desk = {"agent_unfit", "reason_elsewhere", "guest_missing"}
    english = {one.message for one in refusals if one.code not in of_the_desk}
    with translation.override("en"):
        assert [message for message in english if gettext(message) == message] == []


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        ("2026-12-07T11:00", "Cette heure est déjà passée."),
        ("2026-12-08T23:00", "Ce lieu est fermé à cette heure."),
        ("2027-03-28T02:30", "Cette heure n’existe pas ce jour-là"),
        ("2026-12-08T11:02", "de cinq en cinq minutes"),
        ("2030-12-08T11:00", "Ce jour est trop loin"),
        ("9999-12-31T23:55", "Ce jour est trop loin"),
        ("0001-01-01T00:00", "Choisissez une heure dans la liste."),
        ("2026-02-30T11:00", "Choisissez une heure dans la liste."),
        ("hier", "Choisissez une heure dans la liste."),
        ("", "Choisissez une heure dans la liste."),
    ],
)
def test_bad_hour_is_told_with_what_was_typed_kept(
    opened: World, citizen: Client, hour: str, said: str
) -> None:
    answer = page(citizen, "/rendez-vous/vous/", form_of(opened, heure=hour))
    assert said in answer
    assert 'value="Élodie Girard"' in answer
    assert 'value="06 12 34 56 78"' in answer
    assert not Appointment.objects.exists()
    assert 'name="heure"' in page(
        citizen, f"/rendez-vous/vous/?motif={opened.reason.pk}&lieu={opened.site.pk}&heure={hour}"
    )


@pytest.mark.parametrize("value", ["", "0", "999999", "-1", "1 or 1=1", "é" * 300, "9" * 30, "%00"])
def test_what_does_not_exist_leads_back_in_plain_words(
    opened: World, citizen: Client, value: str
) -> None:
    for where in ("lieu", "heure", "vous"):
        answer = page(citizen, f"/rendez-vous/{where}/?motif={value}")
        assert "Cette démarche n’est plus proposée." in answer
    for where in ("heure", "vous"):
        answer = page(citizen, f"/rendez-vous/{where}/?motif={opened.reason.pk}&lieu={value}")
        assert "Ce lieu ne propose pas cette démarche." in answer
    answer = page(citizen, "/rendez-vous/vous/", form_of(opened, motif=value))
    assert "Cette démarche n’est plus proposée." in answer
    for name in ("commune", "depart", "tri"):
        ask = f"/rendez-vous/lieu/?motif={opened.reason.pk}&{name}={value}"
        assert citizen.get(ask).status_code == 200
    for day in ("9999-12-31", "0001-01-01", value):
        ask = f"/rendez-vous/heure/?motif={opened.reason.pk}&lieu={opened.site.pk}&depuis={day}"
        assert citizen.get(ask).status_code == 200


def test_place_that_does_not_offer_the_reason_is_refused(opened: World, citizen: Client) -> None:
    elsewhere, _ = another_site(opened)
    opened.reason.sites.set([elsewhere])
    answer = page(citizen, "/rendez-vous/vous/", form_of(opened))
    assert "Ce lieu ne propose pas cette démarche." in answer
    assert not Appointment.objects.exists()


def test_hour_that_has_just_gone_offers_others_on_the_same_page(
    opened: World, citizen: Client
) -> None:
    for name in ("Un", "Deux"):
        citizen.post("/rendez-vous/vous/", form_of(opened, cle=f"{len(name):032x}", name=name))
    answer = page(citizen, "/rendez-vous/vous/", form_of(opened, cle="f" * 32))
    assert "Choisissez une autre heure" in answer
    assert 'type="radio" id="h1" name="heure"' in answer
    assert 'value="Élodie Girard"' in answer


def test_second_tab_of_the_same_person_is_told_of_the_first(opened: World, citizen: Client) -> None:
    citizen.post("/rendez-vous/vous/", form_of(opened))
    second = form_of(opened, cle="e" * 32, heure="2026-12-08T14:00")
    assert "a déjà un rendez-vous" in page(citizen, "/rendez-vous/vous/", second)
    assert Appointment.objects.count() == 1
    reused = form_of(opened, heure="2026-12-08T14:00")
    assert "Cette demande a déjà servi" in page(citizen, "/rendez-vous/vous/", reused)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Écrivez le nom"),
        ({"name": "a" * 81}, "80 signes"),
        ({"contact_kind": ""}, "Choisissez comment vous prévenir."),
        ({"contact_kind": "pigeon"}, "Choisissez comment vous prévenir."),
        ({"contact": "04 92 00 00 00"}, "ne reçoit pas de SMS"),
        ({"contact": ""}, "Relisez ce numéro"),
        ({"contact_kind": "email", "contact": "a@b"}, "Relisez ce numéro"),
        ({"is_protected": "on"}, "donnez le nom du parent"),
        ({"referrer": "Paul", "referrer_contact": "123"}, "Relisez ce numéro"),
        ({"referrer_contact": "06 12 34 56 78"}, "Écrivez aussi votre nom."),
    ],
)
def test_each_mistake_is_told_and_nothing_is_booked(
    opened: World, citizen: Client, changes: dict[str, str], said: str
) -> None:
    answer = page(citizen, "/rendez-vous/vous/", form_of(opened, **changes))
    assert said in answer
    assert "Rien n’est encore réservé" in answer
    assert not Appointment.objects.exists()


def test_referrer_and_responsible_person_are_kept(opened: World, citizen: Client) -> None:
    changes = {
        "referrer": "Paul",
        "referrer_contact": "paul@exemple.fr",
        "is_protected": "on",
        "responsible": "Anne",
    }
    page(citizen, "/rendez-vous/vous/", form_of(opened, **changes))
    appointment = Appointment.objects.get()
    assert (appointment.referrer, appointment.responsible) == ("Paul", "Anne")
    assert appointment.guests.get().kind == "guardian"


def booked_by(client: Client, world: World) -> tuple[str, str]:
    place = client.post("/rendez-vous/vous/", form_of(world))["Location"]
    return place, Appointment.objects.get().code or ""


def test_code_and_name_open_the_appointment_and_nothing_else_does(
    opened: World, citizen: Client
) -> None:
    place, code = booked_by(citizen, opened)
    other = Client(headers={"accept-language": "fr"})
    assert other.get(place)["Location"] == "/mon-rendez-vous/"
    assert other.post(f"{place}annuler/")["Location"] == "/mon-rendez-vous/"
    wrong = [
        page(other, "/mon-rendez-vous/", {"code": one, "name": name})
        for one, name in (("22222222", "Élodie Girard"), (code, "Zoé"))
    ]
    said = [re.search(r"<main.*?</div></div>", answer, re.DOTALL) for answer in wrong]
    assert said[0]
    assert said[1]
    assert said[0][0] == said[1][0]
    typed = {"code": f" {code[:4].lower()}-{code[4:]} ", "name": "elodie GIRARD"}
    assert other.post("/mon-rendez-vous/", typed)["Location"] == place
    shown = other.get(place)
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]


def test_tenth_wrong_name_for_a_code_closes_it_here_for_the_hour(
    opened: World, citizen: Client
) -> None:
    place, code = booked_by(citizen, opened)
    other = Client(headers={"accept-language": "fr"})
    for number in range(10):
        typed = {"code": f"{code[:4]} {code[4:].lower()}", "name": f"x{number}"}
        assert other.post("/mon-rendez-vous/", typed).status_code == 200
    right = {"code": code, "name": "Élodie Girard"}
    refused = other.post("/mon-rendez-vous/", right)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "3570"
    assert "pendant 60 minutes" in html.unescape(refused.content.decode())
    elsewhere = other.post("/mon-rendez-vous/", right, REMOTE_ADDR="192.0.2.7")
    assert elsewhere["Location"] == place
    with travel(NOW + timedelta(hours=1, minutes=1), tick=False):
        assert other.post("/mon-rendez-vous/", right)["Location"] == place


def test_ten_wrong_codes_of_one_person_close_nothing_for_their_village(
    opened: World, citizen: Client
) -> None:
    place, code = booked_by(citizen, opened)
    other = Client(headers={"accept-language": "fr"})
    right = {"code": code, "name": "Élodie Girard"}
    for number in range(10):
        typed = {"code": f"{number + 2}" * 8, "name": "x"}
        assert other.post("/mon-rendez-vous/", typed).status_code == 200
    assert other.post("/mon-rendez-vous/", right)["Location"] == place


def test_program_that_tries_codes_waits_for_less_than_a_minute(
    opened: World, citizen: Client
) -> None:
    place, code = booked_by(citizen, opened)
    other = Client(headers={"accept-language": "fr"})
    answers = [
        other.post("/mon-rendez-vous/", {"code": f"{number:08d}", "name": "x"})
        for number in range(40)
    ]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 10
    assert answers[-1]["Retry-After"] == "30"
    with travel(NOW + timedelta(seconds=61), tick=False):
        right = {"code": code, "name": "Élodie Girard"}
        assert other.post("/mon-rendez-vous/", right)["Location"] == place


def test_appointment_is_moved_with_its_code_once(opened: World, citizen: Client) -> None:
    place, code = booked_by(citizen, opened)
    assert 'name="heure" value="2026-12-08T14:00"' in page(citizen, f"{place}changer/")
    asked = {"lieu": str(opened.site.pk), "heure": "2026-12-08T14:00", "cle": "d" * 32}
    moved = citizen.post(f"{place}changer/", asked)
    assert citizen.post(f"{place}changer/", asked)["Location"] == moved["Location"]
    assert "14\u00a0h\u00a000" in page(citizen, moved["Location"])
    assert Appointment.objects.get(code=code).moved_from is not None
    assert Appointment.objects.confirmed().count() == 1


def test_move_to_an_hour_that_is_none_changes_nothing(opened: World, citizen: Client) -> None:
    place, _ = booked_by(citizen, opened)
    for hour in ("2026-12-08T23:00", "2027-03-28T02:30", "hier", ""):
        asked = {"lieu": str(opened.site.pk), "heure": hour, "cle": "c" * 32}
        assert "Rien n’est changé" in page(citizen, f"{place}changer/", asked)
    assert Appointment.objects.count() == 1


def test_cancelling_asks_once_and_gives_the_hour_back(opened: World, citizen: Client) -> None:
    place, _ = booked_by(citizen, opened)
    assert "Oui, annuler" in page(citizen, f"{place}annuler/")
    assert "Ce rendez-vous est annulé." in page(citizen, f"{place}annuler/", {"oui": "1"})
    assert Visit.objects.get().state == VisitState.CANCELLED
    assert "Changer l’heure" not in page(citizen, place)


def test_whoever_searches_without_end_is_told_to_wait(opened: World, citizen: Client) -> None:
    codes = [citizen.get("/rendez-vous/", {"mots": "logement"}).status_code for _ in range(250)]
    assert set(codes) == {200, 429}
    assert codes[240:] == [429] * 10
    elsewhere = citizen.get("/rendez-vous/", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200


def is_light(client: Client, address: str, *, status: int = 200) -> bool:
    """Return whether a page comes compressed, with its sheet and its type, in 60 kB, scriptless."""
    built = Path(cordee.web.__file__).parent / "static/built"
    font = built / "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
    beside = (built / "citizen.css.gz").stat().st_size + font.stat().st_size
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert (answer.status_code, answer["Content-Encoding"]) == (status, "gzip"), address
    assert b"<script" not in gzip.decompress(answer.content)
    return len(answer.content) + beside <= MOST_BYTES


def test_each_page_weighs_at_most_60_kb_with_everything(opened: World, citizen: Client) -> None:
    sheet = Path(cordee.web.__file__).parent / "static/built/citizen.css"
    faces = re.findall(r"url\(([^)]+)\)", sheet.read_text())
    assert len([face for face in faces if "woff2" in face]) == 1
    place, _ = booked_by(citizen, opened)
    chosen = f"motif={opened.reason.pk}&commune=05065"
    for address in (
        "/",
        "/rendez-vous/",
        "/rendez-vous/?mots=aide+logement",
        f"/rendez-vous/lieu/?{chosen}",
        f"/rendez-vous/heure/?{chosen}&lieu={opened.site.pk}",
        f"/rendez-vous/vous/?{chosen}&lieu={opened.site.pk}&heure=2026-12-08T14:00",
        place,
        f"{place}changer/",
        f"{place}annuler/",
        f"/rendez-vous/attente/?{chosen}&lieu={opened.site.pk}",
        "/mon-rendez-vous/",
    ):
        assert is_light(citizen, address), address


def test_pages_of_what_falls_out_are_as_light(opened: World, citizen: Client) -> None:
    for number in range(6):
        another_site(opened, f"Mairie {number}")
    mail = form_of(opened, contact_kind="email", contact="elodie@exemple.fr")
    place = citizen.post("/rendez-vous/vous/", mail)["Location"]
    away = NOW + timedelta(hours=12)
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=away)
    assert cascade.sweep(now=NOW) == 1
    assert "À quel numéro vous appelle-t-on" in page(citizen, place)
    assert is_light(citizen, place)
    telephone = Proposal.objects.get(kind=ProposalKind.TELEPHONE)
    choice = {"proposition": str(telephone.pk), "numero": "06 12 34 56 78"}
    assert "se fait par téléphone" in page(citizen, f"{place}autre/", choice)
    assert is_light(citizen, place)

    wish = {"motif": str(opened.reason.pk), "place": "partout", "name": "Zoé", "contact": "a@b.fr"}
    with nothing_free():
        waits = citizen.post("/rendez-vous/attente/", wish)["Location"]
    assert is_light(citizen, waits)
    assert waiting.offer_freed(now=NOW) == 1
    assert "Une heure s’est libérée." in page(citizen, waits)
    assert is_light(citizen, waits)

    while citizen.get("/rendez-vous/").status_code == 200:
        pass
    assert is_light(citizen, "/rendez-vous/", status=429)
