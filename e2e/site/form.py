"""What the application form asks and which answers it accepts. Plain values, no sockets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

Check = Callable[[str], str]
"""Takes the answer as sent and returns an error's sentence, empty when the answer is good."""

COMMUNES = {
    "05000": "Gap",
    "05120": "L’Argentière-la-Bessée",
    "05300": "Laragne-Montéglin",
    "05400": "Veynes",
    "05470": "Aiguilles",
    "05600": "Guillestre",
}


@dataclass(frozen=True)
class Field:
    """One question. `kind` is an `<input>` type, or select, radio, textarea."""

    name: str
    label: str
    kind: str
    check: Check
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()


def _filled(sentence: str) -> Check:
    return lambda answer: "" if answer.strip() else sentence


def _matching(pattern: str, sentence: str) -> Check:
    return lambda answer: "" if re.fullmatch(pattern, answer) else sentence


def _digits(count: int, sentence: str) -> Check:
    return lambda answer: (
        "" if re.fullmatch(rf"\d{{{count}}}", answer.replace(" ", "")) else sentence
    )


def _one_of(options: tuple[tuple[str, str], ...], sentence: str) -> Check:
    return lambda answer: "" if answer in {value for value, _ in options} else sentence


def _birth(answer: str) -> str:
    try:
        born_on = date.fromisoformat(answer)
    except ValueError:
        return "Donnez votre date de naissance."
    return (
        "" if date(1900, 1, 1) <= born_on < date(2020, 1, 1) else "Vérifiez l’année de naissance."
    )


def _rent(answer: str) -> str:
    try:
        rent = float(answer.replace(",", "."))
    except ValueError:
        return "Donnez le loyer en euros, par exemple 412,50."
    return "" if 0 <= rent <= 10_000 else "Le loyer doit être entre 0 et 10 000 €."  # noqa: PLR2004


def _commune(answer: str) -> str:
    return "" if answer in COMMUNES.values() else "Donnez d’abord un code postal des Hautes-Alpes."


SITUATIONS = (
    ("locataire", "Locataire"),
    ("colocataire", "Colocataire"),
    ("proprietaire", "Propriétaire qui rembourse un prêt"),
    ("heberge", "Hébergé chez quelqu’un"),
)
FURNISHED = (("oui", "Oui"), ("non", "Non"))

PAGES: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "Vous",
        (
            Field("nom", "Nom et prénom", "text", _filled("Donnez votre nom et votre prénom.")),
            Field("naissance", "Date de naissance", "date", _birth),
            Field(
                "numero",
                "Numéro de sécurité sociale",
                "text",
                _digits(13, "Le numéro de sécurité sociale a 13 chiffres."),
                hint="13 chiffres, sans la clé",
            ),
            Field(
                "courriel",
                "Adresse électronique",
                "email",
                _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "Vérifiez l’adresse électronique."),
                hint="Par exemple nom@exemple.fr",
            ),
            Field(
                "telephone",
                "Téléphone",
                "tel",
                _digits(10, "Le numéro de téléphone a 10 chiffres."),
            ),
        ),
    ),
    (
        "Votre logement",
        (
            Field(
                "code_postal",
                "Code postal",
                "text",
                _digits(5, "Le code postal a 5 chiffres."),
                hint="La commune s’écrit toute seule",
            ),
            Field("commune", "Commune", "text", _commune),
            Field(
                "situation",
                "Vous êtes",
                "select",
                _one_of(SITUATIONS, "Choisissez votre situation."),
                options=SITUATIONS,
            ),
            Field(
                "meuble",
                "Le logement est-il meublé ?",
                "radio",
                _one_of(FURNISHED, "Répondez oui ou non."),
                options=FURNISHED,
            ),
            Field("loyer", "Loyer par mois, en euros", "number", _rent),
        ),
    ),
    (
        "Votre demande",
        (
            Field(
                "explication",
                "Expliquez votre situation",
                "textarea",
                _filled("Expliquez votre situation en quelques mots."),
            ),
            Field(
                "mot_de_passe",
                "Choisissez un mot de passe",
                "password",
                _matching(r".{8,}", "Le mot de passe doit avoir au moins 8 signes."),
                hint="8 signes au moins ; il servira à suivre votre demande",
            ),
            Field(
                "avis", "Je veux être prévenu par courrier électronique", "checkbox", lambda _: ""
            ),
            Field(
                "attestation",
                "J’atteste que ces renseignements sont exacts",
                "checkbox",
                _filled("Cochez la case pour attester."),
            ),
        ),
    ),
)


def problems(page: int, answers: dict[str, str]) -> dict[str, str]:
    """Return an error's sentence for each field of `page` (from 0) whose answer is not good."""
    found = {field.name: field.check(answers.get(field.name, "")) for field in PAGES[page][1]}
    return {name: sentence for name, sentence in found.items() if sentence}
