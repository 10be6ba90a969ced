"""Appointments as iCalendar (RFC 5545): one for its person, feeds for an agent and for a site.

Whoever sees a calendar sees little: hour and place; to an agent, the first name. Hours are in UTC,
which every calendar shows in its own zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cordee.appointments.models import Appointment, AppointmentQuerySet, GuestSeat
from cordee.appointments.wording import MANAGE_PATH, address, said_place, spoken
from cordee.directory.models import Agent
from cordee.territory.models import Site

PRODUCT = "-//Cordee//Cordee//FR"
PAST, AHEAD = timedelta(days=30), timedelta(days=400)
"""How far a feed reaches."""
CALL = "Appel :"
"""What a visit by telephone begins with: feeds are in French, like the agents' pages."""
REFRESH = "PT15M"
MOVES_LIMIT = 100
_CIVILITIES = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "mrs"})


def own_calendar(appointment: Appointment, *, now: datetime) -> str:
    """Return the appointment for its person's calendar.

    A moved one keeps its UID with a higher SEQUENCE, so that the calendar moves it; a cancelled
    one takes it out. `appointment` has its site, commune and territory loaded.
    """
    site = appointment.kiosk.site
    first, moves = _history(appointment)
    is_cancelled = appointment.cancelled_at is not None
    with spoken(appointment.language):
        event = _event(
            f"rendez-vous-{first}",
            appointment,
            _where(site),
            stamp=now,
            title=_("Rendez-vous, %(place)s") % {"place": said_place(site)},
            cancels=is_cancelled,
        )
        event.add("sequence", moves + is_cancelled)
        manage = address(MANAGE_PATH, appointment.code)
        if manage and not is_cancelled:
            event.add("url", manage)
        event.add(
            "description",
            _("Pour changer ou annuler, appelez le %(phone)s.") % {"phone": site.phone},
        )
        calendar = _calendar("")
        calendar.add("method", "PUBLISH")
        event.add("organizer", f"mailto:{_mailbox()}")
    calendar.add_component(event)
    return _written(calendar)


def feed_of_agent(agent: Agent, *, now: datetime) -> str:
    """Return the agent's appointments, those where they sit in too, with the first name.

    What was given up for a call is in it as one: the person is not at the place, the agent calls.
    """
    seated = GuestSeat.objects.filter(agent=agent).values("appointment")
    met = Appointment.objects.confirmed().filter(Q(agent=agent) | Q(pk__in=seated))
    called = Appointment.objects.by_telephone().filter(agent=agent, released_at=None)
    rows = [(row, first_name(row.citizen), _where(row.kiosk.site)) for row in _shown(met, now)]
    rows += [(row, f"{CALL} {first_name(row.citizen)}", "") for row in _shown(called, now)]
    rows.sort(key=lambda each: (each[0].starts_at, each[0].pk))
    return _feed(f"Cordée, {agent.label}", rows)


def feed_of_site(site: Site, *, now: datetime) -> str:
    """Return the site's appointments: hour and kiosk, neither name nor reason."""
    rows = _shown(Appointment.objects.confirmed().filter(kiosk__site=site), now)
    return _feed(
        f"Cordée, {said_place(site)}", ((row, row.kiosk.name, _where(site)) for row in rows)
    )


def first_name(name: str) -> str:
    """Return the first name; of "Mme Dupont" what is said aloud, with the initial alone."""
    words = name.split()
    if not words:
        return ""
    if words[0].strip(".").casefold() in _CIVILITIES:
        return f"{words[0]} {words[-1][0]}." if len(words) > 1 else words[0]
    # "DUPONT Lucie" is the way of registers.
    given = [word for word in words if not word.isupper()]
    return given[0] if words[0].isupper() and given else words[0]


def _shown(rows: AppointmentQuerySet, now: datetime) -> AppointmentQuerySet:
    rows = rows.between(now - PAST, now + AHEAD)
    rows = rows.select_related("kiosk__site__commune__territory")
    return rows.order_by("starts_at", "pk")


def _feed(name: str, rows: Iterable[tuple[Appointment, str, str]]) -> str:
    """Return a calendar of appointments, each with its title and where it is (empty: nowhere)."""
    calendar = _calendar(name)
    for row, title, where in rows:
        event = _event(
            f"rendez-vous-{row.pk}",
            row,
            where,
            stamp=row.booked_at,
            title=title,
            cancels=False,
        )
        calendar.add_component(event)
    return _written(calendar)


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("x-published-ttl", REFRESH)
    return calendar


def _event(
    uid: str, appointment: Appointment, where: str, *, stamp: datetime, title: str, cancels: bool
) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{settings.MAIL_DOMAIN}")
    event.add("dtstamp", stamp)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", title)
    if where:
        event.add("location", where)
    event.add("status", "CANCELLED" if cancels else "CONFIRMED")
    return event


def _where(site: Site) -> str:
    return ", ".join(filter(None, (said_place(site), site.address)))


def _written(calendar: Calendar) -> str:
    made: bytes = calendar.to_ical()
    return made.decode()


def _mailbox() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")


def _history(appointment: Appointment) -> tuple[int, int]:
    """Return the key of the appointment that was first booked, and how often it was moved."""
    first, before, moves = appointment.pk, appointment.moved_from_id, 0
    while before is not None and moves < MOVES_LIMIT:
        first, moves = before, moves + 1
        before = Appointment.objects.values_list("moved_from", flat=True).get(pk=before)
    return first, moves
