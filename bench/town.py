"""A territory of any size for `bench booking`, written straight into the database."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.appointments.models import Appointment
from cordee.directory.models import Agent, Opening, Partner, Reason
from cordee.fleet.models import Kiosk
from cordee.territory.models import Commune, Site, SiteHours, Territory

NOW = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
"""A Monday in winter: 8:00 in Paris."""
DAYS = 60
SLOTS_A_DAY = 10
LENGTH = timedelta(minutes=30)
STRIDE = timedelta(minutes=45)
MORNING, AFTERNOON = (9 * 60, 12 * 60), (13 * 60, 17 * 60)


@dataclass(frozen=True)
class Town:
    """What was sown, by key."""

    sites: list[int]


def sow(*, sites: int, partners: int, agents: int, appointments: int) -> Town:
    """Fill an empty database: a kiosk a site, three reasons a partner; the same each time.

    Without appointments all sites and agents are open from Monday to Saturday; with some, a site
    three days a week and an agent four half-days, as in the reference territory.
    """
    chance = random.Random(sites)
    is_sparse = appointments > 0
    where = Territory.objects.create(code="05", name="Hautes-Alpes", school_zone="B")
    communes = Commune.objects.bulk_create(
        Commune(
            territory=where,
            insee_code=f"05{number:03d}",
            name=f"Commune {number}",
            population=chance.randrange(100, 40_000),
            latitude=44.2 + chance.random(),
            longitude=5.5 + 1.5 * chance.random(),
            altitude_m=chance.randrange(500, 2000),
        )
        for number in range(sites)
    )
    places = Site.objects.bulk_create(
        Site(commune=commune, name=f"Lieu {commune.pk}", phone="04 92 00 00 00")
        for commune in communes
    )
    kiosks = Kiosk.objects.bulk_create(
        Kiosk(site=site, name=f"Borne {site.pk}", public_key="k" * 43, enrolled_at=NOW)
        for site in places
    )
    SiteHours.objects.bulk_create(
        SiteHours(site=site, weekday=day, start_min=start, end_min=end)
        for site in places
        for day in (chance.sample(range(5), 3) if is_sparse else range(6))
        for start, end in (MORNING, AFTERNOON)
    )
    houses = Partner.objects.bulk_create(
        Partner(slug=f"partenaire-{number}", label=f"Partenaire {number}")
        for number in range(partners)
    )
    reasons = Reason.objects.bulk_create(
        Reason(partner=house, label=f"Motif {number}", duration_min=30)
        for house in houses
        for number in range(3)
    )
    users = User.objects.bulk_create(
        User(email=f"agent-{number}@demo.invalid", role=Role.AGENT, created_at=NOW)
        for number in range(agents)
    )
    people = Agent.objects.bulk_create(
        Agent(user=user, partner=houses[number % partners], label=f"Agent {number}")
        for number, user in enumerate(users)
    )
    halves = [(day, half) for day in range(5) for half in (MORNING, AFTERNOON)]
    whole = [(day, half) for day in range(6) for half in (MORNING, AFTERNOON)]
    Opening.objects.bulk_create(
        Opening(agent=agent, weekday=day, start_min=half[0], end_min=half[1])
        for agent in people
        for day, half in (chance.sample(halves, 4) if is_sparse else whole)
    )
    taken: set[tuple[str, int, datetime]] = set()
    rows: list[Appointment] = []
    while len(rows) < appointments:
        agent, kiosk = chance.choice(people), chance.choice(kiosks)
        day = (NOW + timedelta(days=chance.randrange(DAYS))).replace(hour=8)
        starts_at = day + STRIDE * chance.randrange(SLOTS_A_DAY)
        seats = {("agent", agent.pk, starts_at), ("kiosk", kiosk.pk, starts_at)}
        if taken & seats:
            continue
        taken |= seats
        rows.append(
            Appointment(
                kiosk=kiosk,
                agent=agent,
                reason=reasons[3 * ((agent.pk - people[0].pk) % partners)],
                citizen="Personne",
                starts_at=starts_at,
                ends_at=starts_at + LENGTH,
                turnover_min=10,
                booked_at=NOW,
            )
        )
    Appointment.objects.bulk_create(rows, batch_size=500)
    return Town([site.pk for site in places])
