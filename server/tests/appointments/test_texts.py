from __future__ import annotations

import csv
from pathlib import Path

import pytest
from factories import NOW, TEN
from pytest_django import Settings

from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.appointments.texts import Kind, offer_message, text_message, waiting_message
from cordee.appointments.wording import NAME_LETTERS, short_name
from cordee.directory.models import Agent, Partner, Reason
from cordee.fleet.models import Kiosk
from cordee.jobs.demo import places
from cordee.jobs.demo.places import PLACES
from cordee.notices.rules import SMS_LENGTH, plain_sms, sms_length
from cordee.territory.models import Commune, Site, Territory

LONG = "Marie-Antoinette de la Tour du Pin-Montauban"
LONGEST_COMMUNE = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"
NAMES = [(place.name, place.commune) for place in PLACES]
NAMES += [("Maison de services au public " * 4, LONGEST_COMMUNE)]
CODE = "7KQF2M9T"
PUBLIC_URLS = ("", "https://cordee.hautes-alpes.example", f"https://{'guichet-' * 9}.example")


def appointment(name: str, commune: str, language: str) -> Appointment:
    where = Commune(name=commune, territory=Territory(code="05", name="Hautes-Alpes"))
    site = Site(name=name, commune=where, phone="04 65 71 00 12")
    return Appointment(
        kiosk=Kiosk(site=site),
        reason=Reason(label="Aide au logement"),
        citizen=LONG,
        language=language,
        code=CODE,
        starts_at=TEN,
        ends_at=TEN,
        booked_at=NOW,
    )


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("public_url", PUBLIC_URLS)
def test_every_text_about_every_place_fits_one_message(
    settings: Settings, language: str, kind: Kind, public_url: str
) -> None:
    settings.PUBLIC_URL = public_url
    for name, commune in NAMES:
        row = appointment(name, commune, language)
        for text in (text_message(row, kind), text_message(row, kind, for_whom=LONG)):
            plain = plain_sms(text)
            assert sms_length(plain) <= SMS_LENGTH
            assert "11 h" in plain or "11:00" in plain
            assert plain_sms(commune)[:12] in plain or plain_sms(name)[:12] in plain
            assert "logement" not in plain
            if kind is not Kind.CANCELLED:
                assert CODE in plain or row.kiosk.site.phone in plain


def _demo(name: str) -> list[dict[str, str]]:
    with (Path(places.__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_no_text_lets_a_neighbour_guess_the_partner_or_the_reason(
    settings: Settings, language: str
) -> None:
    settings.PUBLIC_URL = PUBLIC_URLS[1]
    partners = {row["identifiant"]: row["nom"] for row in _demo("partners.csv")}
    reasons = _demo("reasons.csv")
    assert len(partners) == 28
    assert {row["administration"] for row in reasons} == set(partners)
    said = set()
    for row in reasons:
        partner = Partner(slug=row["administration"], label=partners[row["administration"]])
        asked = appointment("Lieu 9", "Rosans", language)
        asked.reason = Reason(label=row["motif"], words=row["mots"], partner=partner)
        asked.agent = Agent(label=f"Conseil {partner.label}", partner=partner)
        entry = WaitingEntry(reason=asked.reason, language=language, code=CODE)
        offer = Offer(entry=entry, appointment=asked, code=CODE, expires_at=TEN)
        texts = [text_message(asked, kind, for_whom=whom) for kind in Kind for whom in ("", LONG)]
        texts += [offer_message(offer), waiting_message(entry)]
        for text in texts:
            assert row["motif"].casefold() not in text.casefold()
            assert partner.label.casefold() not in text.casefold()
        said.add(tuple(texts))
    # Whatever somebody comes for, and to whom: the words are the same.
    assert len(said) == 1


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "une autre heure se libère"), ("en", "another time is free")]
)
def test_who_waits_is_told_that_hours_seen_free_are_not_offered(language: str, said: str) -> None:
    assert said in waiting_message(
        WaitingEntry(language=language, code=CODE, reason=Reason(label="Aide au logement"))
    )


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("public_url", PUBLIC_URLS)
def test_offers_and_the_waiting_list_fit_one_message(
    settings: Settings, language: str, public_url: str
) -> None:
    settings.PUBLIC_URL = public_url
    entry = WaitingEntry(language=language, code=CODE, reason=Reason(label="Aide au logement"))
    noted = plain_sms(waiting_message(entry))
    assert sms_length(noted) <= SMS_LENGTH
    assert CODE in noted
    assert "logement" not in noted
    for name, commune in NAMES:
        row = appointment(name, commune, language)
        text = plain_sms(
            offer_message(Offer(entry=entry, appointment=row, code=CODE, expires_at=TEN))
        )
        assert sms_length(text) <= SMS_LENGTH
        assert CODE in text
        assert plain_sms(commune)[:12] in text or plain_sms(name)[:12] in text
        assert "logement" not in text


def test_with_the_demo_s_places_and_an_address_nothing_is_left_out(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://cordee.hautes-alpes.example"
    for place in PLACES:
        row = appointment(place.name, place.commune, "fr")
        text = text_message(row, Kind.CONFIRMED)
        assert f"Code {CODE}. Changer : {settings.PUBLIC_URL}/rdv/{CODE}" in text
        assert place.name in text or place.commune in text


def test_a_commune_that_the_place_names_is_not_said_twice(settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    row = appointment("Médiathèque d’Embrun", "Embrun", "fr")
    assert text_message(row, Kind.CANCELLED) == (
        "Rendez-vous annulé : mar. 8 déc. à 11\u00a0h, Médiathèque d’Embrun. "
        "Pour un autre, appelez le 04 65 71 00 12"
    )


@pytest.mark.parametrize(
    "name", ["…" * 20, "Anne…Marie", "Marie-Antoinette de la Tour…", "Zoé " * 9]
)
def test_a_name_takes_no_more_of_a_message_than_its_share(name: str) -> None:
    short = short_name(name)
    assert short
    assert name.startswith(short)
    assert sms_length(plain_sms(short)) <= NAME_LETTERS
