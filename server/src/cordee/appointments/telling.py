"""Who is told what of an appointment, inside the transaction that changes it.

Call one function for each change: `tell_confirmed` plans the reminders too, `tell_moved` and
`tell_cancelled` drop what was planned. By text message to a mobile, by mail with a calendar entry,
on a slip for who has neither: the desk reads it out. The responsible person and the referrer each
have a row of their own. A neighbour may read a text message: it names hour and place, never why
somebody comes. Each call writes its rows once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cordee.appointments.calendars import own_calendar
from cordee.appointments.citizens import is_mobile
from cordee.appointments.letters import (
    cancelled_letter,
    confirmed_letter,
    moved_letter,
    stood_in_letter,
    touched_letter,
)
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.appointments.rules import ContactKind
from cordee.appointments.texts import Kind, offer_message, text_message, waiting_message
from cordee.appointments.wording import said_when, spoken, zone_of, zone_of_entry
from cordee.directory.models import Agent
from cordee.kernel.refusal import Refusal
from cordee.notices.queries import about
from cordee.notices.rules import Channel, Quiet, out_of_quiet
from cordee.notices.services import drop, take_up, write

SUBJECT = "appointment"
REMINDERS_H = (48, 2)
SOON_AFTER = {48: timedelta(hours=12), 2: timedelta(hours=1)}
"""No reminder comes so soon after the booking itself."""
STANDS = "stands"
LEAVES_BEFORE = timedelta(hours=1)
"""Whoever is told later than this has left home."""
WAITS_FOR = timedelta(minutes=30)
"""So long who has just booked, or entered the waiting list, waits for the answer at any hour."""


class CannotBeWritten(Refusal):
    """Someone who is told by writing needs a mobile number or an e-mail address."""

    code = "cannot_be_written"
    message = (
        "Donnez un numéro de mobile ou une adresse e-mail : une place libre s’annonce par écrit."
    )


@dataclass(frozen=True)
class Person:
    """Someone who is told. `who` is citizen, responsible or referrer."""

    who: str
    name: str
    channel: Channel
    to: str

    @property
    def is_citizen(self) -> bool:
        """Say whether the appointment is their own."""
        return self.who == "citizen"


def channel_for(kind: ContactKind, contact: str) -> Channel:
    """Return the way: by mail, by text message, or on a slip for the host to pass on."""
    if kind is ContactKind.EMAIL:
        return Channel.EMAIL
    return Channel.SMS if kind is ContactKind.MOBILE and is_mobile(contact) else Channel.SLIP


def people_of(appointment: Appointment) -> list[Person]:
    """Return who is told: the citizen, then the responsible person and the referrer.

    Those two only when they left a way to reach them that is not the citizen's own.
    """
    contact = appointment.citizen_email or appointment.citizen_phone
    way = channel_for(ContactKind(appointment.contact_kind), contact)
    people = [Person("citizen", appointment.citizen, way, contact)]
    for who, name, other in (
        ("responsible", appointment.responsible, appointment.responsible_contact),
        ("referrer", appointment.referrer, appointment.referrer_contact),
    ):
        if other and all(other != person.to for person in people):
            people.append(Person(who, name, _channel_of(other), other))
    return people


def tell_confirmed(appointment: Appointment, *, now: datetime) -> None:
    """Tell that it is booked, and plan the reminders."""
    row = whole(appointment)
    calendar = own_calendar(row, now=now)
    for person in people_of(row):
        letter = confirmed_letter(row, person.name, is_own=person.is_citizen)
        _tell(row, person, "confirmed", Kind.CONFIRMED, letter, now=now, calendar=calendar)
    _plan_reminders(row, now=now)


def tell_moved(appointment: Appointment, *, now: datetime) -> None:
    """Tell of the new hour or place; `appointment` is the new one, `moved_from` the old.

    What was planned for the old one is dropped, the new one's reminders are planned.
    """
    row = whole(appointment)
    if row.moved_from_id is not None:
        drop(subject_kind=SUBJECT, subject_id=str(row.moved_from_id))
    calendar = own_calendar(row, now=now)
    for person in people_of(row):
        letter = moved_letter(row, person.name, is_own=person.is_citizen)
        _tell(row, person, "moved", Kind.MOVED, letter, now=now, calendar=calendar)
    _plan_reminders(row, now=now)


def tell_cancelled(appointment: Appointment, *, now: datetime) -> None:
    """Tell that it is given up, after it was; what was planned is dropped.

    Nothing is told of an hour that has begun.
    """
    row = whole(appointment)
    drop(subject_kind=SUBJECT, subject_id=str(row.pk))
    if row.starts_at <= now:
        return
    calendar = own_calendar(row, now=now)
    for person in people_of(row):
        letter = cancelled_letter(row, person.name, is_own=person.is_citizen)
        _tell(row, person, "cancelled", Kind.CANCELLED, letter, now=now, calendar=calendar)


def forget_planned(appointment: Appointment) -> None:
    """Drop what is planned for an appointment that is given up while its people are told else."""
    drop(subject_kind=SUBJECT, subject_id=str(appointment.pk))


def tell_touched(appointment: Appointment, *, cause: str, now: datetime) -> None:
    """Tell its people and the agent that it cannot be kept and what they can do.

    The reminders are dropped: it will be moved or cancelled.
    """
    row = whole(appointment)
    drop(subject_kind=SUBJECT, subject_id=str(row.pk), keys_with=" reminder ")
    # Who was told that it takes place after all (`tell_stands`, `tell_stood_in`) hears of it again.
    stood = sum(
        notice.key.endswith(" agent") and (f" {STANDS} " in notice.key or " kept " in notice.key)
        for notice in about(SUBJECT, str(row.pk))
    )
    act = f"touched {cause}" + (f" again {stood}" if stood else "")
    for person in people_of(row):
        letter = touched_letter(row, person.name, is_own=person.is_citizen)
        _tell(row, person, act, Kind.TOUCHED, letter, now=now)
    site = row.kiosk.site
    with spoken("fr"):
        when = said_when(row.starts_at, site)
    _write_to_agent(
        row,
        f"{act} agent",
        "Un rendez-vous ne peut avoir lieu",
        f"Le rendez-vous du {when}, {site.name}, ne peut avoir lieu. "
        "D’autres heures sont proposées à la personne.",
        now=now,
    )


def tell_stands(appointment: Appointment, *, cause: str, now: datetime) -> None:
    """Tell its people and the agent that it takes place after all: `cause` is no more.

    What was not sent of the contrary is dropped, and the reminders wait again.
    """
    row = whole(appointment)
    subject = {"subject_kind": SUBJECT, "subject_id": str(row.pk)}
    act = f"{STANDS} {cause} {now:%Y%m%d%H%M%S%f}"
    drop(**subject, keys_with=" touched ")
    take_up(**subject, keys_with=" reminder ", now=now)
    for person in people_of(row):
        letter = stood_in_letter(row, person.name, is_own=person.is_citizen, was_touched=True)
        _tell(row, person, act, Kind.KEPT, letter, now=now)
    site = row.kiosk.site
    with spoken("fr"):
        when = said_when(row.starts_at, site)
    text = f"Le rendez-vous du {when}, {site.name}, a bien lieu. La personne en est prévenue."
    _write_to_agent(row, f"{act} agent", "Un rendez-vous a bien lieu", text, now=now)


def tell_stood_in(appointment: Appointment, *, was_touched: bool, now: datetime) -> None:
    """Tell its people who receives them at the same hour, and the agent that it is theirs now.

    `was_touched`: they may have heard that it could not be kept. What was not sent of that is
    dropped, and the reminders wait again.
    """
    row = whole(appointment)
    subject = {"subject_kind": SUBJECT, "subject_id": str(row.pk)}
    act, kind = ("kept", Kind.KEPT) if was_touched else ("stood in", Kind.STOOD_IN)
    act = f"{act} {row.agent_id} {now:%Y%m%d%H%M%S}"
    drop(**subject, keys_with=" touched ")
    take_up(**subject, keys_with=" reminder ", now=now)
    for person in people_of(row):
        letter = stood_in_letter(
            row, person.name, is_own=person.is_citizen, was_touched=was_touched
        )
        _tell(row, person, act, kind, letter, now=now)
    site = row.kiosk.site
    with spoken("fr"):
        when = said_when(row.starts_at, site)
    text = f"Le {when}, {site.name}, vous recevez {row.citizen} à la place d’une autre personne."
    _write_to_agent(row, f"{act} agent", "Un rendez-vous vous est confié", text, now=now)


def tell_seated(appointment: Appointment, agent: Agent, *, now: datetime) -> None:
    """Tell an interpreter or a second agent of the seat that is theirs now."""
    row = whole(appointment)
    with spoken("fr"):
        when = said_when(row.starts_at, row.kiosk.site)
    act = f"seated {agent.pk} {now:%Y%m%d%H%M%S%f}"
    title = "Une place à un rendez-vous vous est confiée"
    text = f"Le {when}, {row.kiosk.site.name} : vous vous joignez à {row.agent.label}."
    write_to(agent.user.email, row, act, title, text, now=now)


def tell_offer(offer: Offer, *, now: datetime) -> None:
    """Tell someone on the waiting list of a free slot, until it runs out."""
    row, entry = offer.appointment, offer.entry
    contact = entry.citizen_email or entry.citizen_phone
    channel = channel_for(ContactKind(entry.contact_kind), contact)
    with spoken(entry.language):
        title = _("Une place se libère")
    write(
        key=f"offer {offer.pk}",
        subject_kind=SUBJECT,
        subject_id=str(row.pk),
        channel=channel,
        to=contact,
        title=title,
        text=offer_message(offer),
        due_at=now,
        useless_at=offer.expires_at,
        now=now,
    )


def tell_waiting(entry: WaitingEntry, *, now: datetime) -> None:
    """Tell someone who has entered the waiting list their code."""
    contact = entry.citizen_email or entry.citizen_phone
    with spoken(entry.language):
        title = _("Liste d’attente")
    write(
        key=f"waiting {entry.pk}",
        subject_kind="waiting",
        subject_id=str(entry.pk),
        channel=channel_for(ContactKind(entry.contact_kind), contact),
        to=contact,
        title=title,
        text=waiting_message(entry),
        due_at=now,
        useless_at=entry.until_at,
        quiet=Quiet(zone_of_entry(entry), entry.until_at, awake_until=now + WAITS_FOR),
        now=now,
    )


def _plan_reminders(row: Appointment, *, now: datetime) -> None:
    """Write the reminders as notices that are due later, out of the quiet hours.

    To the citizen and the responsible person; to the referrer when the citizen cannot be written
    to. Who has only a slip has the hour on it.
    """
    people = [person for person in people_of(row) if person.channel is not Channel.SLIP]
    if any(person.is_citizen for person in people):
        people = [person for person in people if person.who != "referrer"]
    site = row.kiosk.site
    for hours in REMINDERS_H:
        due = row.starts_at - timedelta(hours=hours)
        for person in people:
            at = due
            if person.channel is Channel.SMS:
                before = row.starts_at - LEAVES_BEFORE
                at = out_of_quiet(due, before=before, zone=zone_of(site))
            if at < now + SOON_AFTER[hours]:
                continue
            letter = confirmed_letter(row, person.name, is_own=person.is_citizen, is_reminder=True)
            act = f"reminder {hours}"
            _tell(row, person, act, Kind.REMINDER, letter, now=now, due_at=at)


def _tell(
    row: Appointment,
    person: Person,
    act: str,
    kind: Kind,
    letter: tuple[str, str],
    *,
    now: datetime,
    calendar: str = "",
    due_at: datetime | None = None,
) -> None:
    title, text = letter
    quiet = None
    if person.channel is Channel.SMS:
        title, text = "", text_message(row, kind, for_whom="" if person.is_citizen else row.citizen)
        # Who has just booked waits for the answer; all others may sleep.
        waits = person.is_citizen and kind is Kind.CONFIRMED
        before = row.starts_at if waits or due_at else row.starts_at - LEAVES_BEFORE
        zone = zone_of(row.kiosk.site)
        quiet = Quiet(zone, before, awake_until=now + WAITS_FOR if waits else None)
        if due_at is None:
            due_at = quiet.wait(now)
    write(
        key=f"{SUBJECT} {row.pk} {act} {person.who}",
        subject_kind=SUBJECT,
        subject_id=str(row.pk),
        channel=person.channel,
        to=person.to,
        title=title,
        text=text,
        calendar=calendar if person.channel is Channel.EMAIL else "",
        due_at=max(due_at or now, now),
        useless_at=row.starts_at,
        quiet=quiet,
        now=now,
    )


def _write_to_agent(row: Appointment, act: str, title: str, text: str, *, now: datetime) -> None:
    write_to(row.agent.user.email, row, act, title, text, now=now)


def write_to(
    to: str,
    row: Appointment,
    act: str,
    title: str,
    text: str,
    *,
    channel: Channel = Channel.EMAIL,
    now: datetime,
) -> None:
    """Tell who works for the appointment, once an `act`, while its hour has not ended."""
    write(
        key=f"{SUBJECT} {row.pk} {act}",
        subject_kind=SUBJECT,
        subject_id=str(row.pk),
        channel=channel,
        to=to,
        title=title,
        text=text,
        due_at=now,
        useless_at=row.ends_at,
        now=now,
    )


def _channel_of(contact: str) -> Channel:
    if "@" in contact:
        return Channel.EMAIL
    return Channel.SMS if is_mobile(contact) else Channel.SLIP


def whole(appointment: Appointment) -> Appointment:
    """Return the row as it stands, with all that is told of it."""
    rows = Appointment.objects.select_related(
        "kiosk__site__commune__territory", "agent__partner", "agent__user", "reason"
    )
    return rows.get(pk=appointment.pk)
