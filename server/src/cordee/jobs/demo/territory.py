"""Filling a database with the demo's territory, through the services."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from cordee.accounts.rules import Role
from cordee.accounts.services import create_user
from cordee.appointments.services import check_in
from cordee.directory import mandates, openings
from cordee.directory import services as directory
from cordee.directory.models import Agent, Partner, Reason
from cordee.fleet.models import Kiosk
from cordee.fleet.services import add_kiosk
from cordee.jobs.demo import calendar
from cordee.jobs.demo.people import FIRST_NAMES, NAMES
from cordee.jobs.demo.places import PLACES
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period, lasting
from cordee.territory import services as territory
from cordee.territory.holidays import periods_closed
from cordee.territory.models import Site, Territory
from cordee.visits.services import book

AGENTS = 120
ZONE = ZoneInfo("Europe/Paris")
HERE = Path(__file__).parent
DAYS_A_MONTH = 365.25 / 12
TRIES_A_VISIT = 60
"""A start that is taken is looked for again, so often at most: a full demo stays short of hours
rather than never ending."""


@dataclass
class Place:
    """A site with its kiosks and hours, and how many people come there."""

    site: Site
    kiosks: list[Kiosk]
    rules: list[WeeklyRule]
    weight: float
    closed: list[Period]


@dataclass
class Counter:
    """A partner with what it is asked for and who answers."""

    partner: Partner
    weight: int
    reasons: list[Reason] = field(default_factory=list)
    agents: list[tuple[Agent, list[WeeklyRule]]] = field(default_factory=list)


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


class Demo:
    """Makes the territory. Two with the same `seed` on the same day make the same one."""

    def __init__(self, *, seed: int, hours_a_month: float, now: datetime) -> None:
        """Take what decides everything."""
        self._random = Random(seed)  # noqa: S311 - a demo is meant to be foreseeable
        self._hours_a_month = hours_a_month
        self._now = now
        self._today = now.astimezone(ZONE).date()

    def make(self) -> Seeded:
        """Fill the database; to be called in one transaction."""
        places = self._places()
        counters = self._counters()
        people = self._staff(places, counters)
        lengths = list(self._booked(places, counters))
        self._missed_and_away(places[0], counters[0])
        return Seeded(
            sites=len(places),
            kiosks=sum(len(place.kiosks) for place in places),
            partners=len(counters),
            reasons=sum(len(counter.reasons) for counter in counters),
            agents=sum(len(counter.agents) for counter in counters),
            appointments=len(lengths),
            booked_min=sum(lengths),
            people=people,
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
            add_kiosk(site=site, name=f"{demo.commune} {each + 1}", actor=CONSOLE, now=self._now)
            for each in range(demo.kiosks)
        ]
        ahead = Period(self._now, self._now + timedelta(days=calendar.DAYS_AHEAD))
        return Place(site, kiosks, rules, demo.population**0.5, periods_closed(site, ahead))

    def _counters(self) -> list[Counter]:
        counters = {}
        for row in _rows("partners.csv"):
            partner = directory.add_partner(
                slug=row["identifiant"], label=row["nom"], actor=CONSOLE, now=self._now
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

    def _staff(self, places: list[Place], counters: list[Counter]) -> dict[str, dict[str, str]]:
        """Open the accounts that people try the demo with, and return their log-ins."""
        agent = counters[0].agents[0][0]
        password = secrets.token_urlsafe(12)
        agent.user.set_password(password)
        agent.user.save(update_fields=["password"])
        people = {"agent": {"email": agent.user.email, "password": password, "name": agent.label}}
        asked = (
            ("host", "accueil@demo.invalid", "Accueil de Guillestre", Role.HOST),
            ("manager", "responsable@demo.invalid", "Madame Faure", Role.MANAGER),
            ("technician", "technique@demo.invalid", "Équipe technique", Role.TECHNICIAN),
        )
        for key, email, name, role in asked:
            password = secrets.token_urlsafe(12)
            user = create_user(
                email=email, password=password, name=name, role=role, actor=CONSOLE, now=self._now
            )
            people[key] = {"email": email, "password": password, "name": name}
            if role is Role.MANAGER:
                mandates.appoint_manager(
                    user=user, partner=counters[0].partner, actor=CONSOLE, now=self._now
                )
            if role is Role.HOST:
                for place in places[2:4]:
                    territory.post_host(user=user, site=place.site, actor=CONSOLE, now=self._now)
        return people

    def _missed_and_away(self, place: Place, counter: Counter) -> None:
        """Give the manager something to do: somebody was not received, an agent will be away."""
        (agent, rules), (colleague, _) = counter.agents[:2]
        reason = counter.reasons[0]
        at = _last_start(self._today, place.rules, rules, reason.duration_min)
        visit = book(
            kiosk=place.kiosks[0],
            agent=agent,
            reason=reason,
            citizen=FIRST_NAMES[0],
            starts_at=at,
            actor=CONSOLE,
            now=at - timedelta(days=1),
        )
        check_in(appointment=visit.appointment, actor=CONSOLE, now=at)
        days = (self._today + timedelta(days=each) for each in (2, 9))
        away = Period(*(calendar.instant(day, 0, ZONE) for day in days))
        openings.add_absence(agent=colleague, period=away, actor=CONSOLE, now=self._now)

    def _booked(self, places: list[Place], counters: list[Counter]) -> Iterator[int]:
        """Book week after week until each has its hours; yield the minutes of each visit."""
        held = calendar.Held()
        for week in range(calendar.DAYS_AHEAD // 7):
            first = self._today + timedelta(days=1 + 7 * week)
            due_min = self._hours_a_month * 60 * 7 / DAYS_A_MONTH
            done_min, tries = 0, 0
            while done_min < due_min and tries < TRIES_A_VISIT * due_min / 15:
                tries += 1
                length = self._try(places, counters, held, first)
                if length:
                    done_min += length
                    yield length

    def _try(
        self, places: list[Place], counters: list[Counter], held: calendar.Held, first: date
    ) -> int:
        """Try one visit in the week from `first`; return its minutes, 0 when nothing came of it."""
        pick = self._random
        place = pick.choices(places, [place.weight for place in places])[0]
        counter = pick.choices(counters, [counter.weight for counter in counters])[0]
        reason = pick.choice(counter.reasons)
        hours = [
            (day, minute)
            for day in (first + timedelta(days=each) for each in range(7))
            for minute in calendar.starts(day, place.rules, reason.duration_min)
        ]
        if not hours:
            return 0
        day, minute = pick.choices(hours, [calendar.weight(at, day) for day, at in hours])[0]
        period = lasting(calendar.instant(day, minute, ZONE), reason.duration_min)
        able = [
            agent
            for agent, rules in counter.agents
            if (not reason.skill or reason.skill in agent.skills)
            and minute in calendar.starts(day, rules, reason.duration_min)
        ]
        if not able or any(closed.overlaps(period) for closed in place.closed):
            return 0
        agent, kiosk = pick.choice(able), pick.choice(place.kiosks)
        if not held.take(
            kiosk=kiosk.pk, agent=agent.pk, period=period, turnover_min=place.site.turnover_min
        ):
            return 0
        book(
            kiosk=kiosk,
            agent=agent,
            reason=reason,
            citizen=pick.choice(FIRST_NAMES),
            starts_at=period.start,
            actor=CONSOLE,
            now=self._now,
        )
        return reason.duration_min

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def _last_start(
    today: date, place: list[WeeklyRule], agent: list[WeeklyRule], duration_min: int
) -> datetime:
    """Return when both last received together before today, as their weeks are from today on."""
    for back in range(1, 8):
        # Their weeks begin today: the same weekday to come says the hours.
        like = today + timedelta(days=7 - back)
        both = set(calendar.starts(like, place, duration_min))
        both &= set(calendar.starts(like, agent, duration_min))
        if both:
            return calendar.instant(today - timedelta(days=back), min(both), ZONE)
    return calendar.instant(today - timedelta(days=1), 10 * 60, ZONE)


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
