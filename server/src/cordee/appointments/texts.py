"""The text messages: one of 160 signs each, hour and place, never why somebody comes."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _

from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.appointments.wording import (
    MANAGE_PATH,
    address,
    one_sms,
    said_hour,
    short_name,
    short_when,
    spoken,
)
from cordee.notices.rules import SMS_LENGTH, plain_sms, sms_length


class Kind(StrEnum):
    """What a text message says."""

    CONFIRMED = "confirmed"
    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    TOUCHED = "touched"
    KEPT = "kept"
    STOOD_IN = "stood_in"


def text_message(appointment: Appointment, kind: Kind, *, for_whom: str = "") -> str:
    """Return the message in the appointment's language; `for_whom` when it goes to another.

    With its address when there is one, else with the site's telephone number.
    """
    site = appointment.kiosk.site
    with spoken(appointment.language):
        words = {"name": short_name(for_whom), "when": short_when(appointment.starts_at, site)}
        sentence = _sentence(kind, is_own=not for_whom)
        return one_sms(
            lambda place, end: " ".join(filter(None, (sentence % {**words, "place": place}, end))),
            site,
            _ends(appointment, kind),
        )


def offer_message(offer: Offer) -> str:
    """Return the message that offers a freed hour of `offer.appointment`, in the entry's language.

    With its address when there is one, else with the site's telephone number.
    """
    row = offer.appointment
    site = row.kiosk.site
    with spoken(offer.entry.language):
        words = {
            "when": short_when(row.starts_at, site),
            "before": said_hour(offer.expires_at, site),
            "phone": site.phone,
            "code": offer.code,
            "address": address(MANAGE_PATH, offer.code),
        }
        call = _("Appelez avant %(before)s le %(phone)s, code %(code)s") % words
        link = _("Répondez avant %(before)s : %(address)s") % words
        sentence = _("Une place se libère : %(when)s, %(place)s.")
        return one_sms(
            lambda place, end: f"{sentence % {**words, 'place': place}} {end}",
            site,
            [link, call] if words["address"] else [call],
        )


def waiting_message(entry: WaitingEntry) -> str:
    """Return the message that says how to see and to leave the waiting list."""
    with spoken(entry.language):
        words = {"code": entry.code or "", "address": address(MANAGE_PATH, entry.code)}
        noted = (
            _("Liste d’attente : nous vous écrirons dès qu’une heure plus tôt se libère.")
            if entry.replaces_id
            else _("Liste d’attente : nous vous écrirons dès qu’une autre heure se libère.")
        )
        link = _("La quitter : %(address)s") % words
        code = _("Code %(code)s") % words
        tried = [f"{noted} {link}", f"{noted} {code}"] if words["address"] else [f"{noted} {code}"]
        return next(
            (text for text in tried if sms_length(plain_sms(text)) <= SMS_LENGTH), tried[-1]
        )


def _sentence(kind: Kind, *, is_own: bool) -> str:
    own = {
        Kind.CONFIRMED: _("Rendez-vous %(when)s, %(place)s."),
        Kind.REMINDER: _("Rappel : rendez-vous %(when)s, %(place)s."),
        Kind.MOVED: _("Nouvelle heure de rendez-vous : %(when)s, %(place)s."),
        Kind.CANCELLED: _("Rendez-vous annulé : %(when)s, %(place)s."),
        Kind.TOUCHED: _("Le rendez-vous du %(when)s, %(place)s, n’aura pas lieu."),
        Kind.KEPT: _("Votre rendez-vous a bien lieu : %(when)s, %(place)s."),
        Kind.STOOD_IN: _("Rendez-vous %(when)s, %(place)s : une autre personne vous reçoit."),
    }
    others = {
        Kind.CONFIRMED: _("Rendez-vous pour %(name)s %(when)s, %(place)s."),
        Kind.REMINDER: _("Rappel : rendez-vous pour %(name)s %(when)s, %(place)s."),
        Kind.MOVED: _("Nouvelle heure pour %(name)s : %(when)s, %(place)s."),
        Kind.CANCELLED: _("Rendez-vous annulé pour %(name)s : %(when)s, %(place)s."),
        Kind.TOUCHED: _("Le rendez-vous pour %(name)s, %(when)s, %(place)s, n’aura pas lieu."),
        Kind.KEPT: _("Le rendez-vous pour %(name)s a bien lieu : %(when)s, %(place)s."),
        Kind.STOOD_IN: _(
            "Rendez-vous pour %(name)s %(when)s, %(place)s : une autre personne reçoit."
        ),
    }
    return (own if is_own else others)[kind]


def _ends(appointment: Appointment, kind: Kind) -> list[str]:
    """Return how the message may end, the best first."""
    words = {
        "code": appointment.code or "",
        "address": address(MANAGE_PATH, appointment.code),
        "phone": appointment.kiosk.site.phone,
    }
    if kind is Kind.CANCELLED:
        return [_("Pour un autre, appelez le %(phone)s") % words, ""]
    if kind is Kind.TOUCHED:
        call = _("Appelez le %(phone)s") % words
        link = _("Autres heures : %(address)s") % words
        return [link, call] if words["address"] else [call]
    call = _("Code %(code)s. Changer : %(phone)s") % words
    link = _("Code %(code)s. Changer : %(address)s") % words
    return [link, _("Changer : %(address)s") % words, call] if words["address"] else [call]
