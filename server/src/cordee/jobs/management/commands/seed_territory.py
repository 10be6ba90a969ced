"""`cordee seed_territory`: a whole département with invented people, for the demo and the bench."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cordee.accounts.models import User
from cordee.accounts.permissions import OPERATOR, permits
from cordee.jobs.demo.territory import Demo


@permits(OPERATOR)
class Command(BaseCommand):
    """Fill an empty database; the same seed on the same day makes the same territory."""

    help = "Remplit la base avec un département : lieux, administrations, rendez-vous."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the seed and how full the weeks are."""
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--hours-a-month", type=float, default=50, help="heures de rendez-vous par mois"
        )
        parser.add_argument("--partner-site", default="", help="adresse du site de démonstration")
        parser.add_argument("--json", action="store_true")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Seed, and print what there is and the log-ins."""
        if User.objects.exists():
            raise CommandError("La base n’est pas vide : rien n’est ajouté.")
        demo = Demo(
            seed=options["seed"],
            hours_a_month=options["hours_a_month"],
            now=timezone.now(),
            partner_site=options["partner_site"],
        )
        seeded = demo.make()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(seeded), ensure_ascii=False))
            return
        self.stdout.write(
            f"{seeded.sites} lieux, {seeded.kiosks} bornes, {seeded.partners} administrations, "
            f"{seeded.reasons} motifs, {seeded.agents} agents, "
            f"{seeded.appointments} rendez-vous ({seeded.booked_min // 60} h)"
        )
        for person in seeded.people.values():
            self.stdout.write(f"{person['name']} : {person['email']} / {person['password']}")
