"""A small valley for the pages' tests: people, a site, a kiosk, two partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.appointments.models import Appointment
from cordee.directory.models import Agent, Reason
from cordee.fleet.models import Kiosk
from cordee.notices.models import Notice
from cordee.territory.models import Site
from cordee.visits.models import Visit

PARIS = ZoneInfo("Europe/Paris")
PASSWORD = "quatre mots dans la neige"


def make_user(email: str, role: Role, name: str) -> User:
    user = User(email=email, role=role, name=name, created_at=datetime.now(UTC))
    user.set_password(PASSWORD)
    user.save()
    return user


@dataclass
class Valley:
    """A site with a kiosk, two partners with one agent each, a host and a technician."""

    site: Site
    other_site: Site
    kiosk: Kiosk
    reason: Reason
    agent: Agent
    stranger: Agent
    host: User
    technician: User

    def visit(self, starts_at: datetime | None = None, citizen: str = "Lucie") -> Visit:
        start = starts_at or datetime.now(UTC) + timedelta(minutes=30)
        appointment = Appointment.objects.create(
            kiosk=self.kiosk,
            agent=self.agent,
            reason=self.reason,
            citizen=citizen,
            starts_at=start,
            ends_at=start + timedelta(minutes=45),
            booked_at=datetime.now(UTC),
        )
        return Visit.objects.create(appointment=appointment)

    def call(self, starts_at: datetime, citizen: str = "Lucie") -> Appointment:
        """Return a visit that became a call by telephone at its hour, which the agent makes."""
        appointment = self.visit(starts_at, citizen).appointment
        appointment.cancelled_at, appointment.cancelled_why = datetime.now(UTC), "telephone"
        appointment.citizen_phone = "+33612345678"
        appointment.save(update_fields=["cancelled_at", "cancelled_why", "citizen_phone"])
        return appointment


def in_a_week(hour: int = 10) -> datetime:
    """Return an hour of the site's clocks a week from now."""
    return datetime.combine(timezone.localdate() + timedelta(days=7), time(hour), PARIS)


def message_failed(subject: str, key: str, subject_id: int) -> Notice:
    """Return a text message to 06 12 34 56 78 that did not go out."""
    now = datetime.now(UTC)
    return Notice.objects.create(
        key=key,
        subject_kind=subject,
        subject_id=str(subject_id),
        channel="sms",
        to="+33612345678",
        text="Un message.",
        state="failed",
        written_at=now,
        due_at=now,
        next_at=now,
    )
