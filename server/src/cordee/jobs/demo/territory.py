"""Filling a database with the demo's territory, through the services."""

from __future__ import annotations

import csv
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from django.contrib.auth.hashers import make_password

from cordee.accounts.rules import Role
from cordee.accounts.services import create_user
from cordee.directory import mandates, openings
from cordee.directory import services as directory
from cordee.directory.models import Agent, Partner, Reason
from cordee.jobs.demo import calendar, scenes
from cordee.jobs.demo.bookings import ZONE, Bookings, Counter, Place
from cordee.jobs.demo.boxes import enrolled_kiosk
from cordee.jobs.demo.people import NAMES
from cordee.jobs.demo.places import PLACES
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.territory import services as territory
from cordee.territory.holidays import periods_closed
from cordee.territory.models import Territory

AGENTS = 120
PASSWORDS = 4
"""How many people may log in: an agent, a host, a manager, a technician."""
HERE = Path(__file__).parent
HOST_PLACES = slice(2, 4)
"""Where the demo's host works; the last of them has the demo's own kiosk."""


@dataclass(frozen=True)
class Seeded:
    """What was made: the same numbers for the same seed and day."""

    sites: int
    kiosks: int
    partners: int
    reasons: int
    agents: int
    appointments: int
    booked_min: int
    people: dict[str, dict[str, str]]
    site: str
    kiosk: str
    partner: str
    reason: str


