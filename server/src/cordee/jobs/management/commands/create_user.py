"""`cordee create_user`: an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.accounts.rules import Role, password_made
from cordee.accounts.services import create_user
from cordee.directory.mandates import appoint_manager
from cordee.directory.queries import partner_by_slug
from cordee.directory.services import add_agent
from cordee.jobs.passwords import password_asked
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.refusal import Refusal
from cordee.territory.queries import sites_named
from cordee.territory.services import post_host

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from cordee.territory.models import Site


@permits(OPERATOR)
class Command(BaseCommand):
    """Open an account; an agent and a manager need a partner, a host the sites where they work.

    An agent is seen under the account's name.
    """

    help = "Ouvre un compte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who it is."""
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--generate", action="store_true", help="fait le mot de passe et le montre une fois"
        )
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--partner", default="")
        parser.add_argument(
            "--site", action="append", default=[], help="nom du lieu d’un compte d’accueil"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make it, or say why not."""
        now, role = timezone.now(), Role(options["role"])
        partner = partner_by_slug(options["partner"])
        if role is Role.AGENT and partner is None:
            raise CommandError("Un agent a besoin d’une administration : ajoutez --partner.")
        if role is Role.MANAGER and partner is None:
            raise CommandError("Un responsable a besoin de son administration : ajoutez --partner.")
        if role is Role.HOST and not options["site"]:
            raise CommandError("Un accueil a besoin de son lieu : ajoutez --site.")
        sites = [site_asked(name) for name in options["site"]]
        password = password_made() if options["generate"] else password_asked()
        try:
            with transaction.atomic():
                user = create_user(
                    email=options["email"],
                    password=password,
                    name=options["name"],
                    role=role,
                    actor=CONSOLE,
                    now=now,
                )
                if role is Role.AGENT and partner is not None:
                    add_agent(user=user, partner=partner, label=user.name, actor=CONSOLE, now=now)
                if role is Role.MANAGER and partner is not None:
                    appoint_manager(user=user, partner=partner, actor=CONSOLE, now=now)
                for site in sites:
                    post_host(user=user, site=site, actor=CONSOLE, now=now)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Compte ouvert : {user.email}")
        if options["generate"]:
            self.stdout.write(f"Mot de passe : {password}")


def site_asked(name: str) -> Site:
    """Return the one site of this name. Raises CommandError."""
    found = sites_named(name)
    if len(found) != 1:
        raise CommandError(f"Aucun lieu, ou plusieurs, ne s’appelle « {name} ».")
    return found[0]
