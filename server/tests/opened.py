"""A world with opening hours: both kiosks of the site, and the agents, can be booked by search."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from factories import NOW, TEN, World, enrolled_box, make_user

from cordee.accounts.rules import Role
from cordee.appointments import holding
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import Appointment
from cordee.appointments.rules import ContactKind
from cordee.directory import services as directory
from cordee.directory.models import Agent, Opening
from cordee.directory.rules import INTERPRETER_SKILL
from cordee.fleet.models import Kiosk
from cordee.journal.rules import OPERATOR
from cordee.territory import services as territory
from cordee.territory.models import Site, SiteClosure, SiteHours
from cordee.visits import booking as visits
from cordee.visits.models import Visit

DAY_START_MIN = 9 * 60
DAY_END_MIN = 17 * 60
WORKDAYS = range(5)
_numbers = count(1)

# Tests read 10:00 in UTC as 11:00 in Paris: inside every opening below.
ELEVEN = TEN + timedelta(hours=1)
NEXT_DAY = TEN + timedelta(days=1)


def open_world(world: World) -> World:
    """Open the site and both agents from Monday to Friday, and book without notice."""
    open_site(world.site)
    for agent in (world.agent, world.stranger):
        open_agent(agent)
    for reason in (world.reason, world.foreign_reason):
        reason.notice_h = 0
        reason.save(update_fields=["notice_h"])
    return world


def open_site(site: Site) -> None:
    for weekday in WORKDAYS:
        SiteHours.objects.create(
            site=site, weekday=weekday, start_min=DAY_START_MIN, end_min=DAY_END_MIN
        )


def open_agent(agent: Agent) -> None:
    for weekday in WORKDAYS:
        Opening.objects.create(
            agent=agent, weekday=weekday, start_min=DAY_START_MIN, end_min=DAY_END_MIN
        )


def another_agent(world: World, *, label: str = "", is_open: bool = True) -> Agent:
    number = next(_numbers)
    label = label or f"Conseil {number}"
    user = make_user(f"conseil-{number}@demo.invalid", Role.AGENT, label)
    agent = directory.add_agent(
        user=user, partner=world.partner, label=label, actor=OPERATOR, now=NOW
    )
    if is_open:
        open_agent(agent)
    return agent


def interpreting(agent: Agent, *languages: str) -> Agent:
    """Make them an interpreter of these languages."""
    agent.skills, agent.languages = [INTERPRETER_SKILL], [*languages]
    agent.save(update_fields=["skills", "languages"])
    return agent


def another_site(world: World, name: str = "Mairie", *, is_open: bool = True) -> tuple[Site, Kiosk]:
    site = territory.open_site(
        commune=world.site.commune, name=name, phone="04 92 00 00 00", actor=OPERATOR, now=NOW
    )
    kiosk = enrolled_box(site, f"{name} 1").kiosk
    if is_open:
        open_site(site)
    return site, kiosk


@contextmanager
def nothing_free() -> Iterator[None]:
    """Close every site meanwhile: who enters the waiting list then knows of no free hour."""
    end = NOW + timedelta(days=90)
    closures = [
        SiteClosure.objects.create(site=site, starts_at=NOW - timedelta(days=1), ends_at=end)
        for site in Site.objects.all()
    ]
    try:
        yield
    finally:
        for closure in closures:
            closure.delete()


def someone(name: str = "", *, phone: str = "") -> Citizen:
    number = next(_numbers)
    phone = phone or f"06{number:08d}"
    return Citizen(name or f"Personne {number}", ContactKind.MOBILE, phone)


def hold(
    world: World, starts_at: datetime = TEN, *, now: datetime = NOW, **changes: Any
) -> Appointment:
    asked: dict[str, Any] = {
        "reason": world.reason,
        "site": world.site,
        "citizen": someone(),
        **changes,
    }
    return holding.hold(starts_at=starts_at, actor=OPERATOR, now=now, **asked)


def booked(
    world: World, starts_at: datetime = TEN, *, now: datetime = NOW, **changes: Any
) -> Visit:
    held = hold(world, starts_at, now=now, **changes)
    return visits.confirm(appointment=held, actor=OPERATOR, now=now)
