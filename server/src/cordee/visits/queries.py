"""Reading the visits."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from cordee.appointments.models import Appointment, GuestSeat
from cordee.directory import queries as directory
from cordee.directory.models import Agent, Partner, Reason
from cordee.fleet.models import Kiosk
from cordee.territory.models import Site
from cordee.visits.models import Callback, Visit
from cordee.visits.rules import Missed, Outcome, VisitState, missed

KEY_DIGITS = 18
"""More digits are no key of any database."""


def at_site(site: Site, start: datetime, end: datetime) -> list[Visit]:
    """Return the visits at a site that begin in `[start, end)`, in order."""
    found = Visit.objects.whole().filter(
        appointment__kiosk__site=site,
        appointment__starts_at__gte=start,
        appointment__starts_at__lt=end,
    )
    return list(found.order_by("appointment__starts_at", "pk"))


def of_agent(agent: Agent, start: datetime, end: datetime) -> list[Visit]:
    """Return the agent's visits that begin in `[start, end)`, in order."""
    found = Visit.objects.whole().filter(
        appointment__agent=agent,
        appointment__starts_at__gte=start,
        appointment__starts_at__lt=end,
    )
    return list(found.order_by("appointment__starts_at", "pk"))


def with_agent(agent: Agent, start: datetime, end: datetime) -> list[Visit]:
    """Return as `of_agent`, with the visits of others at which the agent sits in."""
    seated = GuestSeat.objects.filter(agent=agent).values("appointment")
    found = Visit.objects.whole().filter(
        Q(appointment__agent=agent) | Q(appointment__in=seated),
        appointment__starts_at__gte=start,
        appointment__starts_at__lt=end,
    )
    return list(found.order_by("appointment__starts_at", "pk"))


def of_partner(partner: Partner, start: datetime, end: datetime) -> list[Visit]:
    """Return the visits with a partner's agents that begin in `[start, end)`, in order."""
    found = Visit.objects.whole().filter(
        appointment__agent__partner=partner,
        appointment__starts_at__gte=start,
        appointment__starts_at__lt=end,
    )
    return list(found.order_by("appointment__starts_at", "pk"))


def unanswered(partner: Partner, *, since: datetime, now: datetime) -> list[tuple[Visit, Missed]]:
    """Return the partner's visits since that were not held and why, the last first.

    Those whose people were called back are left out (`called_back`).
    """
    found = Visit.objects.whole().filter(
        appointment__agent__partner=partner,
        appointment__starts_at__gte=since,
        appointment__starts_at__lte=now,
        callback=None,
    )
    found = found.exclude(state=VisitState.CANCELLED)
    rows = found.order_by("-appointment__starts_at", "pk")
    return [(visit, why) for visit in rows if (why := why_missed(visit, now=now)) is not None]


def why_missed(visit: Visit, *, now: datetime) -> Missed | None:
    """Return why a visit was not held (`rules.missed`); its appointment is already loaded."""
    appointment = visit.appointment
    return missed(
        VisitState(visit.state),
        visit.outcome,
        is_over=appointment.ends_at <= now,
        has_come=appointment.checked_in_at is not None,
        is_no_show=appointment.no_show_at is not None,
    )


def called_back(partner: Partner, *, since: datetime) -> list[Callback]:
    """Return whom the partner has called back since, the last first, with their visits."""
    rows = Callback.objects.filter(visit__appointment__agent__partner=partner)
    rows = rows.filter(called_at__gte=since).select_related("visit__appointment__reason")
    return list(rows.order_by("-called_at", "-pk"))


def visit_in(partner: Partner, public_id: str) -> Visit | None:
    """Return this visit when it is with one of the partner's agents."""
    found = Visit.objects.whole().filter(appointment__agent__partner=partner)
    return found.filter(public_id=public_id).first()


