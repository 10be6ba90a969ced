"""The mails, which are also what a slip's row keeps for the desk: all that has to be known."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from cordee.appointments.models import Appointment
from cordee.appointments.wording import (
    MANAGE_PATH,
    address,
    said_code,
    said_place,
    said_when,
    spoken,
)

Letter = tuple[str, str]
"""A title and a text. A title is read on a locked screen: no reason stands in it."""


def confirmed_letter(
    appointment: Appointment, to: str, *, is_own: bool, is_reminder: bool = False
) -> Letter:
    """Say that it is booked, or remind of it."""
    with spoken(appointment.language):
        if is_reminder:
            opening = _own_or_other(
                appointment, is_own, _("Nous vous attendons."), _("Nous attendons %(name)s.")
            )
            title = _("Rappel : rendez-vous %(when)s")
        else:
            opening = _own_or_other(
                appointment,
                is_own,
                _("Votre rendez-vous est noté."),
                _("Le rendez-vous pour %(name)s est noté."),
            )
            title = _("Rendez-vous %(when)s")
        return _letter(appointment, to, title, [opening], with_facts=True)


def moved_letter(appointment: Appointment, to: str, *, is_own: bool) -> Letter:
    """Say where and when it is now."""
    with spoken(appointment.language):
        opening = _own_or_other(
            appointment,
            is_own,
            _("Votre rendez-vous a changé. Voici la nouvelle heure et le lieu."),
            _("Le rendez-vous pour %(name)s a changé. Voici la nouvelle heure et le lieu."),
        )
        return _letter(
            appointment, to, _("Nouveau rendez-vous %(when)s"), [opening], with_facts=True
        )


def cancelled_letter(appointment: Appointment, to: str, *, is_own: bool) -> Letter:
    """Say that it is given up."""
    with spoken(appointment.language):
        opening = _own_or_other(
            appointment,
            is_own,
            _("Votre rendez-vous du %(when)s, %(place)s, est annulé."),
            _("Le rendez-vous pour %(name)s, %(when)s, %(place)s, est annulé."),
        )
        call = _("Pour en prendre un autre, appelez le %(phone)s.") % _words(appointment)
        return _letter(
            appointment, to, _("Annulé : rendez-vous %(when)s"), [opening, call], with_facts=False
        )


def touched_letter(appointment: Appointment, to: str, *, is_own: bool) -> Letter:
    """Say that it cannot be kept, and where other hours are."""
    with spoken(appointment.language):
        opening = _own_or_other(
            appointment,
            is_own,
            _("Votre rendez-vous du %(when)s, %(place)s, ne peut pas avoir lieu. Ne venez pas."),
            _("Le rendez-vous pour %(name)s, %(when)s, %(place)s, ne peut pas avoir lieu."),
        )
        words = _words(appointment)
        choose = (
            _("D’autres heures vous sont proposées : %(address)s")
            if words["address"]
            else _("Appelez le %(phone)s : une autre heure vous sera proposée.")
        )
        return _letter(
            appointment,
            to,
            _("Impossible : rendez-vous %(when)s"),
            [opening, choose % words],
            with_facts=False,
        )


def stood_in_letter(
    appointment: Appointment, to: str, *, is_own: bool, was_touched: bool
) -> Letter:
    """Say that it takes place at its hour, and who receives; after all, when it was in doubt."""
    with spoken(appointment.language):
        if was_touched:
            opening = _own_or_other(
                appointment,
                is_own,
                _("Votre rendez-vous a bien lieu, à l’heure prévue. %(agent)s vous reçoit."),
                _("Le rendez-vous pour %(name)s a bien lieu, à l’heure prévue. %(agent)s reçoit."),
            )
        else:
            opening = _own_or_other(
                appointment,
                is_own,
                _("Votre rendez-vous garde son heure. C’est %(agent)s qui vous reçoit."),
                _("Le rendez-vous pour %(name)s garde son heure. C’est %(agent)s qui reçoit."),
            )
        return _letter(appointment, to, _("Rendez-vous %(when)s"), [opening], with_facts=True)


def facts(appointment: Appointment) -> list[tuple[str, str]]:
    """Return what mail and slip say, as label and value, in the active language."""
    site, words = appointment.kiosk.site, _words(appointment)
    room = _("salle %(room)s") % {"room": site.room} if site.room else ""
    found = [
        (_("Quand"), _("%(when)s, %(minutes)s minutes") % words),
        (_("Où"), ", ".join(filter(None, (said_place(site), site.address, room)))),
        (_("Accès"), " ".join(_access(appointment))),
        (_("Pour"), f"{appointment.reason.label} ({appointment.agent.partner.label})"),
        (_("À savoir"), appointment.reason.instructions),
        (_("Code"), said_code(appointment.code)),
        (_("Téléphone"), site.phone),
    ]
    return [(label, value) for label, value in found if value]


def how_to_change(appointment: Appointment) -> str:
    """Say how to change or cancel, in the active language."""
    words = _words(appointment)
    if words["address"]:
        said = _("Pour changer ou annuler : %(address)s, ou appelez le %(phone)s avec ce code.")
    else:
        said = _("Pour changer ou annuler : appelez le %(phone)s avec ce code.")
    return said % words


def _letter(
    appointment: Appointment, to: str, title: str, lines: Iterable[str], *, with_facts: bool
) -> Letter:
    words = _words(appointment)
    hello = _("Bonjour %(to)s,") % {"to": to} if to else _("Bonjour,")
    text = [hello, "", *lines]
    if with_facts:
        text += [
            "",
            *(
                _("%(label)s : %(value)s") % {"label": label, "value": value}
                for label, value in facts(appointment)
            ),
        ]
        if appointment.reason.documents:
            text += ["", _("À apporter :"), *(f"- {one}" for one in appointment.reason.documents)]
        text += ["", how_to_change(appointment)]
    return title % words, "\n".join([*text, ""])


def _own_or_other(appointment: Appointment, is_own: bool, own: str, other: str) -> str:  # noqa: FBT001 - one of two sentences
    return (own if is_own else other) % _words(appointment)


def _access(appointment: Appointment) -> Iterable[str]:
    site = appointment.kiosk.site
    if site.access_note:
        yield site.access_note
    if site.has_confidential_room:
        yield _("Salle fermée.")
    if site.is_wheelchair_accessible:
        yield _("Accessible en fauteuil roulant.")


def _words(appointment: Appointment) -> dict[str, str]:
    site = appointment.kiosk.site
    lasting = appointment.ends_at - appointment.starts_at
    return {
        "name": appointment.citizen,
        "agent": appointment.agent.label,
        "when": said_when(appointment.starts_at, site),
        "place": said_place(site),
        "minutes": str(round(lasting.total_seconds() / 60)),
        "code": said_code(appointment.code),
        "address": address(MANAGE_PATH, appointment.code),
        "phone": site.phone,
    }
