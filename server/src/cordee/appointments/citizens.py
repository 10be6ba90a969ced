"""Who comes, and how they are reached: pure rules of names, telephone numbers and addresses."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace

from cordee.appointments.rules import ContactKind
from cordee.kernel.refusal import Refusal

NAME_LIMIT = 80
EMAIL_LIMIT = 254

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ABROAD = re.compile(r"\+[1-9]\d{6,14}")
_AT_HOME = re.compile(r"0[1-79]\d{8}")
_OVERSEAS = {
    "0262": "+262",
    "0263": "+262",
    "0269": "+262",
    "0639": "+262",
    "0692": "+262",
    "0693": "+262",
    "0590": "+590",
    "0690": "+590",
    "0691": "+590",
    "0594": "+594",
    "0694": "+594",
    "0596": "+596",
    "0696": "+596",
    "0697": "+596",
}
"""Overseas départements have a country code of their own (ARCEP's numbering plan)."""

_FRENCH_LENGTH = len("+33612345678")


class NameMissing(Refusal):
    """An appointment is for somebody: say how they want to be called."""

    code = "name_missing"
    message = "Écrivez le nom de la personne, en 80 signes au plus."


class ContactMalformed(Refusal):
    """The telephone number or the address cannot be one: read it again."""

    code = "contact_malformed"
    message = "Relisez ce numéro ou cette adresse : par exemple 06 12 34 56 78 ou nom@exemple.fr."


class NotAMobile(Refusal):
    """Text messages do not reach this number: choose « fixe », or give a mobile number."""

    code = "not_a_mobile"
    message = (
        "Ce numéro est celui d’un téléphone fixe : il ne reçoit pas de SMS. "
        "Choisissez « fixe », ou donnez un numéro de mobile."
    )


class ResponsibleMissing(Refusal):
    """A minor or someone under guardianship comes with the person who answers for them."""

    code = "responsible_missing"
    message = (
        "Pour une personne mineure ou protégée, donnez le nom du parent, du tuteur ou du curateur "
        "qui l’accompagne."
    )


@dataclass(frozen=True)
class Citizen:
    """Who an appointment is for, as typed; `normal_citizen` makes it fit to be kept.

    `name` is how the person wants to be called; `contact` is the number or address that
    `contact_kind` says, empty for NONE. `is_protected`: a minor or someone under guardianship,
    for whom `responsible` answers and sits in. A `referrer` books for them. Their contacts are a
    telephone number or an e-mail address, or empty. `is_wheelchair_needed`: the desk prepares the
    way and the room for a wheelchair.
    """

    name: str
    contact_kind: ContactKind = ContactKind.NONE
    contact: str = ""
    language: str = "fr"
    commune_id: int | None = None
    referrer: str = ""
    referrer_contact: str = ""
    is_protected: bool = False
    responsible: str = ""
    responsible_contact: str = ""
    is_wheelchair_needed: bool = False


def normal_citizen(citizen: Citizen) -> Citizen:
    """Return the citizen with every name and contact in its one form.

    What is no language (ISO 639) becomes French.
    Raises NameMissing, ContactMalformed, NotAMobile or ResponsibleMissing.
    """
    name, responsible = one_line(citizen.name), one_line(citizen.responsible)
    referrer = one_line(citizen.referrer)
    if not name or max(map(len, (name, responsible, referrer))) > NAME_LIMIT:
        raise NameMissing
    if citizen.is_protected and not responsible:
        raise ResponsibleMissing
    return replace(
        citizen,
        name=name,
        contact=normal_contact(citizen.contact_kind, citizen.contact),
        language=citizen.language if _LANGUAGE.fullmatch(citizen.language) else "fr",
        referrer=referrer,
        referrer_contact=any_contact(citizen.referrer_contact),
        responsible=responsible,
        responsible_contact=any_contact(citizen.responsible_contact),
    )


def normal_contact(kind: ContactKind, text: str) -> str:
    """Return a telephone number as E.164, an address in small letters, or nothing for NONE.

    Raises ContactMalformed, or NotAMobile.
    """
    if kind is ContactKind.NONE:
        return ""
    if kind is ContactKind.EMAIL:
        return _email(text)
    number = normal_phone(text)
    if kind is ContactKind.MOBILE and not is_mobile(number):
        raise NotAMobile
    return number


def any_contact(text: str) -> str:
    """Return a telephone number or an e-mail address in its one form; empty stays empty.

    Raises ContactMalformed.
    """
    if not text.strip():
        return ""
    return _email(text) if "@" in text else normal_phone(text)


def normal_phone(text: str) -> str:
    """Return a number written the French or the international way as E.164 (`+33612345678`).

    Raises ContactMalformed. Numbers beginning with 08 are services, not people: refused.
    """
    number = re.sub(r"[\s.\-/\u00a0\u202f]", "", text)
    number = number.replace("(0)", "").replace("(", "").replace(")", "")
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if number.startswith("+33"):
        number = f"0{number[3:].removeprefix('0')}"
    if number.startswith("0"):
        if not _AT_HOME.fullmatch(number):
            raise ContactMalformed
        return _OVERSEAS.get(number[:4], "+33") + number[1:]
    if not _ABROAD.fullmatch(number):
        raise ContactMalformed
    return number


def said_phone(number: str) -> str:
    """Return a French number as it is read out and dialled, in pairs; others as they are kept."""
    if not (number.startswith("+33") and len(number) == _FRENCH_LENGTH):
        return number
    national = f"0{number[3:]}"
    return "\u00a0".join(national[at : at + 2] for at in range(0, len(national), 2))


def is_mobile(number: str) -> bool:
    """Return whether an E.164 number can take text messages; a foreign one is believed to."""
    if number.startswith("+33"):
        return number[3] in "67"
    if number.startswith(tuple(set(_OVERSEAS.values()))):
        return number[4] in "67"
    return True


def person_key(*, reason_id: int, name: str, contact: str) -> str | None:
    """Return what is equal for the same person and reason, or None without a contact.

    Two people of the same name are told apart by their contact; without one nobody can say.
    """
    if not contact:
        return None
    text = f"cordee-person\n{reason_id}\n{plain_name(name)}\n{contact}"
    return hashlib.sha256(text.encode()).hexdigest()


def plain_name(name: str) -> str:
    """Return a name as it is compared: small letters and digits, without accents and signs."""
    flat = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in flat if letter.isalnum())


def _email(text: str) -> str:
    address = text.strip().lower()
    if len(address) > EMAIL_LIMIT or not _EMAIL.fullmatch(address):
        raise ContactMalformed
    return address


def one_line(text: str) -> str:
    """Return a text as one line: no control characters, single spaces."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())