def to_note(agent: Agent, *, since: datetime, now: datetime) -> list[Visit]:
    """Return the agent's visits that ended since, whose outcome was not noted, the last first."""
    found = Visit.objects.whole().filter(
        appointment__agent=agent,
        appointment__ends_at__gt=since,
        appointment__ends_at__lte=now,
        outcome="",
    )
    found = found.exclude(state__in=(VisitState.CANCELLED, VisitState.LIVE))
    return list(found.order_by("-appointment__starts_at", "pk"))


def noted(agent: Agent, *, since: datetime) -> list[Visit]:
    """Return the agent's visits that ended since, whose outcome was noted, the last first."""
    found = Visit.objects.whole().filter(appointment__agent=agent, appointment__ends_at__gt=since)
    return list(found.exclude(outcome="").order_by("-appointment__starts_at", "pk"))


def seats_to_come_of(agent: Agent, *, now: datetime) -> list[Appointment]:
    """Return the confirmed appointments to come at which the agent sits in, in order."""
    seated = GuestSeat.objects.filter(agent=agent).values("appointment")
    rows = Appointment.objects.confirmed().filter(released_at=None, starts_at__gt=now)
    rows = rows.filter(pk__in=seated).select_related("kiosk__site__commune", "agent", "reason")
    return list(rows.order_by("starts_at", "pk"))


def next_of_agent(agent: Agent, now: datetime) -> Visit | None:
    """Return the agent's visit that is on, or else the next one to come."""
    coming = (
        Visit.objects.whole().open().filter(appointment__agent=agent, appointment__ends_at__gt=now)
    )
    return coming.order_by("appointment__starts_at", "pk").first()


def visit_of_agent(agent: Agent, public_id: str) -> Visit | None:
    """Return this visit when it is the agent's own."""
    return Visit.objects.whole().filter(appointment__agent=agent, public_id=public_id).first()


def visit_at_site(site: Site, public_id: str) -> Visit | None:
    """Return this visit when it is at this site."""
    return Visit.objects.whole().filter(appointment__kiosk__site=site, public_id=public_id).first()


def appointment_at_site(site: Site, key: str) -> Appointment | None:
    """Return the appointment with this key (digits) when it is confirmed and at this site."""
    rows = Appointment.objects.confirmed().filter(kiosk__site=site)
    return rows.select_related("kiosk").filter(pk=key[:KEY_DIGITS]).first()


def visit_by_id(public_id: str) -> Visit | None:
    """Return this visit, whoever's it is: the caller has made sure that it may be seen."""
    return Visit.objects.whole().filter(public_id=public_id).first()


def visit_of(appointment: Appointment) -> Visit | None:
    """Return the visit of an appointment, None while it is only held."""
    return Visit.objects.whole().filter(appointment=appointment).first()


def is_at_kiosk(kiosk: Kiosk, public_id: str) -> bool:
    """Return whether this visit is the kiosk's own."""
    return Visit.objects.filter(appointment__kiosk=kiosk, public_id=public_id).exists()


def next_by_kiosk(now: datetime) -> dict[int, datetime]:
    """Return when each kiosk's next open visit begins, by the kiosk's key."""
    coming = Visit.objects.open().filter(appointment__starts_at__gte=now)
    rows = coming.order_by("-appointment__starts_at")
    return dict(rows.values_list("appointment__kiosk", "appointment__starts_at"))


def live_kiosks() -> set[int]:
    """Return the keys of the kiosks on which a call is on."""
    live = Visit.objects.filter(state=VisitState.LIVE)
    return set(live.values_list("appointment__kiosk", flat=True))


def may_meet_again(visit: Visit, reason: Reason, *, now: datetime) -> bool:
    """Return whether citizen and agent have met and the agent still receives for this reason."""
    appointment = visit.appointment
    is_over = visit.state == VisitState.ENDED or appointment.ends_at <= now
    was_missed = (
        visit.state in {VisitState.CANCELLED, VisitState.UNANSWERED}
        or appointment.cancelled_at is not None
        or appointment.no_show_at is not None
        or visit.outcome == Outcome.NOBODY_CAME
    )
    if was_missed or not is_over or not reason.is_open:
        return False
    return appointment.agent in directory.agents_knowing(reason)
