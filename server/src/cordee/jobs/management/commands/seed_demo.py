"""`cordee seed_demo`: a small territory with invented people, for the demo and the tests."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cordee.accounts.models import User
from cordee.accounts.permissions import OPERATOR, permits
from cordee.accounts.rules import Role
from cordee.accounts.services import create_user
from cordee.directory import mandates, openings
from cordee.directory import services as directory
from cordee.jobs.demo.boxes import enrolled_kiosk
from cordee.jobs.demo.places import PLACES
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.cells import WeeklyRule
from cordee.territory import services as territory

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import datetime

    from cordee.directory.models import Partner
    from cordee.territory.models import Site

# Communes and INSEE codes: Insee, Code officiel géographique (Licence Ouverte 2.0).
SITES = (
    ("05065", "Guillestre", "Maison de la vallée", "04 65 71 00 12"),
    ("05003", "Aiguilles", "Mairie d’Aiguilles", "04 65 71 00 13"),
    ("05006", "L’Argentière-la-Bessée", "Maison des services", "04 65 71 00 14"),
    ("05179", "Veynes", "Médiathèque de Veynes", "04 65 71 00 15"),
    ("05070", "Laragne-Montéglin", "Espace des services", "04 65 71 00 16"),
)
PARTNERS = (
    ("allocations", "Allocations familiales 05", "Aide au logement", 45),
    ("emploi", "Service de l’emploi 05", "Inscription", 30),
    ("sante", "Assurance santé 05", "Carte et droits", 30),
    ("impots", "Impôts 05", "Déclaration de revenus", 30),
    ("metiers", "Chambre des métiers 05", "Création d’entreprise", 45),
)
PEOPLE = (
    ("agent", "conseil@demo.invalid", "Madame Martin", Role.AGENT),
    ("host", "accueil@demo.invalid", "Accueil de Guillestre", Role.HOST),
    ("manager", "responsable@demo.invalid", "Madame Faure", Role.MANAGER),
    ("technician", "technique@demo.invalid", "Équipe technique", Role.TECHNICIAN),
)
WEEK = [
    WeeklyRule(weekday, *half)
    for weekday in range(6)
    for half in ((9 * 60, 12 * 60 + 30), (13 * 60 + 30, 18 * 60))
]
"""When places are open and the agent receives; the demo's own call starts at any hour."""
STEPS = ("05003", "05179")
"""The places, by INSEE code, that nobody reaches in a wheelchair."""
HOST_SITES = 2
"""The demo's host works in two neighbouring valleys, and sees nothing of the other places."""
DEMO_SITE = "http://127.0.0.1:8002/"


@permits(OPERATOR)
class Command(BaseCommand):
    """Fill an empty database; the passwords are new each time."""

    help = "Remplit la base avec le territoire de démonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the sample partner site's address."""
        parser.add_argument("--partner-site", default=DEMO_SITE)
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--more-kiosks", type=int, default=0, help="bornes en plus, chacune avec son agent"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Seed, and print the log-ins."""
        now = timezone.now()
        if User.objects.exists():
            raise CommandError("La base n’est pas vide : rien n’est ajouté.")
        sites = self._places()
        kiosk_site = sites[0]
        kiosk_name = f"{SITES[0][1]} 1"
        site_url = options["partner_site"].rstrip("/") + "/"
        for slug, label, reason, duration_min in PARTNERS:
            is_demo = slug == PARTNERS[0][0]
            partner = directory.add_partner(
                slug=slug,
                label=label,
                start_url=site_url if is_demo else "",
                allowed_hosts=[urlsplit(site_url).netloc] if is_demo else [],
                actor=CONSOLE,
                now=now,
            )
            directory.add_reason(
                partner=partner, label=reason, duration_min=duration_min, actor=CONSOLE, now=now
            )
            if is_demo:
                demo_partner = partner
        people = self._people(sites, demo_partner, now)
        seeded = {
            "people": people,
            "site": kiosk_site.name,
            "kiosk": kiosk_name,
            "more": self._more(options["more_kiosks"], kiosk_site, demo_partner),
            "partner": demo_partner.slug,
            "reason": PARTNERS[0][2],
        }
        if options["json"]:
            self.stdout.write(json.dumps(seeded, ensure_ascii=False))
            return
        for person in people.values():
            self.stdout.write(f"{person['name']} : {person['email']} / {person['password']}")

    def _people(
        self, sites: list[Site], partner: Partner, now: datetime
    ) -> dict[str, dict[str, str]]:
        """Open an account for each role that has pages; return the log-ins."""
        people = {}
        for key, email, name, role in PEOPLE:
            password = secrets.token_urlsafe(12)
            user = create_user(
                email=email, password=password, name=name, role=role, actor=CONSOLE, now=now
            )
            if role is Role.AGENT:
                agent = directory.add_agent(
                    user=user, partner=partner, label=name, actor=CONSOLE, now=now
                )
                directory.describe_agent(
                    agent=agent, languages=["fr", "it"], actor=CONSOLE, now=now
                )
                openings.set_openings(agent=agent, rules=WEEK, actor=CONSOLE, now=now)
            if role is Role.MANAGER:
                mandates.appoint_manager(user=user, partner=partner, actor=CONSOLE, now=now)
            if role is Role.HOST:
                for site in sites[:HOST_SITES]:
                    territory.post_host(user=user, site=site, actor=CONSOLE, now=now)
            people[key] = {"email": email, "password": password, "name": name}
        return people

    def _more(self, count: int, site: Site, partner: Partner) -> list[dict[str, str]]:
        """Add kiosks that can all be booked for the same instant, each with an agent."""
        now = timezone.now()
        added = []
        for number in range(1, count + 1):
            name, email = f"Essai {number}", f"essai-{number}@demo.invalid"
            enrolled_kiosk(site=site, name=name, now=now)
            user = create_user(
                email=email,
                password=secrets.token_urlsafe(12),
                name=name,
                role=Role.AGENT,
                actor=CONSOLE,
                now=now,
            )
            directory.add_agent(user=user, partner=partner, label=name, actor=CONSOLE, now=now)
            added.append({"kiosk": name, "agent": email})
        return added

    def _places(self) -> list[Site]:
        now = timezone.now()
        department = territory.open_territory(
            code="05", name="Hautes-Alpes", actor=CONSOLE, now=now
        )
        opened: list[Site] = []
        for insee_code, commune_name, name, phone in SITES:
            commune = territory.add_commune(
                territory=department,
                insee_code=insee_code,
                name=commune_name,
                actor=CONSOLE,
                now=now,
            )
            spot = next(place for place in PLACES if place.insee_code == insee_code)
            territory.describe_commune(
                commune=commune,
                population=spot.population,
                latitude=spot.latitude,
                longitude=spot.longitude,
                altitude_m=spot.altitude_m,
                actor=CONSOLE,
                now=now,
            )
            site = territory.open_site(
                commune=commune, name=name, phone=phone, actor=CONSOLE, now=now
            )
            is_accessible = insee_code not in STEPS
            territory.describe_site(
                site=site, is_wheelchair_accessible=is_accessible, actor=CONSOLE, now=now
            )
            territory.set_hours(site=site, rules=WEEK, actor=CONSOLE, now=now)
            enrolled_kiosk(site=site, name=f"{commune_name} 1", now=now)
            opened.append(site)
        return opened
