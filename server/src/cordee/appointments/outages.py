"""What falls out, and whom it touches: kiosks, sites and agents, by a cause that names each.

What is proposed instead, and who is told, is the `cascade`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from cordee.appointments import diaries
from cordee.appointments.models import Appointment, AppointmentQuerySet, GuestSeat, Proposal
from cordee.directory.models import Absence, Agent
from cordee.fleet.models import Kiosk, KioskOutage
from cordee.kernel.cells import Window
from cordee.kernel.period import Period
from cordee.territory.models import Site, SiteClosure

AHEAD = timedelta(days=60)
"""What has no end yet, as a kiosk that was revoked, is out for all that can be booked."""
ABSENCE, ACCOUNT = "absence ", "account "
"""How the causes begin that are an agent's: away, or gone."""
CLOSURE, BROKEN = "closure ", "outage "
"""How the causes begin of a site that is closed, and of a kiosk that does not work."""
HOURS = "hours "
"""How the cause begins of a site whose hours or holidays no longer hold what was promised."""


@dataclass(frozen=True)
class Outage:
    """What is out, in `[start, end)`: one of kiosk, site, agent, by key.

    `cause` names it for good (`closure 12`): people are told once of each. `appointments`, by key,
    are what hours that were shortened leave out: the rest of the site stays as it is.
    """

    cause: str
    start: datetime
    end: datetime
    kiosk: int | None = None
    site: int | None = None
    agent: int | None = None
    appointments: Collection[int] | None = None


def outages(now: datetime) -> Iterable[Outage]:
    """Return all that is out now or will be, as far as can be booked."""
    end = now + AHEAD
    for key, revoked_at in Kiosk.objects.exclude(revoked_at=None).values_list("pk", "revoked_at"):
        if revoked_at is not None:
            yield Outage(f"kiosk {key} {revoked_at:%Y%m%d%H%M%S}", now, end, kiosk=key)
    for broken in KioskOutage.objects.during(now, end):
        yield Outage(
            cause_of(broken), broken.starts_at, broken.ends_at or end, kiosk=broken.kiosk_id
        )
    coming = Q(ends_at__gt=now, starts_at__lt=end)
    columns = ("pk", "starts_at", "ends_at")
    for key, starts, ends, site in SiteClosure.objects.filter(coming).values_list(*columns, "site"):
        yield Outage(f"{CLOSURE}{key}", starts, ends, site=site)
    for site, keys in outside_hours(now).items():
        if keys:
            yield Outage(f"{HOURS}{site}", now, end, appointments=keys)
    for key, starts, ends, agent in Absence.objects.filter(coming).values_list(*columns, "agent"):
        yield Outage(f"{ABSENCE}{key}", starts, ends, agent=agent)
    for agent in _gone(now):
        yield Outage(f"{ACCOUNT}{agent}", now, end, agent=agent)


def outside_hours(now: datetime, *, site: int | None = None) -> dict[int, frozenset[int]]:
    """Return what was promised and lies outside its site's hours or on its holidays, by the site.

    Of one site, by key, or of all where anything is promised. Closures are outages of their own;
    what was booked by hand was meant so.
    """
    rows = Appointment.objects.confirmed().filter(released_at=None, is_by_hand=False)
    rows = rows.filter(starts_at__gt=now, starts_at__lt=now + AHEAD)
    if site is not None:
        rows = rows.filter(kiosk__site=site)
    promised: defaultdict[int, list[tuple[int, datetime, datetime]]] = defaultdict(list)
    columns = ("kiosk__site", "pk", "starts_at", "ends_at")
    for where, key, starts_at, ends_at in rows.values_list(*columns):
        promised[where].append((key, starts_at, ends_at))
    whole = Period(now, now + AHEAD + diaries.LONGEST)
    window = Window.spanning(whole, ZoneInfo("UTC"))
    is_open = diaries.open_by_hours(window, diaries.places(promised))
    return {
        where: frozenset(
            key for key, start, end in held if window.touched(start, end) & ~is_open[where]
        )
        for where, held in promised.items()
    }


def still_outside_hours(site: int, now: datetime) -> Collection[int]:
    """Return what lies outside one site's hours, which then stay until the transaction ends."""
    Site.objects.select_for_update().filter(pk=site).first()
    return outside_hours(now, site=site).get(site, frozenset())


def cause_of(out: Absence | SiteClosure | KioskOutage) -> str:
    """Return the cause under which `outages` knows this absence, closure or broken kiosk."""
    if isinstance(out, KioskOutage):
        return f"{BROKEN}{out.pk}"
    return f"{ABSENCE if isinstance(out, Absence) else CLOSURE}{out.pk}"