class Demo:
    """Makes the territory. Two with the same `seed` on the same day make the same one."""

    def __init__(
        self, *, seed: int, hours_a_month: float, now: datetime, partner_site: str = ""
    ) -> None:
        """Take what decides everything; `partner_site` is where the first partner's pages are."""
        self._random = Random(seed)  # noqa: S311 - a demo is meant to be foreseeable
        self._hours_a_month = hours_a_month
        self._partner_site = partner_site
        self._now = now
        self._today = now.astimezone(ZONE).date()

    def make(self) -> Seeded:
        """Fill the database; to be called in one transaction."""
        with ThreadPoolExecutor() as pool:
            # Hashing takes a processor half a second each: beside the rest, not before it.
            passwords = [pool.submit(_password) for _ in range(PASSWORDS)]
            places = self._places()
            counters = self._counters()
            people = self._staff(places, counters, [each.result() for each in passwords])
        mine, here = counters[0], places[HOST_PLACES]
        bookings = Bookings(
            places,
            counters,
            spared=(mine.agents[0][0], here[-1].kiosks[0]),
            generator=self._random,
            now=self._now,
        )
        lengths = scenes.prepare(bookings, here, mine, now=self._now)
        lengths += bookings.fill(self._hours_a_month)
        scenes.complicate(here, mine, now=self._now)
        return Seeded(
            sites=len(places),
            kiosks=sum(len(place.kiosks) for place in places),
            partners=len(counters),
            reasons=sum(len(counter.reasons) for counter in counters),
            agents=sum(len(counter.agents) for counter in counters),
            appointments=len(lengths),
            booked_min=sum(lengths),
            people=people,
            site=here[-1].site.name,
            kiosk=here[-1].kiosks[0].name,
            partner=mine.partner.slug,
            reason=mine.reasons[0].label,
        )

    def _places(self) -> list[Place]:
        department = territory.open_territory(
            code="05", name="Hautes-Alpes", actor=CONSOLE, now=self._now
        )
        territory.set_school_zone(territory=department, zone="B", actor=CONSOLE, now=self._now)
        return [self._place(department, number) for number in range(len(PLACES))]

    def _place(self, department: Territory, number: int) -> Place:
        demo = PLACES[number]
        commune = territory.add_commune(
            territory=department,
            insee_code=demo.insee_code,
            name=demo.commune,
            actor=CONSOLE,
            now=self._now,
        )
        territory.describe_commune(
            commune=commune,
            population=demo.population,
            latitude=demo.latitude,
            longitude=demo.longitude,
            altitude_m=demo.altitude_m,
            actor=CONSOLE,
            now=self._now,
        )
        site = territory.open_site(
            commune=commune,
            name=demo.name,
            phone=f"04 65 71 00 {number + 12}",
            room=self._random.choice(
                ("Salle 1", "Bureau du fond", "Petite salle", "Rez-de-jardin")
            ),
            actor=CONSOLE,
            now=self._now,
        )
        territory.describe_site(
            site=site,
            access_note=self._random.choice(
                (
                    "Rampe à l’entrée, place réservée devant.",
                    "Plain-pied. Arrêt de car à 100 m.",
                    "Ascenseur côté cour ; sonnez.",
                    "Route de montagne : équipements d’hiver de novembre à mars.",
                )
            ),
            is_wheelchair_accessible=self._chance(0.8),
            closes_in_school_holidays=number in {9, 24},
            actor=CONSOLE,
            now=self._now,
        )
        rules = calendar.site_rules(demo.days, self._random)
        territory.set_hours(site=site, rules=rules, actor=CONSOLE, now=self._now)
        kiosks = [
            enrolled_kiosk(site=site, name=f"{demo.commune} {each + 1}", now=self._now)
            for each in range(demo.kiosks)
        ]
        days_back, days_ahead = 7 * calendar.WEEKS_BACK, 7 * calendar.WEEKS_AHEAD
        whole = Period(
            self._now - timedelta(days=days_back), self._now + timedelta(days=days_ahead)
        )
        return Place(site, kiosks, rules, demo.population**0.5, periods_closed(site, whole))

    def _counters(self) -> list[Counter]:
        counters: dict[str, Counter] = {}
        for row in _rows("partners.csv"):
            is_first = not counters and bool(self._partner_site)
            partner = directory.add_partner(
                slug=row["identifiant"],
                label=row["nom"],
                start_url=self._partner_site if is_first else "",
                allowed_hosts=[urlsplit(self._partner_site).netloc] if is_first else [],
                actor=CONSOLE,
                now=self._now,
            )
            counters[partner.slug] = Counter(partner, int(row["poids"]))
        for row in _rows("reasons.csv"):
            counters[row["administration"]].reasons.append(
                self._reason(counters[row["administration"]].partner, row)
            )
        made = list(counters.values())
        names = [f"{title} {name}" for name in NAMES for title in ("Madame", "Monsieur")]
        for number, counter in enumerate(_shared_out(made, AGENTS)):
            label = f"{names[number % len(names)]}{' ' + 'B.' if number >= len(names) else ''}"
            counter.agents.append(self._agent(counter, label, number))
        return made

    def _reason(self, partner: Partner, row: dict[str, str]) -> Reason:
        reason = directory.add_reason(
            partner=partner,
            label=row["motif"],
            duration_min=int(row["duree_min"]),
            actor=CONSOLE,
            now=self._now,
        )
        directory.describe_reason(
            reason=reason,
            words=row["mots"],
            documents=row["documents"].split(" | "),
            instructions=row["consignes"],
            skill=row["competence"],
            notice_h=self._random.choice((2, 24, 24, 48)),
            actor=CONSOLE,
            now=self._now,
        )
        return reason

    def _agent(self, counter: Counter, label: str, number: int) -> tuple[Agent, list[WeeklyRule]]:
        # No password: hashing 120 of them would take most of a minute.
        user = create_user(
            email=f"conseil-{number + 1}@demo.invalid",
            password=None,
            name=label,
            role=Role.AGENT,
            actor=CONSOLE,
            now=self._now,
        )
        agent = directory.add_agent(
            user=user, partner=counter.partner, label=label, actor=CONSOLE, now=self._now
        )
        special = sorted({reason.skill for reason in counter.reasons if reason.skill})
        # The first knows everything, so that no reason is without anyone.
        skills = [skill for skill in special if not counter.agents or self._chance(0.6)]
        foreign = [code for code, share in (("it", 0.2), ("en", 0.4)) if self._chance(share)]
        directory.describe_agent(
            agent=agent,
            skills=skills,
            languages=["fr", *foreign],
            actor=CONSOLE,
            now=self._now,
        )
        rules = calendar.agent_rules(self._today, self._random)
        openings.set_openings(agent=agent, rules=rules, actor=CONSOLE, now=self._now)
        return agent, rules

    def _staff(
        self, places: list[Place], counters: list[Counter], passwords: list[tuple[str, str]]
    ) -> dict[str, dict[str, str]]:
        """Open the accounts that people try the demo with, and return their log-ins."""
        agent = counters[0].agents[0][0]
        (password, agent.user.password), *others = passwords
        agent.user.save(update_fields=["password"])
        people = {"agent": {"email": agent.user.email, "password": password, "name": agent.label}}
        asked = (
            ("host", "accueil@demo.invalid", "Accueil de Guillestre", Role.HOST),
            ("manager", "responsable@demo.invalid", "Madame Faure", Role.MANAGER),
            ("technician", "technique@demo.invalid", "Équipe technique", Role.TECHNICIAN),
        )
        for (key, email, name, role), (password, hashed) in zip(asked, others, strict=True):
            user = create_user(
                email=email, password=None, name=name, role=role, actor=CONSOLE, now=self._now
            )
            user.password = hashed
            user.save(update_fields=["password"])
            people[key] = {"email": email, "password": password, "name": name}
            if role is Role.MANAGER:
                mandates.appoint_manager(
                    user=user, partner=counters[0].partner, actor=CONSOLE, now=self._now
                )
            if role is Role.HOST:
                for place in places[HOST_PLACES]:
                    territory.post_host(user=user, site=place.site, actor=CONSOLE, now=self._now)
        return people

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def _password() -> tuple[str, str]:
    """Return a new password and what is kept of it."""
    password = secrets.token_urlsafe(12)
    return password, make_password(password)


def _shared_out(counters: list[Counter], total: int) -> list[Counter]:
    """Return each agent's partner: as many as its weight asks for, at least two, `total` in all."""
    weights = [counter.weight for counter in counters]
    shares = [2 + (total - 2 * len(counters)) * weight // sum(weights) for weight in weights]
    for number in range(total - sum(shares)):
        shares[number] += 1
    return [counter for counter, share in zip(counters, shares, strict=True) for _ in range(share)]


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
