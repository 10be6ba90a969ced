"""What people are told of offers and of appointments that cannot be kept: short, no reason named.

A neighbour may read a text message: it names hour and place, never why somebody comes.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from cordee.appointments.citizens import is_mobile
from cordee.appointments.models import Appointment, Offer
from cordee.appointments.rules import ContactKind
from cordee.kernel.refusal import Refusal
from cordee.notices.rules import SMS_LENGTH, Channel, plain_sms, sms_length
from cordee.notices.services import write
from cordee.territory.models import Site

SITE_LETTERS = 30
"""As much of a site's name as leaves room for the rest in one text message."""
OFFER_PATH = "offre/"
MANAGE_PATH = "rdv/"
"""Where the citizen's pages are, below CORDEE_PUBLIC_URL; the code follows."""


class CannotBeWritten(Refusal):
    """Someone who is told by writing needs a mobile number or an e-mail address."""

    code = "cannot_be_written"
    message = (
        "Donnez un numéro de mobile ou une adresse e-mail : une place libre s’annonce par écrit."
    )


def channel_for(kind: ContactKind, contact: str) -> Channel:
    """Return the way: by mail, by text message, or on a slip for the host to pass on."""
    if kind is ContactKind.EMAIL:
        return Channel.EMAIL
    return Channel.SMS if kind is ContactKind.MOBILE and is_mobile(contact) else Channel.SLIP


def said_hour(instant: datetime, site: Site) -> str:
    """Return the hour as it is read at the site: `08/12 à 11h00`."""
    local = instant.astimezone(ZoneInfo(site.commune.territory.time_zone))
    return f"{local:%d/%m à %Hh%M}"


def tell_offer(offer: Offer, *, now: datetime) -> None:
    """Tell someone on the waiting list of a free slot, until it runs out."""
    site = _site_of(offer.appointment)
    entry = offer.entry
    contact = entry.citizen_email or entry.citizen_phone
    hour = said_hour(offer.appointment.starts_at, site)
    before = _clock(offer.expires_at, site)
    address = f"{settings.PUBLIC_URL}/{OFFER_PATH}{offer.code}"
    text = _fitting(
        f"Une place se libère le {hour}, {site.name[:SITE_LETTERS]}. "
        f"Répondez avant {before} : {address}",
        f"Une place se libère le {hour}. Avant {before} : {address}",
        f"Une place se libère le {hour}. Appelez avant {before} le {site.phone}",
    )
    write(
        key=f"offer {offer.pk}",
        subject_kind="appointment",
        subject_id=str(offer.appointment_id),
        channel=channel_for(ContactKind(entry.contact_kind), contact),
        to=contact,
        title="Une place se libère",
        text=text,
        due_at=now,
        useless_at=offer.expires_at,
        now=now,
    )


def tell_touched(appointment: Appointment, *, cause: str, now: datetime) -> None:
    """Tell citizen, responsible person, referrer and agent, once a cause, that it cannot be kept.

    Who can only be called gets a slip: the desk sees it.
    """
    site = _site_of(appointment)
    hour = said_hour(appointment.starts_at, site)
    contact = appointment.citizen_email or appointment.citizen_phone
    address = f"{settings.PUBLIC_URL}/{MANAGE_PATH}{appointment.code or ''}"
    text = _fitting(
        f"Votre rendez-vous du {hour}, {site.name[:SITE_LETTERS]}, ne peut avoir lieu. Ne venez "
        f"pas. Autres heures : {address} ou {site.phone}",
        f"Votre rendez-vous du {hour} ne peut avoir lieu. Autres heures : {address}",
        f"Votre rendez-vous du {hour} ne peut avoir lieu. Appelez le {site.phone}",
    )
    people = [
        ("citizen", channel_for(ContactKind(appointment.contact_kind), contact), contact, text)
    ]
    for who, other in (
        ("responsible", appointment.responsible_contact),
        ("referrer", appointment.referrer_contact),
    ):
        if other and other != contact:
            people.append((who, _channel_of(other), other, text))
    told = f"Le rendez-vous du {hour}, {site.name[:SITE_LETTERS]}, ne peut avoir lieu. "
    told += "D’autres heures sont proposées à la personne."
    people.append(("agent", Channel.EMAIL, appointment.agent.user.email, told))
    for who, channel, to, words in people:
        write(
            key=f"appointment {appointment.pk} touched {cause} {who}",
            subject_kind="appointment",
            subject_id=str(appointment.pk),
            channel=channel,
            to=to,
            title="Votre rendez-vous change",
            text=words,
            due_at=now,
            useless_at=appointment.starts_at,
            now=now,
        )


def tell_to_call(appointment: Appointment, *, now: datetime) -> None:
    """Ask the agent to telephone at the hour, in the place of the visit."""
    site = _site_of(appointment)
    number = appointment.citizen_phone or site.phone
    write(
        key=f"appointment {appointment.pk} by telephone",
        subject_kind="appointment",
        subject_id=str(appointment.pk),
        channel=Channel.EMAIL,
        to=appointment.agent.user.email,
        title="Rendez-vous par téléphone",
        text=f"Le {said_hour(appointment.starts_at, site)}, appelez {appointment.citizen} "
        f"au {number} : le lieu ne peut pas recevoir.",
        due_at=now,
        useless_at=appointment.ends_at,
        now=now,
    )


def _channel_of(contact: str) -> Channel:
    if "@" in contact:
        return Channel.EMAIL
    return Channel.SMS if is_mobile(contact) else Channel.SLIP


def _site_of(appointment: Appointment) -> Site:
    rows = Site.objects.select_related("commune__territory")
    return rows.get(pk=appointment.kiosk.site_id)


def _clock(instant: datetime, site: Site) -> str:
    return f"{instant.astimezone(ZoneInfo(site.commune.territory.time_zone)):%Hh%M}"


def _fitting(*texts: str) -> str:
    """Return the first that fits one text message, or else the last."""
    fits = (text for text in texts if sms_length(plain_sms(text)) <= SMS_LENGTH)
    return next(fits, texts[-1])