def causes_of(agent: Agent) -> list[str]:
    """Return every cause under which this agent may fall out: their absences and their account."""
    absences = Absence.objects.filter(agent=agent).values_list("pk", flat=True)
    return [f"{ACCOUNT}{agent.pk}", *(f"{ABSENCE}{key}" for key in absences)]


def agent_out(cause: str) -> int | None:
    """Return which agent falls out by this cause, or None when it is a place."""
    _, _, key = cause.partition(" ")
    if not key.isdigit():
        return None
    if cause.startswith(ACCOUNT):
        return int(key)
    if not cause.startswith(ABSENCE):
        return None
    return Absence.objects.filter(pk=int(key)).values_list("agent", flat=True).first()


def touched_by(outage: Outage, now: datetime) -> AppointmentQuerySet:
    """Return the promised appointments that this outage makes impossible."""
    rows = Appointment.objects.confirmed().filter(released_at=None, starts_at__gt=now)
    if outage.appointments is not None:
        return rows.filter(pk__in=outage.appointments)
    rows = rows.between(outage.start, outage.end)
    if outage.kiosk is not None:
        return rows.filter(kiosk=outage.kiosk)
    if outage.site is not None:
        return rows.filter(kiosk__site=outage.site)
    seated = GuestSeat.objects.filter(agent=outage.agent).values("appointment")
    return rows.filter(Q(agent=outage.agent) | Q(pk__in=seated))


def touched_by_absence(agent: Agent, period: Period, *, now: datetime) -> list[Appointment]:
    """Return the appointments that an absence in `period` would touch anew, in order.

    Whose people already have proposals because this agent is away are left out.
    """
    rows = touched_by(Outage("", period.start, period.end, agent=agent.pk), now)
    held = Absence.objects.filter(agent=agent).values_list("pk", flat=True)
    causes = [f"{ABSENCE}{key}" for key in held]
    return _anew(rows, causes)


def touched_by_closure(site: Site, period: Period, *, now: datetime) -> list[Appointment]:
    """Return the appointments that closing the site in `period` would touch, in order."""
    rows = touched_by(Outage("", period.start, period.end, site=site.pk), now)
    return list(rows.order_by("starts_at", "pk"))


def touched_by_kiosk(kiosk: Kiosk, ends_at: datetime | None, *, now: datetime) -> list[Appointment]:
    """Return the appointments that a kiosk out of service until then would touch anew, in order.

    `ends_at` None: until it is put back. Whose people have heard that it does not work are left
    out.
    """
    rows = touched_by(Outage("", now, ends_at or now + AHEAD, kiosk=kiosk.pk), now)
    held = KioskOutage.objects.filter(kiosk=kiosk).values_list("pk", flat=True)
    return _anew(rows, [f"{BROKEN}{key}" for key in held])


def still_touches(outage: Outage, appointment: Appointment, now: datetime) -> bool:
    """Look again, in the transaction that tells: searching took a while, and much may change."""
    if not _lasts(outage, appointment, now):
        return False
    rows = touched_by(outage, now).select_for_update(of=("self",)).filter(pk=appointment.pk)
    return rows.first() is not None


def _anew(rows: AppointmentQuerySet, causes: list[str]) -> list[Appointment]:
    known = Proposal.objects.filter(cause__in=causes, chosen_at=None).values("appointment")
    rows = rows.exclude(pk__in=known).select_related("kiosk__site__commune", "reason")
    return list(rows.order_by("starts_at", "pk"))


def _gone(now: datetime) -> set[int]:
    """Return the agents whose account is closed while they are still expected somewhere."""
    rows = Appointment.objects.confirmed().filter(released_at=None, starts_at__gt=now)
    theirs = rows.filter(agent__user__is_active=False).values_list("agent", flat=True)
    seats = GuestSeat.objects.filter(appointment__in=rows, agent__user__is_active=False)
    return {*theirs, *(agent for agent in seats.values_list("agent", flat=True) if agent)}


def _lasts(outage: Outage, appointment: Appointment, now: datetime) -> bool:
    """Whether what falls out still does at this hour.

    An absence, a closure, a broken kiosk and a site's hours stay until told.
    """
    hour = Period(appointment.starts_at, appointment.ends_at)
    _, _, key = outage.cause.partition(" ")
    if outage.cause.startswith(BROKEN):
        broken = KioskOutage.objects.select_for_update().filter(pk=key)
        return broken.during(hour.start, hour.end).first() is not None
    if outage.cause.startswith(HOURS):
        return appointment.pk in still_outside_hours(int(key), now)
    for kind, model in ((ABSENCE, Absence), (CLOSURE, SiteClosure)):
        if outage.cause.startswith(kind):
            kept = model.objects.select_for_update().filter(pk=key)
            return kept.filter(starts_at__lt=hour.end, ends_at__gt=hour.start).first() is not None
    return True
