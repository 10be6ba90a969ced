from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordee.appointments.citizens import (
    Citizen,
    ContactMalformed,
    NameMissing,
    NotAMobile,
    ResponsibleMissing,
    is_mobile,
    normal_citizen,
    normal_contact,
    normal_phone,
    person_key,
)
from cordee.appointments.rules import ContactKind
from cordee.kernel.refusal import Refusal


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("04\u00a092\u202f45-00-00", "+33492450000"),
        ("0692 12 34 56", "+262692123456"),
        ("+39 347 123 4567", "+393471234567"),
    ],
)
def test_a_number_has_one_form_however_it_is_written(typed: str, kept: str) -> None:
    assert normal_phone(typed) == kept
    assert normal_phone(kept) == kept


@pytest.mark.parametrize(
    "typed", ["", "06 12", "0812345678", "06123456789", "+33812345678", "+0123456789", "abc", "٠٦"]
)
def test_what_cannot_be_a_number_is_refused(typed: str) -> None:
    with pytest.raises(ContactMalformed):
        normal_phone(typed)


def test_a_text_message_is_not_promised_to_a_landline() -> None:
    with pytest.raises(NotAMobile):
        normal_contact(ContactKind.MOBILE, "04 92 45 00 00")
    assert normal_contact(ContactKind.LANDLINE, "04 92 45 00 00") == "+33492450000"
    assert not is_mobile(normal_phone("0262 12 34 56"))


@pytest.mark.parametrize(
    "typed", ["nom", "nom@", "@exemple.fr", "a b@exemple.fr", "a@b", "a@@b.fr"]
)
def test_what_cannot_be_an_address_is_refused(typed: str) -> None:
    with pytest.raises(ContactMalformed):
        normal_contact(ContactKind.EMAIL, typed)


def test_an_address_is_kept_in_small_letters() -> None:
    assert normal_contact(ContactKind.EMAIL, " Nom@Exemple.FR ") == "nom@exemple.fr"


def test_someone_without_telephone_or_address_can_be_booked() -> None:
    assert normal_contact(ContactKind.NONE, "06 12 34 56 78") == ""


def test_somebody_has_a_name_and_a_protected_person_someone_who_answers() -> None:
    with pytest.raises(NameMissing):
        normal_citizen(Citizen(" \n"))
    with pytest.raises(NameMissing):
        normal_citizen(Citizen("x" * 81))
    with pytest.raises(ResponsibleMissing):
        normal_citizen(Citizen("Léa", is_protected=True))
    kept = normal_citizen(
        Citizen(
            "  Léa\tRoux ", is_protected=True, responsible="Ana", responsible_contact="0612345678"
        )
    )
    assert (kept.name, kept.responsible_contact) == ("Léa Roux", "+33612345678")


def test_a_person_is_known_by_name_contact_and_reason() -> None:
    def key(name: str, contact: str = "+33612345678", reason_id: int = 1) -> str | None:
        return person_key(reason_id=reason_id, name=name, contact=contact)

    assert key("Élodie Roux") == key("elodie  ROUX")
    assert key("Élodie Roux") != key("Élodie Rous")
    assert key("Élodie") != key("Élodie", reason_id=2)
    assert key("Élodie", contact="") is None


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        kept = normal_phone(text)
    except Refusal:
        return
    assert kept.startswith("+")
    assert 8 <= len(kept) <= 16


def test_what_does_not_fit_the_columns_is_refused_or_cut() -> None:
    with pytest.raises(ContactMalformed):
        normal_contact(ContactKind.EMAIL, f"a@{'b.' * 130}fr")
    kept = normal_citizen(Citizen("Jean\x00 Martin", language="klingon"))
    assert (kept.name, kept.language) == ("Jean Martin", "fr")
