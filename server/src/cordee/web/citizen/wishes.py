"""What a citizen wishes beyond an hour: a language, an interpreter, access in a wheelchair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cordee.appointments.diaries import is_offered_in, languages_asked_for
from cordee.web.citizen.asking import INTERPRETED
from cordee.web.languages import language_name

if TYPE_CHECKING:
    from cordee.web.citizen.asking import Asking


@dataclass(frozen=True)
class Choice:
    """One wish that can be chosen: how an address says it, and its name for people."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Wishes:
    """What a page asks about wishes: languages by who speaks them, and what is chosen."""

    spoken: list[Choice]
    interpreted: list[Choice]
    is_wheelchair_needed: bool
    is_open: bool


def choices(asking: Asking) -> Wishes:
    """Return the wishes that somebody can fulfil, for the reason if one is chosen.

    What an address asks for is always there.
    """
    spoken, interpreted = languages_asked_for(asking.reason)
    if asking.spoken:
        spoken.add(asking.spoken)
    if asking.interpreted:
        interpreted.add(asking.interpreted)
    return Wishes(
        spoken=_listed(spoken, "", asking.speech),
        interpreted=_listed(interpreted, INTERPRETED, asking.speech),
        is_wheelchair_needed=asking.is_wheelchair_needed,
        is_open=bool(asking.speech or asking.is_wheelchair_needed),
    )


def said(asking: Asking) -> str:
    """Return who is to be there, as a page sums it up; empty: anyone."""
    if asking.agent is not None:
        return asking.agent.label
    if asking.spoken:
        return _("Une personne qui parle %(language)s") % _language(asking)
    if asking.interpreted:
        return _("Un interprète se joint à vous : %(language)s") % _language(asking)
    return ""


def nothing_for(asking: Asking, *, has_places: bool = True) -> str:
    """Return the sentence for no free hour at all, and what can be done; empty: no wish.

    Without `has_places` there is not even a place that suits.
    """
    if asking.is_wheelchair_needed and not has_places:
        return _no_access()
    if asking.agent is not None:
        return _(
            "%(agent)s n’a pas d’heure libre ici ces jours-là. Voyez les heures de ses collègues, "
            "ou téléphonez."
        ) % {"agent": asking.agent.label}
    if asking.reason is not None and not is_offered_in(asking.reason, asking.spoken):
        return _("Cette démarche ne se fait pas en %(language)s.") % _language(asking)
    if asking.spoken:
        return _(
            "Personne qui parle %(language)s n’a d’heure libre ici ces jours-là. "
            "Mettez-vous sur la liste d’attente, ou téléphonez : l’accueil cherchera avec vous."
        ) % _language(asking)
    if asking.interpreted:
        return _(
            "Aucun interprète (%(language)s) n’est libre ici ces jours-là. Mettez-vous sur la "
            "liste d’attente, ou téléphonez : l’accueil cherchera avec vous."
        ) % _language(asking)
    return _no_access() if asking.is_wheelchair_needed else ""


def ways_out(asking: Asking, page: str) -> list[tuple[str, str]]:
    """Return links (words, address) to the same page with one wish less, or with another."""
    ways = []
    if asking.agent is not None:
        words = _("Voir les heures de toutes les personnes de %(partner)s") % {
            "partner": asking.chosen_reason.partner.label
        }
        ways.append((words, asking.but(agent=None, again="").url(page)))
    if asking.spoken and asking.spoken in languages_asked_for()[1]:
        words = _("Demander un interprète (%(language)s)") % _language(asking)
        ways.append((words, asking.but(speech=INTERPRETED + asking.spoken).url(page)))
    if asking.speech:
        ways.append((_("Voir les heures en français"), asking.but(speech="").url(page)))
    if asking.is_wheelchair_needed and asking.site is None:
        words = _("Voir aussi les lieux sans accès en fauteuil")
        ways.append((words, asking.but(is_wheelchair_needed=False).url(page)))
    return ways


def _no_access() -> str:
    return _(
        "Aucun lieu accessible en fauteuil roulant n’a d’heure libre ces jours-là. "
        "Mettez-vous sur la liste d’attente, ou téléphonez."
    )


def _listed(codes: set[str], prefix: str, chosen: str) -> list[Choice]:
    named = sorted((language_name(code), code) for code in codes)
    return [Choice(prefix + code, name, prefix + code == chosen) for name, code in named]


def _language(asking: Asking) -> dict[str, str]:
    return {"language": language_name(asking.spoken or asking.interpreted)}
